import { createReadStream } from 'node:fs';
import type { RecordingFile } from './files.ts';

/** A line of a file, as it stands there. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset behind its line break. */
  readonly end: number;
  /** Without the line break; `undefined`: too long to be held. */
  readonly bytes: Buffer | undefined;
  /** False for a last line that no line break ends. */
  readonly isWhole: boolean;
}

/** Where to begin: behind a line break. */
export interface Position {
  readonly offset: number;
  /** Lines before it. */
  readonly lines: number;
}

/** Bytes. A batch of 512 spans with arguments and results is well below it; a file without line breaks is not. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const BEGINNING: Position = { offset: 0, lines: 0 };

/**
 * The lines of a file, up to the size that it had when it was found. Not node:readline, which also breaks lines at
 * U+2028 and U+2029: both may stand unescaped inside a JSON string.
 */
export async function* readLines(
  { path, size }: RecordingFile,
  from: Position = BEGINNING,
): AsyncGenerator<Line> {
  if (size <= from.offset) return;
  let parts: Buffer[] = [];
  let length = 0;
  let number = from.lines + 1;
  let start = from.offset;
  const keep = (part: Buffer) => {
    length += part.length;
    if (length <= MAX_LINE_BYTES) parts.push(part);
    else parts = [];
  };
  const take = (isWhole: boolean): Line => {
    const bytes = length > MAX_LINE_BYTES ? undefined : withoutMark(Buffer.concat(parts), start);
    const end = start + length + (isWhole ? 1 : 0);
    const line = { number, start, end, bytes, isWhole };
    parts = [];
    length = 0;
    number += 1;
    start = end;
    return line;
  };
  const chunks: AsyncIterable<Buffer> = createReadStream(path, {
    start: from.offset,
    end: size - 1,
    highWaterMark: 256 * 1024,
  });
  for await (const chunk of chunks) {
    let at = 0;
    for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, at)) {
      keep(chunk.subarray(at, feed));
      at = feed + 1;
      yield take(true);
    }
    keep(chunk.subarray(at));
  }
  if (length > 0) yield take(false);
}

function withoutMark(bytes: Buffer, start: number): Buffer {
  return start === 0 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
}
