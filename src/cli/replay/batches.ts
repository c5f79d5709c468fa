import type { RecordingFile } from '../../explorer/recording/files.ts';
import { type Line, type Position, readLines } from '../../explorer/recording/lines.ts';
import type { RecordedSignal } from '../../explorer/recording/signal.ts';
import { contentOf, isSendable, type NotSendable } from './content.ts';
import type { Sent } from './journal.ts';

/** Lines that go out as one request. */
export interface Batch {
  readonly signal: RecordedSignal;
  readonly lines: readonly Line[];
  readonly items: number;
}

export type Step =
  | { readonly kind: 'batch'; readonly batch: Batch }
  /** A line that is not sent. */
  | { readonly kind: 'passed'; readonly line: Line; readonly content: NotSendable };

/** Bytes. What receivers take is 4 MiB at the least; a longer line goes alone. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/**
 * A file as the requests to make, in the order of its lines.
 *
 * @param max - lines per request
 */
export async function* batchesOf(
  file: RecordingFile,
  from: Position | undefined,
  max: number,
): AsyncGenerator<Step> {
  let open:
    | { signal: RecordedSignal; lines: Line[]; items: number; bytes: number; joins: boolean }
    | undefined;
  const flush = (): Step[] => {
    if (open === undefined) return [];
    const batch = { signal: open.signal, lines: open.lines, items: open.items };
    open = undefined;
    return [{ kind: 'batch', batch }];
  };
  for await (const line of readLines(file, from)) {
    const content = contentOf(line);
    if (!isSendable(content)) {
      yield* flush();
      yield { kind: 'passed', line, content };
      continue;
    }
    const length = line.bytes?.length ?? 0;
    const fits =
      open !== undefined &&
      open.signal === content.kind &&
      open.joins &&
      content.joins &&
      open.lines.length < max &&
      open.bytes + length <= MAX_BATCH_BYTES;
    if (!fits) yield* flush();
    open ??= { signal: content.kind, lines: [], items: 0, bytes: 0, joins: content.joins };
    open.lines.push(line);
    open.items += content.items;
    open.bytes += length;
    if (open.lines.length >= max) yield* flush();
  }
  yield* flush();
}

/** What the journal calls it. */
export function sentOf({ lines }: Batch): Sent {
  const first = lines[0]!;
  const last = lines.at(-1)!;
  return { start: first.start, end: last.end, firstLine: first.number, lastLine: last.number };
}

/** Where the file goes on after it. */
export function behind({ lines }: Batch): Position {
  const last = lines.at(-1)!;
  // What follows a last line without a line break is still that line.
  return { offset: last.end, lines: last.isWhole ? last.number : last.number - 1 };
}
