import type { RecordingFile } from './files.ts';
import { readLines } from './lines.ts';

/** Why a line, or a whole file, gave nothing. */
export type ProblemReason =
  | 'is not OTLP JSON'
  | 'is cut off'
  | 'is too long'
  | 'cannot be read'
  | 'holds too many files';

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

/** The JSON objects of the files, one a line, without ever holding more than a line. */
export async function* readJsonLines(
  files: readonly RecordingFile[],
  { onProblem, containing }: JsonLinesOptions = {},
): AsyncGenerator<object> {
  for (const file of files) {
    try {
      for await (const line of readLines(file)) {
        if (line.bytes === undefined) {
          onProblem?.({ path: file.path, line: line.number, reason: 'is too long' });
          continue;
        }
        const text = line.bytes.toString('utf8');
        if (text.trim() === '' || (containing !== undefined && !text.includes(containing))) continue;
        const value = parseObject(text);
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

/** The JSON object that the text is; `undefined` where it is anything else. */
export function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the file system said no. */
export function isFileError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}
