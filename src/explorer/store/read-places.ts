import { type FileHandle, open } from 'node:fs/promises';
import { isFileError, parseObject } from '../recording/json-lines.ts';
import { type Json, objectsOf } from '../recording/otlp.ts';
import type { SignalForm } from '../recording/signal.ts';
import type { Pace } from './pace.ts';

/** A file, and where each of its rows stands in it: in which line, and where in that. */
export interface PlacedFile {
  readonly path: string;
  readonly columns: {
    readonly line: Uint32Array;
    /** With a length of 0, which of the line's items it is. */
    readonly place: Uint32Array;
    readonly length: Uint32Array;
    readonly lineStart: Float64Array;
    readonly lineLength: Uint32Array;
  };
}

export interface ReadItem {
  readonly row: number;
  /** As it was recorded. */
  readonly item: Json;
}

/** Bytes from `start` to `end` of a file, and the rows that are in them. */
interface Stretch {
  readonly start: number;
  end: number;
  readonly rows: number[];
}

/** Reading so much too much is faster than reading twice. */
const MAX_GAP = 16 * 1024;
const MAX_STRETCH = 1024 * 1024;

/**
 * Reads spans or log records from a file, some at a time, in the order in which they stand there. What is gone is left
 * out.
 *
 * @param rows - in that order
 * @param lists - where OTLP JSON has them
 */
export async function* readPlaced(
  file: PlacedFile,
  rows: readonly number[],
  lists: SignalForm['lists'],
  pace: Pace,
): AsyncGenerator<readonly ReadItem[]> {
  const handle = await open(file.path).catch(unlessFileError);
  if (handle === undefined) return;
  try {
    for (const stretch of stretchesOf(file, rows)) {
      yield await readStretch(handle, file, stretch, lists);
      if (pace.isOver) await pace.pause();
    }
  } finally {
    await handle.close();
  }
}

/** The JSON texts of whole lines, by the offsets of their first bytes; those that are gone are left out. */
export async function* readWholeLines(file: PlacedFile, lines: Iterable<number>): AsyncGenerator<object> {
  const handle = await open(file.path).catch(unlessFileError);
  if (handle === undefined) return;
  try {
    for (const line of lines) {
      const exported = await readLine(handle, file, line);
      if (exported !== undefined) yield exported;
    }
  } finally {
    await handle.close();
  }
}

/** The rows of each file, in the order in which they stand there. */
export function groupByFile<F>(
  places: readonly { readonly file: F; readonly row: number }[],
): Map<F, number[]> {
  const byFile = new Map<F, number[]>();
  for (const { file, row } of places) {
    const rows = byFile.get(file);
    if (rows === undefined) byFile.set(file, [row]);
    else rows.push(row);
  }
  for (const rows of byFile.values()) rows.sort((a, b) => a - b);
  return byFile;
}

function* stretchesOf({ columns }: PlacedFile, rows: readonly number[]): Generator<Stretch> {
  let current: Stretch | undefined;
  for (const row of rows) {
    const line = columns.line[row]!;
    const isPlaced = columns.length[row]! > 0;
    const start = columns.lineStart[line]! + (isPlaced ? columns.place[row]! : 0);
    const end = start + (isPlaced ? columns.length[row]! : columns.lineLength[line]!);
    if (current !== undefined && start <= current.end + MAX_GAP && end <= current.start + MAX_STRETCH) {
      current.end = Math.max(current.end, end);
      current.rows.push(row);
      continue;
    }
    if (current !== undefined) yield current;
    current = { start, end, rows: [row] };
  }
  if (current !== undefined) yield current;
}

async function readStretch(
  handle: FileHandle,
  { columns }: PlacedFile,
  { start, end, rows }: Stretch,
  lists: SignalForm['lists'],
): Promise<ReadItem[]> {
  const bytes = await readBytes(handle, start, end - start);
  return rows.flatMap((row) => {
    const lineAt = columns.lineStart[columns.line[row]!]! - start;
    const length = columns.length[row]!;
    const item =
      length > 0
        ? parseObject(textOf(bytes, lineAt + columns.place[row]!, length))
        : nthItem(
            parseObject(textOf(bytes, lineAt, columns.lineLength[columns.line[row]!]!)),
            columns.place[row]!,
            lists,
          );
    return item === undefined ? [] : [{ row, item: item as Json }];
  });
}

async function readLine(
  handle: FileHandle,
  { columns }: PlacedFile,
  line: number,
): Promise<object | undefined> {
  const bytes = await readBytes(handle, columns.lineStart[line]!, columns.lineLength[line]!);
  return parseObject(bytes.toString('utf8'));
}

async function readBytes(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await handle.read(buffer, 0, length, start);
  return buffer.subarray(0, bytesRead);
}

function textOf(bytes: Buffer, start: number, length: number): string {
  return bytes.toString('utf8', start, start + length);
}

function nthItem(exported: object | undefined, nth: number, lists: SignalForm['lists']): Json | undefined {
  const whole = exported === undefined ? [] : [exported as Json];
  return lists.reduce<Json[]>((parents, key) => parents.flatMap((parent) => objectsOf(parent[key])), whole)[
    nth
  ];
}

function unlessFileError(error: unknown): undefined {
  if (!isFileError(error)) throw error;
}
