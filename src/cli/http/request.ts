import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { TIMED_OUT } from '../../sdk/diagnostics/failures.ts';
import type { Certificates } from '../../sdk/export/certificates.ts';
import { processAgent } from '../../sdk/export/process-agent.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | undefined;
  /** Until the answer is there as a whole. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called when the connection is there, right before the request goes out. */
  readonly onConnected?: (() => void) | undefined;
  /** What an https peer is checked against, beside what Node trusts. */
  readonly tls?: Certificates | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Decoded as UTF-8; cut where it is longer than anybody's answer. */
  readonly body: string;
}

/** There is no answer. `cause` says why. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  /** Whether the peer may have received the request: a connection was there. */
  readonly maybeDelivered: boolean;

  constructor(cause: Error, maybeDelivered: boolean) {
    super((cause as Error).message, { cause });
    this.maybeDelivered = maybeDelivered;
  }
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * One request on a connection of its own: a kept one that the peer is about to close would leave open whether the
 * request arrived. Redirects are answers like any other.
 *
 * @throws {@link NoAnswerError}, or what `onConnected` throws: nothing is sent then
 */
export function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  const { url, method, headers, body, timeoutMs, signal, onConnected, tls } = request;
  return new Promise((resolve, reject) => {
    let isConnected = false;
    const transport = url.protocol === 'https:' ? https : http;
    const agent = processAgent(url.protocol, { keepAlive: false, keepsAlive: true, tls });
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = transport.request(
      url,
      { method, headers: { ...headers, ...length }, agent, ...(signal && { signal }) },
      (response) => {
        collect(response).then((text) => {
          settle();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        }, fail);
      },
    );
    const timer = setTimeout(() => sent.destroy(timedOut(timeoutMs)), timeoutMs);
    const settle = (): void => clearTimeout(timer);
    const fail = (error: Error): void => {
      settle();
      reject(new NoAnswerError(error, isConnected));
    };
    sent.on('socket', (socket) => {
      whenConnected(socket, url, () => {
        try {
          onConnected?.();
        } catch (error) {
          settle();
          reject(error);
          sent.destroy();
          return;
        }
        isConnected = true;
        sent.end(body);
      });
    });
    sent.on('error', fail);
  });
}

/** Behind a proxy, or from an agent of the application, the connection is there when it is given. */
function whenConnected(socket: Socket, { protocol }: URL, then: () => void): void {
  const isSecured = socket instanceof TLSSocket && socket.getPeerFinished() !== undefined;
  if (!socket.connecting && (protocol !== 'https:' || isSecured)) then();
  else socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', then);
}

async function collect(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function timedOut(timeoutMs: number): Error {
  return Object.assign(new Error(`no answer within ${timeoutMs / 1_000} s`), { code: TIMED_OUT });
}
