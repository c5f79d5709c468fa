import { expect, test } from '@jest/globals';
import { type Side, Tap, type TapReader } from '../../../src/proxy/stdio/tap.ts';
import { until } from '../../support/until.ts';

function reader(): TapReader & { read: string[] } {
  const read: string[] = [];
  return {
    read,
    line: (from, { text }) => read.push(`${from}: ${text}`),
    ended: (from) => read.push(`${from} ended`),
  };
}

const saw = (tap: Tap, from: Side, text: string): void => tap.saw(from, Buffer.from(text));

test('lines of both sides are told in the order in which their ends have passed, also of what passed before', async () => {
  const tap = new Tap(() => {});
  const told = reader();
  saw(tap, 'server', '{"log');
  saw(tap, 'client', 'one\ntw');
  saw(tap, 'server', '":1}\n');
  tap.readBy(told);
  expect(told.read).toEqual([]);
  saw(tap, 'client', 'o\nrest');
  tap.saw('client', undefined);
  tap.saw('server', undefined);
  await until(() => told.read.includes('server ended'), 'the end');
  expect(told.read).toEqual([
    'client: one',
    'server: {"log":1}',
    'client: two',
    'client: rest',
    'client ended',
    'server ended',
  ]);
});

test('the time of a line is that of its end', () => {
  const tap = new Tap(() => {});
  const times: number[] = [];
  tap.readBy({ line: (_from, _line, at) => times.push(at), ended: () => {} });
  saw(tap, 'client', 'one\ntw');
  const between = performance.now();
  saw(tap, 'client', 'o\n');
  tap.readAll();
  expect(times[0]).toBeLessThanOrEqual(between);
  expect(times[1]).toBeGreaterThanOrEqual(between);
});

test('what passes faster than it is read is left out, said, and ends with a whole line', () => {
  let lost = 0;
  const tap = new Tap(() => {
    lost += 1;
  });
  const line = `${'x'.repeat(1024 * 1024)}\n`;
  saw(tap, 'server', 'first\nhalf of ');
  for (let i = 0; i < 40; i += 1) saw(tap, 'server', line);
  expect(lost).toBeGreaterThan(5);
  const told = reader();
  tap.readBy(told);
  tap.readAll();
  saw(tap, 'server', ' the rest\nnext\n');
  tap.readAll();
  expect(told.read[0]).toBe('server: first');
  expect(told.read.at(-1)).toBe('server: next');
  expect(told.read.some((text) => text.includes('the rest'))).toBe(false);
});

test('where messages keep coming, they are read all the same', async () => {
  const tap = new Tap(() => {});
  const told = reader();
  tap.readBy(told);
  const started = performance.now();
  const more = (): void => {
    if (told.read.length > 0) return;
    saw(tap, 'client', 'x\n');
    setImmediate(more);
  };
  more();
  await until(() => told.read.length > 0, 'the first line');
  expect(performance.now() - started).toBeLessThan(3_000);
});

test('what is unread when the time for reading is over is told to be lost', () => {
  let lost = 0;
  const tap = new Tap(() => {
    lost += 1;
  });
  tap.readBy(reader());
  for (let i = 0; i < 100; i += 1) saw(tap, 'client', 'one\n');
  tap.readAll(-1);
  expect(lost).toBe(1);
  tap.close();
});
