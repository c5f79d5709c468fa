import type { SpanIndex } from './span-index.ts';

/** From the start of the first span to the end of the last; `undefined` without any. */
export function timeRangeOf({ files }: SpanIndex): { from: number; to: number } | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { columns } of files.values()) {
    from = Math.min(from, columns.firstMs);
    to = Math.max(to, columns.lastMs);
  }
  return to < from ? undefined : { from, to };
}
