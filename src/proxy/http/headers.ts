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

/** They say where a message goes and ends: whoever names them in `Connection` would hide a second message in it. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'host', 'transfer-encoding']);

/**
 * Makes the headers of a request those that the upstream gets. `Host` is the upstream's, for servers refuse other names
 * (that is what protects them from pages whose name was pointed to them), and so is an `Origin` that is ours; that of
 * another page is for the server to judge.
 */
export function turnToUpstream(request: IncomingMessage, target: URL, keepHost: boolean): void {
  const { headers } = request;
  const { host = '' } = headers;
  dropHopByHop(headers);
  // Node has answered it already.
  delete headers.expect;
  addForwarded(headers, request.socket.remoteAddress, host);
  if (keepHost) return;
  if (headers.origin === `http://${host}`) headers.origin = target.origin;
  headers.host = target.host;
}

/** Makes the headers of an answer those that the client gets. */
export function turnToClient(answer: IncomingMessage, closes: boolean): void {
  dropHopByHop(answer.headers);
  // Node frames the body for its own connection.
  delete answer.headers['transfer-encoding'];
  answer.headers.connection = closes ? 'close' : 'keep-alive';
}

function dropHopByHop(headers: IncomingHttpHeaders): void {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  for (const name of [...named, ...HOP_BY_HOP]) {
    if (!FRAMING.has(name)) delete headers[name];
  }
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
