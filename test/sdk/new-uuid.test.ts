import { expect, test } from '@jest/globals';
import { validate, version } from 'uuid';
import { newUuid } from '../../src/sdk/new-uuid.ts';

test('request ids are random UUIDs, each another one, however many are drawn', () => {
  const ids = Array.from({ length: 10_000 }, newUuid);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => validate(id) && version(id) === 4)).toBe(true);
  // Every digit that is random takes every value.
  for (const place of [0, 7, 9, 15, 20, 24, 35]) {
    expect(new Set(ids.map((id) => id[place])).size).toBe(16);
  }
});
