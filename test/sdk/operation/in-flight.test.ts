import { describe, expect, test } from '@jest/globals';
import { InFlight } from '../../../src/sdk/operation/in-flight.ts';
import type { Operation } from '../../../src/sdk/operation/operation.ts';

const operation = (id: string | number): Operation => ({ id }) as Operation;

describe('the open requests of a connection', () => {
  test('are told apart by the type of their ids, and taken once', () => {
    const open = new InFlight();
    const [number, text, zero] = [operation(1), operation('1'), operation(0)];
    for (const each of [number, text, zero]) expect(open.add(each.id as string, each)).toBeUndefined();
    expect(open.size).toBe(3);
    expect(open.take('1')).toBe(text);
    expect(open.take('1')).toBeUndefined();
    expect(open.take(0)).toBe(zero);
    expect(open.take(1)).toBe(number);
    expect(open.size).toBe(0);
  });

  test('stand in the order in which they came, whichever were answered', () => {
    const open = new InFlight();
    for (const id of [1, 2, 3]) open.add(id, operation(id));
    open.take(1);
    open.add(4, operation(4));
    expect(open.takeAll().map(({ id }) => id)).toEqual([2, 3, 4]);
    expect(open.size).toBe(0);
  });

  test('give way to a later one with the same id, be it the only one or not', () => {
    const open = new InFlight();
    const [first, second, third] = [operation(7), operation(7), operation(7)];
    open.add(7, first);
    expect(open.add(7, second)).toBe(first);
    open.add(8, operation(8));
    expect(open.add(7, third)).toBe(second);
    expect(open.get(7)).toBe(third);
    expect(open.remove(second)).toBe(false);
    expect(open.remove(third)).toBe(true);
  });

  test('are bounded: the oldest gives way', () => {
    const open = new InFlight();
    for (let id = 0; id < 10_000; id += 1) expect(open.add(id, operation(id))).toBeUndefined();
    expect(open.add('one more', operation('one more'))?.id).toBe(0);
    expect(open.add('and one more', operation('and one more'))?.id).toBe(1);
    expect(open.size).toBe(10_000);
  });
});
