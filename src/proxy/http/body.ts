import type { IncomingHttpHeaders } from 'node:http';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { logOnce } from '../../sdk/diagnostics/log.ts';

/** Takes what passes, and hands it on as it was before it was compressed. */
export interface BodyReader {
  write(chunk: Buffer): void;
  /** All has passed. */
  end(): void;
  /** The rest will not come. */
  drop(): void;
}

/** Told what a body holds. */
export interface BodyListener {
  /** @returns whether more of it is wanted. */
  data(chunk: Buffer): boolean;
  /** All of it has passed; `false` where it could not be read. */
  end(isWhole: boolean): void;
}

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;

/** What has come is decompressed at once, for a stream of events may go on for hours. */
const FLUSHED = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };

/** Bytes that wait to be decompressed; of a body that is faster than that, nothing is read. */
const MAX_WAITING = 64 * 1024 * 1024;

/** By content coding. Node has learnt zstd with 22.15. */
const DECODERS: Readonly<Record<string, ((first: Buffer) => Transform) | undefined>> = {
  gzip: () => zlib.createGunzip(FLUSHED),
  'x-gzip': () => zlib.createGunzip(FLUSHED),
  // Some send it without the header that the standard asks for.
  deflate: (first) =>
    ((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate(FLUSHED) : zlib.createInflateRaw(FLUSHED),
  br: () =>
    zlib.createBrotliDecompress({ flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH }),
  zstd: zstdDecoder(),
};

/** Reads a body aside: nothing of this holds up what passes. */
export function createBodyReader(headers: IncomingHttpHeaders, listener: BodyListener): BodyReader {
  const coding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding === 'identity' || coding === '') {
    return { write: (chunk) => void listener.data(chunk), end: () => listener.end(true), drop() {} };
  }
  const decoder = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (decoder !== undefined) return decoding(decoder, listener);
  logOnce('bodies in a content coding that is not known here pass, and are not recorded');
  return { write() {}, end: () => listener.end(false), drop() {} };
}

function decoding(create: (first: Buffer) => Transform, listener: BodyListener): BodyReader {
  let decoder: Transform | undefined;
  let isDeaf = false;
  let hasEnded = false;
  const stop = (): void => {
    if (isDeaf) return;
    isDeaf = true;
    decoder?.destroy();
    if (hasEnded) listener.end(false);
  };
  const start = (first: Buffer): Transform => {
    const started = create(first);
    started.on('data', (chunk: Buffer) => {
      if (!isDeaf && !listener.data(chunk)) stop();
    });
    started.on('error', stop);
    started.once('end', () => {
      if (isDeaf) return;
      isDeaf = true;
      listener.end(true);
    });
    return started;
  };
  return {
    write(chunk) {
      if (isDeaf) return;
      decoder ??= start(chunk);
      if (decoder.writableLength > MAX_WAITING) stop();
      else decoder.write(chunk);
    },
    end() {
      hasEnded = true;
      if (isDeaf || decoder === undefined) listener.end(!isDeaf);
      else decoder.end();
    },
    drop() {
      isDeaf = true;
      decoder?.destroy();
    },
  };
}

function zstdDecoder(): (() => Transform) | undefined {
  const create = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;
  return create === undefined ? undefined : () => create();
}
