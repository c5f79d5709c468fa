import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, type ProblemParts, problem, send } from './answer.ts';
import { type BodyLimits, Pending, readBody } from './body.ts';
import { encodingOf, JSON_ENCODING, PROTOBUF } from './encoding.ts';
import { Keeper, type KeeperOptions } from './keeper.ts';
import { SIGNALS, type SignalParts } from './signals.ts';

export interface ReceiverOptions extends KeeperOptions {
  /** Bytes of a body as it comes. Default: 20 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Bytes of a body when it is inflated. Default: 64 MiB. */
  readonly maxInflatedBytes?: number | undefined;
  /** Bytes of all bodies that are under way at a time. Default: 256 MiB. */
  readonly maxPendingBytes?: number | undefined;
  /** Milliseconds until a body must have come. Default: 30,000. */
  readonly bodyTimeoutMs?: number | undefined;
}

/** Takes OTLP over HTTP, protobuf and JSON, and appends it to the files of a folder. */
export interface Receiver {
  /** Answers a request, whatever it is. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Resolves when the requests under way have been answered; later ones are told to come again. */
  close(): Promise<void>;
}

export function createReceiver(options: ReceiverOptions): Receiver {
  const keeper = new Keeper(options);
  const pending = new Pending(options.maxPendingBytes ?? 256 * MIB);
  const limits: BodyLimits = {
    maxBytes: options.maxBodyBytes ?? 20 * MIB,
    maxInflatedBytes: options.maxInflatedBytes ?? 64 * MIB,
    timeoutMs: options.bodyTimeoutMs ?? 30_000,
  };
  const underWay = new Set<Promise<void>>();
  let isClosed = false;

  async function answerTo(request: IncomingMessage): Promise<Answer | undefined> {
    const encoding = encodingOf(request.headers['content-type']);
    const found = routeOf(request);
    if ('status' in found) return problem(found, encoding);
    if (encoding === undefined) return problem(UNKNOWN_TYPE);
    if (isClosed) return problem(CLOSED, encoding);
    const share = pending.share();
    try {
      const body = await readBody(request, limits, share);
      return keeper.answerTo(found, encoding, body);
    } finally {
      share.release();
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A sender that goes away must not end the process.
    response.on('error', () => {});
    const answer = await answerTo(request).catch((error: unknown) => {
      options.warn?.(`a request was not taken: ${error instanceof Error ? error.stack : String(error)}`);
      return problem(FAILED, encodingOf(request.headers['content-type']));
    });
    if (answer !== undefined) await send(request, response, answer);
  }

  return {
    handle: (request, response) => {
      const handled = handle(request, response).finally(() => underWay.delete(handled));
      underWay.add(handled);
      return handled;
    },
    close: async () => {
      isClosed = true;
      await Promise.all(underWay);
    },
  };
}

const MIB = 1024 * 1024;
const KNOWN_PATHS = new Intl.ListFormat('en-GB').format(SIGNALS.keys());
const UNKNOWN_TYPE = {
  status: 415,
  message: `the Content-Type must be ${PROTOBUF.contentType} or ${JSON_ENCODING.contentType}`,
};
const CLOSED = { status: 503, message: 'the receiver is being closed', headers: { 'retry-after': '5' } };
const FAILED = { status: 500, message: 'the request could not be handled' };

function routeOf(request: IncomingMessage): SignalParts | ProblemParts {
  const path = (request.url ?? '').split('?')[0] as string;
  const parts = SIGNALS.get(path);
  if (parts === undefined) return { status: 404, message: `OTLP is received at ${KNOWN_PATHS}` };
  if (request.method === 'POST') return parts;
  return { status: 405, message: `${path} takes POST`, headers: { allow: 'POST' } };
}
