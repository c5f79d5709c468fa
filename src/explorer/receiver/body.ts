import type { IncomingMessage } from 'node:http';
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';

/** What becomes of a body: its bytes, or why there are none. */
export type Body = { readonly bytes: Buffer } | { readonly refused: Refused };

export type Refused =
  | 'too large'
  | 'too slow'
  | 'too many at once'
  | 'unknown encoding'
  | 'not of its encoding'
  | 'broken off';

export interface BodyLimits {
  /** Bytes of a body as it comes. */
  readonly maxBytes: number;
  /** Bytes of a body when it is inflated. */
  readonly maxInflatedBytes: number;
  /** Milliseconds until all of it must have come. */
  readonly timeoutMs: number;
}

/** Bytes that bodies take up together, from when they come until they are let go. */
export class Pending {
  readonly #max: number;
  #bytes = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** What one request takes of them. */
  share(): Share {
    let taken = 0;
    return {
      take: (bytes) => {
        if (this.#bytes + bytes > this.#max) return false;
        this.#bytes += bytes;
        taken += bytes;
        return true;
      },
      release: () => {
        this.#bytes -= taken;
        taken = 0;
      },
    };
  }
}

interface Share {
  /** Whether there is room; then it is taken. */
  take(bytes: number): boolean;
  /** Lets go of all that was taken. */
  release(): void;
}

const INFLATERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
]);

/** The content codings that are taken, as a header lists them. */
export const ENCODINGS = 'gzip, deflate, identity';

/** Reads a body and inflates it, never more of it than allowed. */
export async function readBody(request: IncomingMessage, limits: BodyLimits, share: Share): Promise<Body> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const inflater = INFLATERS.get(encoding);
  if (inflater === undefined && encoding !== 'identity' && encoding !== '')
    return { refused: 'unknown encoding' };
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) return { refused: 'too large' };
  const body = await receive(request, limits, share);
  if ('refused' in body || inflater === undefined) return body;
  return inflate(body.bytes, inflater(), limits.maxInflatedBytes, share);
}

/** Not by iterating: what ends that early destroys the request, and with it the way to answer. */
function receive(request: IncomingMessage, limits: BodyLimits, share: Share): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (body: Body): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      if ('refused' in body) request.pause();
      resolve(body);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > limits.maxBytes) settle({ refused: 'too large' });
      else if (!share.take(chunk.length)) settle({ refused: 'too many at once' });
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle({ bytes: Buffer.concat(chunks, length) });
    const onClose = (): void => settle({ refused: 'broken off' });
    const timer = setTimeout(() => settle({ refused: 'too slow' }), limits.timeoutMs);
    // A request that breaks off is told by `close` too.
    request.on('error', () => {});
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}

async function inflate(bytes: Buffer, inflater: Transform, maxBytes: number, share: Share): Promise<Body> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of Readable.from([bytes]).pipe(inflater) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) return { refused: 'too large' };
      if (!share.take(chunk.length)) return { refused: 'too many at once' };
      chunks.push(chunk);
    }
  } catch {
    return { refused: 'not of its encoding' };
  }
  return { bytes: Buffer.concat(chunks, length) };
}
