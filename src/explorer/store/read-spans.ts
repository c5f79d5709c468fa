import { type FileHandle, open } from 'node:fs/promises';
import { isFileError, parseObject } from '../recording/json-lines.ts';
import { type Json, millis, objectsOf, type Service } from '../recording/otlp.ts';
import { NONE } from './columns.ts';
import type { Pace } from './pace.ts';
import type { IndexedFile, IndexedSession, SpanIndex } from './span-index.ts';

/** Where a span is in the index. */
export interface Place {
  readonly file: IndexedFile;
  readonly row: number;
}

export interface ReadSpan extends Place {
  /** As it was recorded. */
  readonly span: Json;
  readonly service: Service;
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

/** Places of all spans of some sessions. */
export function rowsOf(sessions: readonly IndexedSession[]): Place[] {
  const places: Place[] = [];
  for (const { chains } of sessions) {
    for (const { file, head } of chains.values())
      for (let row = head; row !== NONE; row = file.columns.next[row]!) places.push({ file, row });
  }
  return places;
}

/** Reads spans from their files, file by file and in the order in which they stand there. What is gone is left out. */
export async function* readSpans(
  index: SpanIndex,
  places: readonly Place[],
  pace: Pace,
): AsyncGenerator<ReadSpan> {
  const byFile = groupByFile(places);
  for (const [file, rows] of byFile) {
    const handle = await open(file.path).catch(unlessFileError);
    if (handle === undefined) continue;
    try {
      for (const stretch of stretchesOf(file, rows)) {
        for (const { row, span } of await readStretch(handle, file, stretch)) {
          const { service, instance } = index.origins.get(file.columns.origin[row]!);
          yield {
            file,
            row,
            span,
            service: { serviceName: service, serviceInstance: instance || undefined, hostAndPid: undefined },
          };
        }
        if (pace.isOver) await pace.pause();
      }
    } finally {
      await handle.close();
    }
  }
}

/** The JSON texts of whole lines, by the offsets of their first bytes; those that are gone are left out. */
export async function* readWholeLines(file: IndexedFile, lines: Iterable<number>): AsyncGenerator<object> {
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

function groupByFile(places: readonly Place[]): Map<IndexedFile, number[]> {
  const byFile = new Map<IndexedFile, number[]>();
  for (const { file, row } of places) {
    const rows = byFile.get(file);
    if (rows === undefined) byFile.set(file, [row]);
    else rows.push(row);
  }
  // Rows are in the order of the file.
  for (const rows of byFile.values()) rows.sort((a, b) => a - b);
  return byFile;
}

function* stretchesOf({ columns }: IndexedFile, rows: readonly number[]): Generator<Stretch> {
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
  { columns }: IndexedFile,
  { start, end, rows }: Stretch,
): Promise<{ row: number; span: Json }[]> {
  const bytes = await readBytes(handle, start, end - start);
  const spans: { row: number; span: Json }[] = [];
  for (const row of rows) {
    const lineAt = columns.lineStart[columns.line[row]!]! - start;
    const length = columns.length[row]!;
    const span =
      length > 0
        ? parseObject(textOf(bytes, lineAt + columns.place[row]!, length))
        : nthSpan(
            parseObject(textOf(bytes, lineAt, columns.lineLength[columns.line[row]!]!)),
            columns.place[row]!,
          );
    // Somebody may have put another file in its place.
    if (span !== undefined && millis((span as Json)['startTimeUnixNano']) === columns.start[row])
      spans.push({ row, span: span as Json });
  }
  return spans;
}

async function readLine(
  handle: FileHandle,
  { columns }: IndexedFile,
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

function nthSpan(exported: object | undefined, nth: number): object | undefined {
  return objectsOf((exported as Json | undefined)?.['resourceSpans'])
    .flatMap((resourceSpans) => objectsOf(resourceSpans['scopeSpans']))
    .flatMap((scopeSpans) => objectsOf(scopeSpans['spans']))[nth];
}

function unlessFileError(error: unknown): undefined {
  if (!isFileError(error)) throw error;
}
