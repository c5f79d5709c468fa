import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { type Duplex, PassThrough, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Failure, failure, writeFailure } from './failure.ts';

/** Reads a body as text. */
export async function readText(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  await receive(request, sink, limit);
  return Buffer.concat(chunks).toString('utf8');
}

/** Writes a body to a new file, after what begins it. */
export async function storeBody(
  request: IncomingMessage,
  path: string,
  begin: string,
  limit: number,
): Promise<void> {
  const sink = createWriteStream(path, { flags: 'wx' });
  if (begin !== '') sink.write(begin);
  await receive(request, sink, limit);
}

/** Writes a text to a new file. */
export async function storeText(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw writeFailure(error);
  });
}

/**
 * Rejects where the body is not whole or too large. What is too much is read and thrown away, so that the client hears
 * the answer.
 */
async function receive(request: IncomingMessage, sink: Writable, limit: number): Promise<void> {
  const decoder = decoderOf(request);
  request.once('close', () => {
    if (!request.complete) decoder.destroy(failure('CANNOT_READ_ALL_DATA', 'the body ended half way'));
  });
  request.on('error', () => {});
  let size = 0;
  const limiter = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      if (size > limit) done();
      else done(null, chunk);
    },
  });
  try {
    await pipeline(request.pipe(decoder), limiter, sink);
  } catch (error) {
    request.unpipe();
    request.resume();
    throw failureOf(error as NodeJS.ErrnoException);
  }
  if (size > limit) throw failure('QUERY_IS_TOO_LARGE', `the body is larger than ${limit} bytes`);
}

const DECODERS: Readonly<Record<string, () => Duplex>> = {
  identity: () => new PassThrough(),
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

function decoderOf({ headers }: IncomingMessage): Duplex {
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  const create = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (create === undefined) {
    throw failure('NOT_IMPLEMENTED', `bodies in ${JSON.stringify(encoding)} are not read here`);
  }
  return create();
}

function failureOf(error: NodeJS.ErrnoException): Failure {
  if (error instanceof Failure) return error;
  // Only the file asks the system for anything; the decoder's errors have codes too.
  return error.syscall === undefined
    ? failure('BAD_ARGUMENTS', `the body cannot be decompressed: ${error.message}`)
    : writeFailure(error);
}
