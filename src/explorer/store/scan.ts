import type { SpanColumns } from './columns.ts';
import { NONE } from './columns.ts';
import { ABSENT } from './interner.ts';
import type { SessionTable } from './session-table.ts';
import type { IndexedFile, SpanIndex } from './span-index.ts';
import type { Range } from './types.ts';

/** How a client without a name is called. */
export const UNKNOWN_CLIENT = 'unknown';

/** Spans of one file. */
export interface Scanned {
  readonly file: IndexedFile;
  readonly columns: SpanColumns;
  /** Holds them until the next file. */
  readonly rows: Int32Array;
}

/** The spans of the range that have all of the flags, file by file. */
export function* scan(
  index: SpanIndex,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, service }: Range,
  wanted: number,
): Generator<Scanned> {
  const isOfService = service === undefined ? undefined : originsOf(index, service);
  let rows = new Int32Array(0);
  for (const file of index.files.values()) {
    const { columns } = file;
    if (columns.firstMs > to || columns.lastMs < from) continue;
    const { start, flags: flagsOf, origin, count } = columns;
    if (rows.length < count) rows = new Int32Array(count);
    let found = 0;
    for (let row = 0; row < count; row += 1) {
      if ((flagsOf[row]! & wanted) !== wanted) continue;
      const ms = start[row]!;
      if (ms < from || ms > to) continue;
      if (isOfService !== undefined && isOfService[origin[row]!] !== 1) continue;
      rows[found] = row;
      found += 1;
    }
    if (found > 0) yield { file, columns, rows: rows.subarray(0, found) };
  }
}

/** The client of a span: its session's, else the one that it names itself. */
export function clientOfSpan(
  index: SpanIndex,
  table: SessionTable,
  columns: SpanColumns,
  row: number,
): string {
  const number = columns.session[row]!;
  const known = number === NONE ? undefined : table.peek(number);
  return known?.row.clientName ?? index.origins.get(columns.origin[row]!).clientName ?? UNKNOWN_CLIENT;
}

/** 1 for each origin of the service. */
function originsOf({ origins }: SpanIndex, service: string): Uint8Array {
  const number = origins.services.find(service);
  return Uint8Array.from(origins.serviceNumbers, (each) => (number !== ABSENT && each === number ? 1 : 0));
}
