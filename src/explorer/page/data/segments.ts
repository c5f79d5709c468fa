/** Items that are asked for at once. */
export const PAGE_SIZE = 200;

/** A stretch of a list: items that are here, or a number of them that are not. */
export type Segment<T> =
  | { readonly kind: 'items'; readonly from: number; readonly items: readonly T[] }
  | { readonly kind: 'gap'; readonly from: number; readonly count: number };

/** The whole list as stretches, from the pages that have been loaded. */
export function segmentsOf<T>(pages: ReadonlyMap<number, readonly T[]>, total: number): Segment<T>[] {
  const segments: Segment<T>[] = [];
  for (let page = 0; page * PAGE_SIZE < total; page += 1) {
    const from = page * PAGE_SIZE;
    const items = pages.get(page);
    const last = segments.at(-1);
    if (items !== undefined) {
      if (last?.kind === 'items')
        segments[segments.length - 1] = { ...last, items: [...last.items, ...items] };
      else segments.push({ kind: 'items', from, items });
      continue;
    }
    const count = Math.min(PAGE_SIZE, total - from);
    if (last?.kind === 'gap') segments[segments.length - 1] = { ...last, count: last.count + count };
    else segments.push({ kind: 'gap', from, count });
  }
  return segments;
}

/** Cuts what was answered from `offset` on into pages. */
export function intoPages<T>(offset: number, items: readonly T[]): [page: number, items: T[]][] {
  const pages: [number, T[]][] = [];
  for (let i = 0; i < items.length; i += PAGE_SIZE) {
    pages.push([(offset + i) / PAGE_SIZE, items.slice(i, i + PAGE_SIZE)]);
  }
  return pages;
}

/** Runs of pages that follow each other, none longer than `most`. */
export function runsOf(pages: Iterable<number>, most: number): { first: number; count: number }[] {
  const runs: { first: number; count: number }[] = [];
  for (const page of [...new Set(pages)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && page === last.first + last.count && last.count < most) last.count += 1;
    else runs.push({ first: page, count: 1 });
  }
  return runs;
}
