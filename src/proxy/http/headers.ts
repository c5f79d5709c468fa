import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** They are about one connection, and are not passed on. RFC 9110, section 7.6.1. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
] as const;

/** Node has answered `Expect` already. */
const NOT_TO_UPSTREAM: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'expect']);
/** Node frames the body for its own connection. */
const NOT_TO_CLIENT: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'transfer-encoding']);

/** They say where a message goes and ends: whoever names them in `Connection` would hide a second message in it. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'host', 'transfer-encoding']);

/**
 * The headers of a request that the upstream gets. `Host` is the upstream's, for servers refuse other names (that is what
 * protects them from pages whose name was pointed to them), and so is an `Origin` that is ours; that of another page is
 * for the server to judge.
 */
export function headersToUpstream(
  { headers: sent, socket }: IncomingMessage,
  target: URL,
  keepHost: boolean,
): IncomingHttpHeaders {
  const { host = '' } = sent;
  const headers = copyWithout(sent, NOT_TO_UPSTREAM);
  addForwarded(headers, socket.remoteAddress, host);
  if (keepHost) return headers;
  if (headers.origin === `http://${host}`) headers.origin = target.origin;
  headers.host = target.host;
  return headers;
}

/** The headers of an answer that the client gets. */
export function headersToClient(sent: IncomingHttpHeaders, closes: boolean): IncomingHttpHeaders {
  const headers = copyWithout(sent, NOT_TO_CLIENT);
  headers.connection = closes ? 'close' : 'keep-alive';
  return headers;
}

/** A copy, for to delete members of an object makes all that is done with it slower. */
function copyWithout(headers: IncomingHttpHeaders, dropped: ReadonlySet<string>): IncomingHttpHeaders {
  const named = namesIn(headers.connection);
  const copy: IncomingHttpHeaders = {};
  for (const name of Object.keys(headers)) {
    if (!dropped.has(name) && !named.includes(name)) copy[name] = headers[name];
  }
  return copy;
}

const NONE: readonly string[] = [];

/** The headers that `Connection` names, without those that stay whatever is said of them. */
function namesIn(connection: string | undefined): readonly string[] {
  // What nearly all send.
  if (connection === undefined || connection === 'keep-alive') return NONE;
  const names = connection.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => !FRAMING.has(name));
}

/** What is there already was added by proxies before us. */
function addForwarded(headers: IncomingHttpHeaders, address: string | undefined, host: string): void {
  const peer = address?.replace(/^::ffff:(?=[\d.]+$)/, '');
  const node = peer === undefined ? 'unknown' : isIPv6(peer) ? `"[${peer}]"` : peer;
  const element = `for=${node};host="${host.replace(/["\\]/g, '')}";proto=http`;
  headers.forwarded = joined(headers.forwarded, element);
  if (peer !== undefined) headers['x-forwarded-for'] = joined(headers['x-forwarded-for'], peer);
  headers['x-forwarded-proto'] ??= 'http';
  headers['x-forwarded-host'] ??= host;
}

function joined(before: string | string[] | undefined, last: string): string {
  return before === undefined || before.length === 0 ? last : `${before}, ${last}`;
}
