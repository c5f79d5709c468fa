import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Encoding, JSON_ENCODING } from './encoding.ts';

export interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ProblemParts {
  readonly status: number;
  /** A sentence for whoever looks after the sender. */
  readonly message: string;
  /** The field that is wrong. */
  readonly field?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How much of a body that nobody wants is still taken in, and for how long. */
const [DRAINED_BYTES, DRAINING_MS] = [64 * 1024 * 1024, 1_000];

/** An answer that is no success, in the sender's own encoding; in JSON, which people can read, where that is unknown. */
export function problem(
  { status, message, field = '', headers = {} }: ProblemParts,
  encoding: Encoding = JSON_ENCODING,
): Answer {
  const violation = status === 400 ? { field, description: message } : undefined;
  const body = encoding.problem(message, violation);
  return { status, body, contentType: encoding.contentType, headers };
}

/** Sends an answer; resolves when nothing more is done for the request. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  if (!request.complete && !request.destroyed) await drain(request);
  if (response.destroyed || response.headersSent) return;
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': answer.body.length,
    ...answer.headers,
    ...(!request.complete && { connection: 'close' }),
  });
  response.end(answer.body);
}

/**
 * Takes in what is left of a body. A connection that is closed while bytes come in is reset, and the answer may be lost
 * with it.
 */
function drain(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let length = 0;
    const settle = (): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', settle).off('close', settle).pause();
      resolve();
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > DRAINED_BYTES) settle();
    };
    const timer = setTimeout(settle, DRAINING_MS);
    request.on('error', () => {});
    request.on('end', settle).on('close', settle).on('data', onData).resume();
  });
}
