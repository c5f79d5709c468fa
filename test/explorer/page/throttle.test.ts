import { expect, test } from '@jest/globals';
import { createThrottle } from '../../../src/explorer/page/data/throttle.ts';

test('what takes long is not run twice at a time, and once more for all that was asked meanwhile', async () => {
  const ends: (() => void)[] = [];
  let onRun = (): void => {};
  const started = () => new Promise<void>((resolve) => (onRun = resolve));
  const ask = createThrottle(0, () => {
    onRun();
    return new Promise<void>((resolve) => ends.push(resolve));
  });
  ask();
  ask();
  ask();
  expect(ends).toHaveLength(1);
  const second = started();
  ends[0]?.();
  await second;
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await Promise.resolve();
  expect(ends).toHaveLength(2);
  const third = started();
  ask();
  await third;
  expect(ends).toHaveLength(3);
});

test('what was run lately is run again later', async () => {
  let runs = 0;
  let onRun = (): void => {};
  const again = new Promise<void>((resolve) => (onRun = resolve));
  const ask = createThrottle(20, async () => {
    runs += 1;
    if (runs === 2) onRun();
  });
  ask();
  await Promise.resolve();
  ask();
  ask();
  expect(runs).toBe(1);
  await again;
  expect(runs).toBe(2);
});
