import type { SpanColumns } from './columns.ts';
import { FLAG, NONE } from './columns.ts';
import type { SessionTable } from './session-table.ts';
import type { IndexedFile, SpanIndex } from './span-index.ts';
import type { Range } from './types.ts';

/** How a client without a name is called. */
export const UNKNOWN_CLIENT = 'unknown';

/** Calls back for the spans of the range that have one of the flags, file by file. */
export function scan(
  index: SpanIndex,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, service }: Range,
  flags: number,
  visit: (columns: SpanColumns, row: number, file: IndexedFile) => void,
): void {
  const isWanted = service === undefined ? undefined : originsOf(index, service);
  for (const file of index.files.values()) {
    const { columns } = file;
    if (columns.firstMs > to || columns.lastMs < from) continue;
    const { start, flags: flagsOf, origin, count } = columns;
    for (let row = 0; row < count; row += 1) {
      if ((flagsOf[row]! & flags) === 0) continue;
      const ms = start[row]!;
      if (ms < from || ms > to) continue;
      if (isWanted !== undefined && isWanted[origin[row]!] !== 1) continue;
      visit(columns, row, file);
    }
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

export const REQUESTS = FLAG.request;

/** 1 for each origin of the service. */
function originsOf({ origins }: SpanIndex, service: string): Uint8Array {
  const wanted = new Uint8Array(origins.size);
  for (let i = 0; i < wanted.length; i += 1) if (origins.get(i).service === service) wanted[i] = 1;
  return wanted;
}
