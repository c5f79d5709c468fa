import { describe, expect, test } from '@jest/globals';
import {
  cut,
  formatAgo,
  formatClock,
  formatCount,
  formatDay,
  formatFull,
  formatMoment,
  formatRate,
  formatSize,
  formatTicking,
  fromInputTime,
  plural,
  toInputTime,
} from '../../../src/explorer/page/format.ts';

/** In the zone of the machine, as the page shows it. */
const AT = new Date(2026, 10, 20, 14, 3, 5, 7).getTime();
const DAY = 86_400_000;

test.each([
  [0, '0 s'],
  [12_900, '12 s'],
  [184_000, '3 min 4 s'],
  [7_500_000, '2 h 5 min'],
  [3 * DAY + 4 * 3_600_000, '3 d 4 h'],
  [-500, '0 s'],
])('%d ms tick as %s', (millis, text) => {
  expect(formatTicking(millis)).toBe(text);
});

test.each([
  [0, 'just now'],
  [12_000, '12 s ago'],
  [300_000, '5 min ago'],
  [3 * 3_600_000, '3 h ago'],
  [5 * DAY, '5 d ago'],
  [-300_000, 'in 5 min'],
])('%d ms before now is %s', (before, text) => {
  expect(formatAgo(AT - before, AT)).toBe(text);
});

describe('a time', () => {
  test('is local, to the millisecond', () => {
    expect(formatClock(AT)).toBe('14:03:05.007');
    expect(formatFull(AT)).toBe('2026-11-20 14:03:05');
  });

  test('has a year only where it is another one', () => {
    expect(formatMoment(AT, AT + DAY)).toBe('Nov 20, 14:03:05');
    expect(formatDay(AT, AT + 365 * DAY)).toBe('Nov 20, 2026');
  });

  test('goes into an input and comes back, to the second', () => {
    expect(toInputTime(AT)).toBe('2026-11-20T14:03:05');
    expect(fromInputTime('2026-11-20T14:03:05')).toBe(AT - 7);
    // Browsers leave out seconds that are 0.
    expect(fromInputTime('2026-11-20T14:03')).toBe(AT - 5_007);
    expect(toInputTime(undefined)).toBe('');
    expect(fromInputTime('')).toBeUndefined();
    expect(fromInputTime('soon')).toBeUndefined();
  });
});

test('counts have a comma at each thousand', () => {
  expect([0, 999, 1_000, 20_000, 1_234_567].map(formatCount)).toEqual([
    '0',
    '999',
    '1,000',
    '20,000',
    '1,234,567',
  ]);
});

test('one is singular', () => {
  expect([0, 1, 2].map((count) => plural(count, 'session'))).toEqual([
    '0 sessions',
    '1 session',
    '2 sessions',
  ]);
});

test.each([
  [0, 10, '0 %'],
  [1, 100_000, '0.1 %'],
  [47, 1_000, '4.7 %'],
  [12, 100, '12 %'],
  [3, 3, '100 %'],
  [0, 0, ''],
])('%d of %d is "%s"', (part, whole, text) => {
  expect(formatRate(part, whole)).toBe(text);
});

test('sizes are of a fitting unit', () => {
  expect([512, 1_400, 3_200_000].map(formatSize)).toEqual(['512 B', '1.4 kB', '3.2 MB']);
});

describe('text that is cut', () => {
  test('ends in an ellipsis only where something is missing', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('abc…');
  });

  test('is not cut through a character of two halves', () => {
    expect(cut('ab😀cd', 3)).toBe('ab…');
    expect(cut('ab😀cd', 4)).toBe('ab😀…');
  });
});
