import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonSize } from '../../../src/sdk/signals/json-size.ts';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const unit = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom(
    '\ud800',
    '\udfff',
    '\udc00\ud800',
    '😀',
    '"',
    '\\',
    '\u0000',
    '\u007f',
    '\u2028',
    'é',
    '語',
  ),
);
const text = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''));
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(-0, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY),
);
const leaf = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constantFrom(null, undefined, Symbol('none'), () => {}),
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(new Map([[1, 2]]), new Set([1]), /x/, new Error('no')),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(text, tie('value'), { maxKeys: 6 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3, noNullPrototype: false }),
  ),
}));

test('is what the value takes as JSON in UTF-8', () => {
  fc.assert(
    fc.property(value, (result) => {
      const message = { jsonrpc: '2.0', id: 1, result };
      expect(jsonSize(message)).toBe(bytesOf(message));
    }),
    { numRuns: 5_000 },
  );
});

test('is the same for lists with holes and for instances of classes', () => {
  class Point {
    readonly x = 1;
    get y(): number {
      throw new Error('an accessor of the class is no part of the JSON');
    }
  }
  const odd = [
    // biome-ignore lint/suspicious/noSparseArray: it is what is measured
    [1, , 3],
    new Point(),
    { [Symbol('key')]: 1, __proto__: null },
    [],
    { set text(_: string) {} },
  ];
  for (const each of odd) expect(jsonSize(each)).toBe(bytesOf(each));
});

describe('is not told, and no code of the value runs, where it has', () => {
  const never = (): never => {
    throw new Error('was called');
  };
  test.each<[string, object]>([
    [
      'a getter',
      {
        get text() {
          return never();
        },
      },
    ],
    ['a getter in a list', Object.defineProperty([1], 0, { get: never, enumerable: true })],
    ['a toJSON', { toJSON: never }],
    ['a function with a toJSON', { text: Object.assign(() => {}, { toJSON: never }) }],
    ['a date with a toJSON of its own', Object.assign(new Date(0), { toJSON: never })],
    [
      'a date that is another class',
      new (class extends Date {
        override toISOString() {
          return never();
        }
      })(),
    ],
    ['a proxy', new Proxy({}, { get: never, ownKeys: never, has: never, getPrototypeOf: never })],
    [
      'a proxy among its prototypes',
      Object.create(new Proxy({}, { get: never, has: never, getPrototypeOf: never })),
    ],
    ['bytes, each of which is a member', new Uint8Array(30_000_000)],
    ['a boxed value', Object.assign(new String('x'), { toString: never })],
    ['a BigInt, which is no JSON', { count: 1n }],
  ])('%s', (_, odd) => {
    expect(jsonSize({ result: odd })).toBeUndefined();
  });
});

test('is not told of a value that holds itself, or is very deep', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['again'] = [cyclic, cyclic];
  expect(jsonSize(cyclic)).toBeUndefined();
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i += 1) deep = [deep];
  expect(jsonSize(deep)).toBeUndefined();
});

test('is told of ten megabytes, and not of a value that would take long', () => {
  expect(jsonSize({ text: 'x'.repeat(10_000_000) })).toBe(10_000_011);
  expect(jsonSize('x'.repeat(30_000_000))).toBeUndefined();
  expect(jsonSize(Array.from({ length: 1_000_000 }, () => 0))).toBeUndefined();
  expect(jsonSize(new Array(4_000_000_000))).toBeUndefined();
});

test('is not told of what has no JSON', () => {
  for (const each of [undefined, () => {}, Symbol('none'), 1n]) expect(jsonSize(each)).toBeUndefined();
});
