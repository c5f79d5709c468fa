import { describe, expect, test } from '@jest/globals';
import { intoPages, PAGE_SIZE, runsOf, segmentsOf } from '../../../src/explorer/page/data/segments.ts';
import { arrivals } from '../../../src/explorer/page/sessions/arrivals.ts';
import { idsOfRows } from '../../../src/explorer/page/sessions/ids-of-rows.ts';
import { event } from './support.ts';

describe('a long session', () => {
  const page = (count = PAGE_SIZE) => Array.from({ length: count }, () => event());

  test('is one stretch of events where all of it is here', () => {
    const segments = segmentsOf(
      new Map([
        [0, page()],
        [1, page(5)],
      ]),
      PAGE_SIZE + 5,
    );
    expect(segments).toMatchObject([{ kind: 'items', from: 0 }]);
    expect(segments[0]).toHaveProperty('items.length', PAGE_SIZE + 5);
  });

  test('tells how many are missing, and where', () => {
    const segments = segmentsOf(
      new Map([
        [0, page()],
        [3, page()],
      ]),
      5 * PAGE_SIZE + 7,
    );
    expect(segments).toMatchObject([
      { kind: 'items', from: 0 },
      { kind: 'gap', from: PAGE_SIZE, count: 2 * PAGE_SIZE },
      { kind: 'items', from: 3 * PAGE_SIZE },
      { kind: 'gap', from: 4 * PAGE_SIZE, count: PAGE_SIZE + 7 },
    ]);
  });

  test('is nothing without events', () => {
    expect(segmentsOf(new Map(), 0)).toEqual([]);
  });

  test('is cut into the pages that were asked for', () => {
    const events = page(2 * PAGE_SIZE + 1);
    expect(intoPages(3 * PAGE_SIZE, events).map(([number, { length }]) => [number, length])).toEqual([
      [3, PAGE_SIZE],
      [4, PAGE_SIZE],
      [5, 1],
    ]);
  });

  test('is asked for anew in few requests', () => {
    expect(runsOf([4, 0, 1, 2, 9], 2)).toEqual([
      { first: 0, count: 2 },
      { first: 2, count: 1 },
      { first: 4, count: 1 },
      { first: 9, count: 1 },
    ]);
  });
});

test('sessions that are new are told in their order', () => {
  expect(arrivals(new Set([3, 1]), [7, 3, 9, 1])).toEqual([7, 9]);
});

test('an open id of another part becomes that of the row, once', () => {
  const sessions = [
    { id: 'other', row: { id: 'first' } },
    { id: 'first', row: { id: 'first' } },
    { id: 'unknown', row: undefined },
  ];
  expect(idsOfRows(sessions, ['other', 'first', 'unknown', 'new'])).toEqual(['first', 'unknown', 'new']);
});
