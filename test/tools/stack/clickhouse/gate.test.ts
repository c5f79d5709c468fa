import { expect, test } from '@jest/globals';
import { createGate } from '../../../../tools/stack/clickhouse/gate.ts';
import { gate as door, settled } from '../../../support/until.ts';

const forever = new AbortController().signal;

test('so much work runs at a time, the rest in the order in which it came', async () => {
  const gate = createGate(2);
  const [started, doors]: [number[], ReturnType<typeof door<void>>[]] = [[], []];
  const work = [0, 1, 2, 3].map((index) => {
    doors.push(door());
    return gate(async () => {
      started.push(index);
      await doors[index]!.opened;
      return index;
    }, forever);
  });
  await settled();
  expect(started).toEqual([0, 1]);
  doors[1]!.open();
  await work[1];
  await settled();
  expect(started).toEqual([0, 1, 2]);
  for (const { open } of doors) open();
  expect(await Promise.all(work)).toEqual([0, 1, 2, 3]);
});

test('work that fails makes room', async () => {
  const gate = createGate(1);
  const failed = gate(() => Promise.reject(new Error('no')), forever);
  const next = gate(() => Promise.resolve('yes'), forever);
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});

test('work whose asker has gone while it waited is not done', async () => {
  const gate = createGate(1);
  const [first, asker] = [door(), new AbortController()];
  const running = gate(() => first.opened, forever);
  let ran = false;
  const waiting = gate(async () => {
    ran = true;
  }, asker.signal);
  asker.abort(new Error('gone'));
  first.open();
  await running;
  await expect(waiting).rejects.toThrow('gone');
  expect(ran).toBe(false);
  expect(await gate(() => Promise.resolve('free again'), forever)).toBe('free again');
});
