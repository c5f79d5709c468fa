import { describe, expect, test } from '@jest/globals';
import { arrivals } from '../../page/src/sessions/arrivals.ts';
import { retriesOf } from '../../page/src/sessions/retries.ts';
import { intoPages, PAGE_SIZE, runsOf, segmentsOf } from '../../page/src/sessions/segments.ts';
import { event } from './support.ts';

describe('retries', () => {
  test('are told with the time between, as the page says it', () => {
    const failed = event({ timeMs: 1_000, status: 'error', type: 'tools/call pay', target: 'pay' });
    const other = event({ timeMs: 1_500 });
    const again = event({ timeMs: 3_000, type: 'tools/call pay', target: 'pay' });
    expect(retriesOf([failed, other, again])).toEqual([
      { failed: 0, again: 2, name: 'pay', gapMs: 2_000, outcome: 'succeeded' },
    ]);
  });

  test('go from failure to failure until one succeeds', () => {
    const attempt = (timeMs: number, status: 'ok' | 'error' | 'cancelled') => event({ timeMs, status });
    const outcomes = retriesOf([
      attempt(0, 'error'),
      attempt(1, 'error'),
      attempt(2, 'ok'),
      attempt(3, 'ok'),
    ]);
    expect(outcomes.map(({ failed, again, outcome }) => [failed, again, outcome])).toEqual([
      [0, 1, 'failed again'],
      [1, 2, 'succeeded'],
    ]);
  });

  test('are of the same tool, and of requests only', () => {
    const failed = event({ status: 'error' });
    const otherTool = event({ type: 'tools/call pay', target: 'pay' });
    const custom = event({ kind: 'custom' });
    expect(retriesOf([failed, otherTool, custom])).toEqual([]);
  });

  test('may be cancelled', () => {
    expect(retriesOf([event({ status: 'error' }), event({ status: 'cancelled' })])[0]?.outcome).toBe(
      'was cancelled',
    );
  });
});

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
    expect(segments).toMatchObject([{ kind: 'events', from: 0 }]);
    expect(segments[0]).toHaveProperty('events.length', PAGE_SIZE + 5);
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
      { kind: 'events', from: 0 },
      { kind: 'gap', from: PAGE_SIZE, count: 2 * PAGE_SIZE },
      { kind: 'events', from: 3 * PAGE_SIZE },
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
