import type { RecordedSpan } from '../recording/otlp.ts';

/** Something of a session with what decides its place. */
export interface Placed {
  readonly span: Pick<RecordedSpan, 'traceId' | 'spanId' | 'parentSpanId' | 'startMs' | 'startNanos'>;
  /** Unix milliseconds, with fractions. */
  readonly timeMs: number;
  /** Within a millisecond, a lower rank comes first. */
  readonly rank: number;
}

/**
 * In the order of time. Session spans have whole milliseconds: within one, the rank decides. Then nanoseconds do, but a
 * child never comes before its parent, though spans are written when they end and clocks differ by less than that.
 */
export function inOrder<T extends Placed>(all: readonly T[]): T[] {
  const places = placesOf(all);
  return all
    .map((item) => ({ item, ...(places.get(item) as Place) }))
    .sort(
      (a, b) =>
        Math.floor(a.item.timeMs) - Math.floor(b.item.timeMs) ||
        a.item.rank - b.item.rank ||
        a.nanos - b.nanos ||
        a.depth - b.depth,
    )
    .map(({ item }) => item);
}

interface Place {
  /** Within the millisecond; not before the parent's. */
  readonly nanos: number;
  readonly depth: number;
}

function placesOf(all: readonly Placed[]): Map<Placed, Place> {
  const byId = new Map(all.map((item) => [idOf(item.span, item.span.spanId), item]));
  const places = new Map<Placed, Place>();
  for (const item of all) {
    // From the item up to the first whose place is known, then down again: traces may be deeper than the stack.
    const path: Placed[] = [];
    const seen = new Set<Placed>();
    let at: Placed | undefined = item;
    while (at !== undefined && !places.has(at) && !seen.has(at)) {
      seen.add(at);
      path.push(at);
      const parentSpanId: string | undefined = at.span.parentSpanId;
      at = parentSpanId === undefined ? undefined : byId.get(idOf(at.span, parentSpanId));
    }
    let parent = at;
    for (const each of path.reverse()) {
      places.set(each, placeBelow(each, parent, parent && places.get(parent)));
      parent = each;
    }
  }
  return places;
}

function placeBelow(item: Placed, parent: Placed | undefined, place: Place | undefined): Place {
  const nanos = item.timeMs === item.span.startMs ? item.span.startNanos : 0;
  if (parent === undefined || place === undefined) return { nanos, depth: 0 };
  const isSameMs = Math.floor(parent.timeMs) === Math.floor(item.timeMs);
  return { nanos: isSameMs ? Math.max(nanos, place.nanos) : nanos, depth: place.depth + 1 };
}

function idOf({ traceId }: Placed['span'], spanId: string): string {
  return `${traceId} ${spanId}`;
}
