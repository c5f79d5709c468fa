import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeySet } from '../../../src/explorer/recording/key-set.ts';
import { bucketsOf } from '../../../src/explorer/store/buckets.ts';
import { ABSENT, Interner, OTHERS } from '../../../src/explorer/store/interner.ts';
import { percentilesOf } from '../../../src/explorer/store/percentiles.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('percentiles', () => {
  test('are those of the sorted values, by nearest rank', () => {
    const anyValues = fc.array(
      fc.oneof(fc.nat(5), fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0, noNaN: true })),
      {
        minLength: 1,
        maxLength: 400,
      },
    );
    fc.assert(
      fc.property(anyValues, (values) => {
        const sorted = [...values].sort((a, b) => a - b);
        const at = (percent: number) => sorted[Math.ceil((percent / 100) * sorted.length) - 1];
        const expected = { p50: at(50), p95: at(95), p99: at(99) };
        expect(percentilesOf(Float64Array.from(values))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('are quick for values in order, in reverse and all alike', () => {
    const size = 100_000;
    const anyOf = [(i: number) => i, (i: number) => size - i, () => 7, (i: number) => i % 2];
    for (const valueAt of [...anyOf, (i: number) => 2 ** ((i * 7) % 80) / 1e12]) {
      const values = Float64Array.from({ length: size }, (_, i) => valueAt(i));
      const sorted = values.slice().sort();
      const expected = {
        p50: sorted[size / 2 - 1],
        p95: sorted[size * 0.95 - 1],
        p99: sorted[size * 0.99 - 1],
      };
      expect(percentilesOf(values)).toEqual(expected);
    }
  });

  test('do not exist without values', () => {
    expect(percentilesOf(new Float64Array(0))).toBe(undefined);
  });
});

describe('buckets of time', () => {
  test.each([
    [0, 1_000],
    [60_000, 1_000],
    [HOUR, 60_000],
    [DAY, 15 * 60_000],
    [7 * DAY, 2 * HOUR],
    [100 * DAY, DAY],
    [1_000 * DAY, 9 * DAY],
  ])('of %d ms are %d ms wide', (range, stepMs) => {
    const from = Date.parse('2026-11-20T13:00:00Z');
    expect(bucketsOf(from, from + range).stepMs).toBe(stepMs);
  });

  test('are at most 120, have every time of the range in them, and begin at round times', () => {
    const anyTime = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(anyTime, anyTime, anyTime, (a, b, within) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const { stepMs, starts, bucketOf } = bucketsOf(from, to);
        expect(starts.length).toBeLessThanOrEqual(120);
        expect(starts.every((start) => start % stepMs === 0)).toBe(true);
        for (const ms of [from, to, from + (within % (to - from + 1))]) {
          const start = starts[bucketOf(ms)]!;
          expect(start <= ms && ms < start + stepMs).toBe(true);
        }
      }),
    );
  });
});

describe('the keys of spans', () => {
  test('are known again, whoever has them, until their owner goes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ key: fc.nat(400), owner: fc.integer({ min: 1, max: 4 }), removes: fc.nat(30) }),
          { maxLength: 2_000 },
        ),
        (steps) => {
          const keys = new KeySet();
          const model = new Map<number, number>();
          const held: number[] = [];
          const expected: number[] = [];
          for (const { key, owner, removes } of steps) {
            if (removes === 0) {
              keys.removeOwner(owner);
              for (const [known, of] of model) if (of === owner) model.delete(known);
            }
            held.push(keys.add('trace', String(key), owner));
            expected.push(model.get(key) ?? 0);
            if (!model.has(key)) model.set(key, owner);
          }
          expect(held).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('are told apart in great numbers', () => {
    const keys = new KeySet();
    const id = (i: number) => i.toString(16).padStart(16, '0');
    let held = 0;
    for (let i = 0; i < 50_000; i += 1) held += keys.add('0af7651916cd43dd', id(i), 1);
    expect(held).toBe(0);
    for (let i = 0; i < 50_000; i += 999) expect(keys.add('0af7651916cd43dd', id(i), 2)).toBe(1);
  });
});

test('names get numbers while there is room, and stand for others then', () => {
  const names = new Interner({ texts: 5, length: 4, total: 8 });
  expect(['a', 'long', 'a', undefined, '_OTHER', 'longer'].map((name) => names.numberOf(name))).toEqual([
    2,
    3,
    2,
    ABSENT,
    OTHERS,
    OTHERS,
  ]);
  expect(['four', 'b', 'c', 'a'].map((name) => names.numberOf(name))).toEqual([OTHERS, 4, OTHERS, 2]);
  expect([0, 1, 2, 3, 4].map((number) => names.textOf(number))).toEqual(['', '_OTHER', 'a', 'long', 'b']);
  expect(['a', 'c', '_OTHER', '__proto__'].map((name) => names.find(name))).toEqual([
    2,
    ABSENT,
    OTHERS,
    ABSENT,
  ]);
});
