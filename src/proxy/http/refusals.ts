import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { explainNoAnswer, rootCause } from '../../sdk/diagnostics/failures.ts';

/** Why a request is not passed on. */
export interface Refusal {
  readonly status: number;
  /** What to do, in plain text: what asks may speak JSON-RPC or not. */
  readonly text: string;
}

const LOOPBACK = /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

export const NO_PATH: Refusal = {
  status: 400,
  text: 'this passes requests on to one server: ask for a path, such as /mcp',
};

export const NO_TUNNEL: Refusal = { status: 405, text: 'this passes requests on to one server: no tunnels' };

/**
 * A page of the web whose name was pointed to this machine asks under that name, which the server, to whom its own name
 * is passed on, could not tell.
 */
export function refusalOfHost({ headers: { host = '' } }: IncomingMessage): Refusal | undefined {
  if (LOOPBACK.test(host)) return undefined;
  return {
    status: 421,
    text:
      'requests to other names than those of this machine are not passed on: use localhost, or start the proxy with ' +
      '--keep-host, and the server itself judges the name',
  };
}

/** The server could not be reached, or has hung up before it answered. */
export function refusalOfFailure(error: unknown, target: URL): Refusal {
  const { what, fix } = explainNoAnswer(error, target);
  return { status: 502, text: `${what}. ${adviceFor(error, fix)}` };
}

export function refuse(response: ServerResponse, { status, text }: Refusal): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`mcp-sessionscope proxy: ${text}\n`);
}

/** The same on a connection that no response belongs to. */
export function refuseOn(socket: Duplex, { status, text }: Refusal): void {
  const body = `mcp-sessionscope proxy: ${text}\n`;
  socket.on('error', () => {});
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** The advice for OTLP receivers is of no use here. */
function adviceFor(error: unknown, fix: string | undefined): string {
  const { code } = rootCause(error);
  if (/SELF_SIGNED|UNABLE_TO/.test(code)) {
    return 'Name the authority that signed it in a PEM file, and start the proxy with NODE_EXTRA_CA_CERTS=FILE.';
  }
  if (fix === undefined || /OTLP/.test(fix))
    return 'Look at the address after --to, and at the log of the server.';
  return fix;
}
