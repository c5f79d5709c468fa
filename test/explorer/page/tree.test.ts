import { describe, expect, test } from '@jest/globals';
import type { Segment } from '../../../src/explorer/page/data/segments.ts';
import { shareOf } from '../../../src/explorer/page/data/time-axis.ts';
import {
  ALL_OPEN,
  type Closed,
  linesOf,
  type TreeItem,
  toggled,
} from '../../../src/explorer/page/data/tree-lines.ts';

const ITEMS: readonly TreeItem[] = [
  { spanId: 'a', below: 2 },
  { spanId: 'b', depth: 1, below: 1 },
  { spanId: 'c', depth: 2 },
  { spanId: 'd' },
];
const WHOLE: readonly Segment<TreeItem>[] = [{ kind: 'items', from: 0, items: ITEMS }];

function shown(
  closed: Closed,
  segments = WHOLE,
  options: Partial<Parameters<typeof linesOf>[2]> = {},
): string[] {
  return linesOf(segments, closed, { isWhole: false, ...options }).map((line) =>
    line.kind === 'item' ? line.item.spanId : line.kind === 'gap' ? `${line.count} more` : '…',
  );
}

describe('the lines of a tree', () => {
  test('are without what is below a closed item', () => {
    expect(shown(ALL_OPEN)).toEqual(['a', 'b', 'c', 'd']);
    expect(shown(toggled(ALL_OPEN, ITEMS[1]!))).toEqual(['a', 'b', 'd']);
    expect(shown(toggled(toggled(ALL_OPEN, ITEMS[1]!), ITEMS[1]!))).toEqual(['a', 'b', 'c', 'd']);
    expect(shown({ all: true, except: new Set() })).toEqual(['a', 'd']);
    expect(shown({ all: true, except: new Set(['a']) })).toEqual(['a', 'b', 'd']);
  });

  test('have what is gone to, whatever is closed', () => {
    expect(shown({ all: true, except: new Set() }, WHOLE, { shown: 2 })).toEqual(['a', 'b', 'c', 'd']);
  });

  test('are without what is not here yet and below a closed item', () => {
    const segments: Segment<TreeItem>[] = [
      { kind: 'items', from: 0, items: [{ spanId: 'a', below: 4 }] },
      { kind: 'gap', from: 1, count: 6 },
    ];
    const closed = toggled(ALL_OPEN, { spanId: 'a' });
    expect(shown(ALL_OPEN, segments)).toEqual(['a', '6 more']);
    expect(shown(closed, segments)).toEqual(['a', '2 more']);
    expect(shown(closed, segments, { isWhole: true })).toEqual(['a', '…', '…']);
  });

  test('have keys of their own where ids come twice', () => {
    const twice: Segment<TreeItem>[] = [
      { kind: 'items', from: 0, items: [{ spanId: 'a' }, { spanId: 'a' }] },
    ];
    const keys = linesOf(twice, ALL_OPEN, { isWhole: false }).map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
  });
});

describe('the place of a time on its axis', () => {
  test('is in proportion where nothing pauses', () => {
    const axis = { fromMs: 100, toMs: 200, pauses: [] };
    expect([0, 100, 125, 200, 300].map((ms) => shareOf(axis, ms))).toEqual([0, 0, 0.25, 1, 1]);
  });

  test('has little left for a pause', () => {
    const axis = { fromMs: 0, toMs: 1_000, pauses: [[100, 900] as const] };
    expect(shareOf(axis, 100)).toBeCloseTo(0.49);
    expect(shareOf(axis, 500)).toBeCloseTo(0.5);
    expect(shareOf(axis, 900)).toBeCloseTo(0.51);
    expect(shareOf(axis, 1_000)).toBeCloseTo(1);
  });

  test('is a number where there are only moments, or one', () => {
    expect(shareOf({ fromMs: 0, toMs: 10, pauses: [[0, 10]] }, 10)).toBe(1);
    expect(shareOf({ fromMs: 5, toMs: 5, pauses: [] }, 5)).toBe(0);
  });
});
