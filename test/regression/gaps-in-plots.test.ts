import { describe, expect, test } from '@jest/globals';
import { lonelyPlaces } from '../../src/explorer/page/overview/plot-options.ts';

describe('a line over time', () => {
  test('shows what was measured between two stretches of nothing as a point', () => {
    expect(lonelyPlaces([1, null, 2, null, 3, 4, null, null, 5])).toEqual([0, 2, 8]);
    expect(lonelyPlaces([null, undefined, 0, undefined])).toEqual([2]);
    expect(lonelyPlaces([1, 2, 3])).toEqual([]);
    expect(lonelyPlaces([])).toEqual([]);
  });
});
