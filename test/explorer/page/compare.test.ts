import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  alignByOrder,
  alignByTime,
  differenceOf,
  type Pair,
} from '../../../src/explorer/page/compare/align.ts';
import type { ApiEvent } from '../../../src/explorer/server/api.ts';
import { event } from './support.ts';

const steps = (types: string, atMs = 0): ApiEvent[] =>
  [...types].map((type, i) => event({ type, timeMs: atMs + i }));
const shown = (pairs: readonly Pair[]) =>
  pairs.map(({ left, right }) => `${left?.type ?? '-'}${right?.type ?? '-'}`).join(' ');

describe('two sessions side by side, by order', () => {
  test('have the same steps beside each other', () => {
    expect(shown(alignByOrder(steps('ilccx'), steps('ilcx')))).toBe('ii ll cc c- xx');
    expect(shown(alignByOrder(steps('ilax'), steps('ilbbx')))).toBe('ii ll ab -b xx');
    expect(shown(alignByOrder([], steps('il')))).toBe('-i -l');
    expect(alignByOrder([], [])).toEqual([]);
  });

  test('keep every event, each in its order', () => {
    const types = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 });
    fc.assert(
      fc.property(types, types, (a, b) => {
        const [left, right] = [steps(a), steps(b)];
        for (const pairs of [alignByOrder(left, right), alignByTime(left, right, [0, 3])]) {
          expect(pairs.flatMap((pair) => pair.left ?? [])).toEqual(left);
          expect(pairs.flatMap((pair) => pair.right ?? [])).toEqual(right);
        }
      }),
    );
  });

  test('differ where a step is another, is missing, or ended otherwise', () => {
    const [left, right] = [event({ type: 'a', status: 'ok' }), event({ type: 'a', status: 'error' })];
    expect(differenceOf({ left, right: left })).toBeUndefined();
    expect(differenceOf({ left, right })).toBe('ended otherwise');
    expect(differenceOf({ left, right: event({ type: 'b' }) })).toBe('another step');
    expect(differenceOf({ left: undefined, right })).toBe('only here');
  });
});

test('two sessions side by side, by time, have their events by how long after their start they were', () => {
  const pairs = alignByTime(steps('abc', 1_000), steps('xyz', 501), [1_000, 500]);
  expect(shown(pairs)).toBe('a- b- -x c- -y -z');
});
