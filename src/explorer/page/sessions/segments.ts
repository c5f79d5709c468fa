import type { ApiEvent } from '../../server/api.ts';

/** Events that are asked for at once. */
export const PAGE_SIZE = 200;

/** A stretch of a session: events that are here, or a number of them that are not. */
export type Segment =
  | { readonly kind: 'events'; readonly from: number; readonly events: readonly ApiEvent[] }
  | { readonly kind: 'gap'; readonly from: number; readonly count: number };

/** The whole session as stretches, from the pages that have been loaded. */
export function segmentsOf(pages: ReadonlyMap<number, readonly ApiEvent[]>, total: number): Segment[] {
  const segments: Segment[] = [];
  for (let page = 0; page * PAGE_SIZE < total; page += 1) {
    const from = page * PAGE_SIZE;
    const events = pages.get(page);
    const last = segments.at(-1);
    if (events !== undefined) {
      if (last?.kind === 'events')
        segments[segments.length - 1] = { ...last, events: [...last.events, ...events] };
      else segments.push({ kind: 'events', from, events });
      continue;
    }
    const count = Math.min(PAGE_SIZE, total - from);
    if (last?.kind === 'gap') segments[segments.length - 1] = { ...last, count: last.count + count };
    else segments.push({ kind: 'gap', from, count });
  }
  return segments;
}

/** Cuts what was answered from `offset` on into pages. */
export function intoPages(offset: number, events: readonly ApiEvent[]): [page: number, events: ApiEvent[]][] {
  const pages: [number, ApiEvent[]][] = [];
  for (let i = 0; i < events.length; i += PAGE_SIZE) {
    pages.push([(offset + i) / PAGE_SIZE, events.slice(i, i + PAGE_SIZE)]);
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
