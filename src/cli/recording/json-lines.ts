import { createReadStream } from 'node:fs';
import type { RecordingFile } from './files.ts';

/** Why a line, or a whole file, gave nothing. */
export type ProblemReason = 'is not OTLP JSON' | 'is cut off' | 'is too long' | 'cannot be read';

export interface Problem {
  readonly path: string;
  /** Counted from 1; 0: the file as a whole. */
  readonly line: number;
  readonly reason: ProblemReason;
}

export interface JsonLinesOptions {
  /** Told of each line that gives nothing. Default: nobody. */
  readonly onProblem?: ((problem: Problem) => void) | undefined;
  /** Lines without this text are skipped unparsed. Default: every line is parsed. */
  readonly containing?: string | undefined;
}

interface Line {
  readonly number: number;
  /** `undefined`: too long to be held. */
  readonly text: string | undefined;
  /** False for a last line that no line break ends. */
  readonly isWhole: boolean;
}

/** Bytes. A batch of 512 spans with arguments and results is well below it; a file without line breaks is not. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** The JSON objects of the files, one a line, without ever holding more than a line. */
export async function* readJsonLines(
  files: readonly RecordingFile[],
  { onProblem, containing }: JsonLinesOptions = {},
): AsyncGenerator<object> {
  for (const file of files) {
    try {
      for await (const line of readLines(file)) {
        if (line.text === undefined) {
          onProblem?.({ path: file.path, line: line.number, reason: 'is too long' });
          continue;
        }
        if (line.text.trim() === '' || (containing !== undefined && !line.text.includes(containing)))
          continue;
        const value = parse(line.text);
        if (value !== undefined) yield value;
        else
          onProblem?.({
            path: file.path,
            line: line.number,
            reason: line.isWhole ? 'is not OTLP JSON' : 'is cut off',
          });
      }
    } catch (error) {
      if (!isFileError(error)) throw error;
      onProblem?.({ path: file.path, line: 0, reason: 'cannot be read' });
    }
  }
}

// Not node:readline, which also breaks lines at U+2028 and U+2029: both may stand unescaped inside a JSON string.
async function* readLines({ path, size }: RecordingFile): AsyncGenerator<Line> {
  if (size === 0) return;
  let parts: Buffer[] = [];
  let length = 0;
  let number = 1;
  const keep = (part: Buffer) => {
    length += part.length;
    if (length <= MAX_LINE_BYTES) parts.push(part);
    else parts = [];
  };
  const take = (isWhole: boolean): Line => {
    const text = length > MAX_LINE_BYTES ? undefined : Buffer.concat(parts).toString('utf8');
    const line = { number, text: number === 1 ? text?.replace(/^\ufeff/, '') : text, isWhole };
    parts = [];
    length = 0;
    number += 1;
    return line;
  };
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { end: size - 1, highWaterMark: 256 * 1024 });
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      keep(chunk.subarray(from, at));
      from = at + 1;
      yield take(true);
    }
    keep(chunk.subarray(from));
  }
  if (length > 0) yield take(false);
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFileError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}
