import type { Segment } from './segments.ts';

/** Something of a tree that is written line by line, each above what hangs below it. */
export interface TreeItem {
  readonly spanId: string;
  readonly depth?: number;
  readonly below?: number;
}

/** What one line shows: an item, one that is not here yet, or a number of them that nobody has asked for. */
export type TreeLine<T> =
  | { readonly kind: 'item'; readonly key: string; readonly place: number; readonly item: T }
  | { readonly kind: 'missing'; readonly key: string; readonly place: number }
  | { readonly kind: 'gap'; readonly key: string; readonly place: number; readonly count: number };

/** Which branches are closed: all but some, or some. */
export interface Closed {
  readonly all: boolean;
  readonly except: ReadonlySet<string>;
}

export const ALL_OPEN: Closed = { all: false, except: new Set() };

export function isClosed({ all, except }: Closed, { spanId }: TreeItem): boolean {
  return all !== except.has(spanId);
}

export function toggled({ all, except }: Closed, { spanId }: TreeItem): Closed {
  const others = [...except].filter((id) => id !== spanId);
  return { all, except: new Set(others.length < except.size ? others : [...others, spanId]) };
}

/**
 * The lines of a tree without what closed branches hold.
 *
 * @param isWhole - what is not here has lines of its own, so that it can be scrolled to
 * @param shown - the place of an item that is shown whatever is closed
 */
export function linesOf<T extends TreeItem>(
  segments: readonly Segment<T>[],
  closed: Closed,
  { isWhole, shown = -1 }: { readonly isWhole: boolean; readonly shown?: number | undefined },
): TreeLine<T>[] {
  const lines: TreeLine<T>[] = [];
  const keys = new Set<string>();
  /** The first place behind the branch that is closed. */
  let next = 0;
  const add = (item: T, place: number): void => {
    if (place < next) return;
    const end = place + (item.below ?? 0) + 1;
    const isAround = place < shown && shown < end;
    if (isClosed(closed, item) && !isAround) next = end;
    const key = `${keys.has(item.spanId) ? place : ''}@${item.spanId}`;
    keys.add(item.spanId);
    lines.push({ kind: 'item', key, place, item });
  };
  for (const segment of segments) {
    if (segment.kind === 'items') {
      for (const [i, item] of segment.items.entries()) add(item, segment.from + i);
      continue;
    }
    const from = Math.max(segment.from, next);
    const end = segment.from + segment.count;
    if (from >= end) continue;
    if (!isWhole) lines.push({ kind: 'gap', key: `gap-${from}`, place: from, count: end - from });
    else
      for (let place = from; place < end; place += 1) lines.push({ kind: 'missing', key: `${place}`, place });
  }
  return lines;
}
