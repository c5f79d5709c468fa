import type { SpanColumns } from './columns.ts';
import { NONE } from './columns.ts';
import { ABSENT } from './interner.ts';
import type { SessionTable } from './session-table.ts';
import type { IndexedFile, SpanIndex } from './span-index.ts';
import type { Range } from './types.ts';

/** How a client without a name is called. */
export const UNKNOWN_CLIENT = 'unknown';

/** Calls back for the spans of the range that have all of the flags, file by file. */
export function scan(
  index: SpanIndex,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, service }: Range,
  wanted: number,
  visit: (columns: SpanColumns, row: number, file: IndexedFile) => void,
): void {
  const isOfService = service === undefined ? undefined : originsOf(index, service);
  for (const file of index.files.values()) {
    const { columns } = file;
    if (columns.firstMs > to || columns.lastMs < from) continue;
    const { start, flags: flagsOf, origin, count } = columns;
    for (let row = 0; row < count; row += 1) {
      if ((flagsOf[row]! & wanted) !== wanted) continue;
      const ms = start[row]!;
      if (ms < from || ms > to) continue;
      if (isOfService !== undefined && isOfService[origin[row]!] !== 1) continue;
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

/** 1 for each origin of the service. */
function originsOf({ origins }: SpanIndex, service: string): Uint8Array {
  const number = origins.services.find(service);
  return Uint8Array.from(origins.serviceNumbers, (each) => (number !== ABSENT && each === number ? 1 : 0));
}
