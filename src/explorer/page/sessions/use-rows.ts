import { defaultRangeExtractor, useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from 'react';
import { useMedia } from '../data/hooks.ts';

/** Heights of a closed row, as the styles make them. */
const HEIGHT = 44;
const NARROW_HEIGHT = 84;
/** What covers the top of the window: the page's header and the table's. */
const COVERED = 100;

const NARROW = '(max-width: 899px)';

export type Rows = Virtualizer<Window, Element>;

/** The rows in view, of as many as there are. Those that are being used stay, wherever the page is scrolled to. */
export function useRows(
  body: RefObject<HTMLElement | null>,
  order: readonly number[],
  kept: readonly number[],
): Rows {
  const isNarrow = useMedia(NARROW);
  const margin = useTop(body);
  const keptKey = kept.join();
  const rows = useWindowVirtualizer({
    count: order.length,
    estimateSize: () => (isNarrow ? NARROW_HEIGHT : HEIGHT),
    getItemKey: (index) => order[index] ?? index,
    overscan: 8,
    scrollMargin: margin,
    scrollPaddingStart: COVERED,
    // The key stands for the list.
    rangeExtractor: useCallback(
      (range) => {
        const indices = new Set(defaultRangeExtractor(range));
        for (const index of kept) if (index < range.count) indices.add(index);
        return [...indices].sort((a, b) => a - b);
      },
      [keptKey],
    ),
  });
  // What grows below the top of the window pushes nothing: only what has passed it does.
  rows.shouldAdjustScrollPositionOnItemSizeChange = (item, _, { scrollOffset }) =>
    item.end <= (scrollOffset ?? 0) + COVERED;
  // All heights are others then.
  useEffect(() => rows.measure(), [isNarrow]);
  return rows;
}

/** How far the element is from the top of the document. */
function useTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    let last: number | undefined;
    const measure = () => {
      const found = element.current;
      if (found === null) return;
      const now = Math.round(found.getBoundingClientRect().top + scrollY);
      // What appears above the table must not move what is read in it.
      if (last !== undefined && now !== last && scrollY > last) scrollBy(0, now - last);
      last = now;
      setTop(now);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}
