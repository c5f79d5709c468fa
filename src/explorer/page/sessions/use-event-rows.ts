import { defaultRangeExtractor, useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from 'react';
import { useMedia } from '../data/hooks.ts';

/** Heights of a line, as most are. */
const HEIGHT = 50;
const NARROW_HEIGHT = 74;
/** What covers the top of the window: the page's header, the table's, and what failed. */
const COVERED = 150;
/** So many lines are all in the document: the browser's search finds them. */
const ALL_SHOWN = 400;

const NARROW = '(max-width: 899px)';

/** The lines in view, of as many as there are, and the one that is being used. */
export function useEventRows(
  body: RefObject<HTMLElement | null>,
  keys: readonly string[],
  kept: number,
): Virtualizer<Window, Element> {
  const isNarrow = useMedia(NARROW);
  const [scrollMargin, setMargin] = useState(0);
  useLayoutEffect(() => {
    if (body.current !== null) setMargin(Math.round(body.current.getBoundingClientRect().top + scrollY));
  });
  const rows = useWindowVirtualizer({
    count: keys.length,
    estimateSize: () => (isNarrow ? NARROW_HEIGHT : HEIGHT),
    // The same function as long as it says the same: else all lines are measured anew.
    getItemKey: useCallback((index: number) => keys[index] ?? index, [keys]),
    overscan: 10,
    scrollMargin,
    scrollPaddingStart: COVERED,
    rangeExtractor: useCallback(
      (range) => {
        if (range.count <= ALL_SHOWN) return [...Array(range.count).keys()];
        const indices = defaultRangeExtractor(range);
        return kept >= 0 && kept < range.count
          ? [...new Set([...indices, kept])].sort((a, b) => a - b)
          : indices;
      },
      [kept],
    ),
  });
  useEffect(() => rows.measure(), [isNarrow]);
  return rows;
}
