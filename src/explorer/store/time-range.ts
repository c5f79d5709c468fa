import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';

/** Session spans have whole milliseconds of another clock, so that a session can begin before its first span. */
const CLOCKS_DIFFER_MS = 60_000;

/** From the first span, or the start of its session, to the end of the last; `undefined` without any span. */
export function timeRangeOf(
  { files }: SpanIndex,
  table: SessionTable,
): { from: number; to: number } | undefined {
  let first = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { columns } of files.values()) {
    first = Math.min(first, columns.firstMs);
    to = Math.max(to, columns.lastMs);
  }
  if (to < first) return undefined;
  let from = first;
  for (const number of table.newestFirst()) {
    const startedMs = table.peek(number)?.row.startedMs ?? first;
    // What began long before has lost its first spans: the rest decides.
    if (startedMs < from && startedMs >= first - CLOCKS_DIFFER_MS) from = startedMs;
  }
  return { from: Math.floor(from), to: Math.ceil(to) };
}
