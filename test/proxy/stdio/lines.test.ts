import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Line, Lines } from '../../../src/proxy/stdio/lines.ts';
import { json, RUNS } from '../../support/messages.ts';

const MIB = 1024 * 1024;

/** What is read where the bytes come in pieces of these sizes, again and again. */
function read(bytes: Buffer, sizes: readonly number[]): Line[] {
  const lines = new Lines();
  const found: Line[] = [];
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const end = at + (sizes[i % sizes.length] as number);
    lines.feed(bytes.subarray(at, end));
    at = end;
    for (let line = lines.next(); line !== undefined; line = lines.next()) found.push(line);
  }
  const last = lines.last();
  return last === undefined ? found : [...found, last];
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

test('lines are the same, wherever the pieces end', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), sizes, (texts, pieces) => {
      const bytes = Buffer.from(texts.join('\n'));
      const expected = bytes.toString().split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(read(bytes, pieces).map(({ text }) => text)).toEqual(expected);
    }),
    RUNS,
  );
});

/** Whether it is the same with texts cut and lists ended early. */
function isShortened(short: unknown, whole: unknown): boolean {
  if (typeof short === 'string' && typeof whole === 'string') {
    // A character that was cut in two.
    return whole.startsWith(short.replace(/[\ufffd\ud800-\udfff]+$/, ''));
  }
  if (typeof short !== 'object' || short === null || typeof whole !== 'object' || whole === null) {
    return Object.is(short, whole);
  }
  return Object.entries(short).every(([key, value]) => isShortened(value, Reflect.get(whole, key)));
}

/** Texts around the length at which they are cut, with all that is escaped. */
const longText = fc
  .tuple(
    fc.integer({ min: 16_370, max: 16_390 }),
    fc.string({ unit: fc.constantFrom('\\', '"', '\u0001', 'é', '🦆', 'a') }),
  )
  .map(([length, end]) => `${'x'.repeat(length)}${end}`);

test('a line that is too long to be parsed is shortened to JSON, wherever the pieces end', () => {
  const message = fc.record({
    id: fc.integer(),
    params: fc.record({ a: longText, b: fc.array(fc.oneof(json, longText), { maxLength: 5 }) }),
  });
  const filler = Array.from({ length: 80 }, () => 'y'.repeat(20_000));
  fc.assert(
    fc.property(message, fc.integer({ min: 1_000, max: 70_000 }), (value, size) => {
      const whole = { filler, ...value };
      const [line, ...others] = read(Buffer.from(`${JSON.stringify(whole)}\n`), [size, 65_536]);
      expect(others).toEqual([]);
      expect(line?.bytes).toBe(Buffer.byteLength(JSON.stringify(whole)));
      const short = JSON.parse(line?.text as string);
      expect(short.id).toBe(value.id);
      expect(isShortened(short, JSON.parse(JSON.stringify(whole)))).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test('of a long list the beginning is kept, and what follows it in the message', () => {
  const list = Array.from({ length: 300_000 }, (_, i) => ({ name: `tool ${i}` }));
  const bytes = Buffer.from(`${JSON.stringify({ result: { list, more: 1 }, id: 7 })}\n`);
  const [line] = read(bytes, [65_536]);
  const { result, id } = JSON.parse(line?.text as string);
  expect(id).toBe(7);
  expect(result.list.length).toBeGreaterThan(10_000);
  expect(result.list).toEqual(list.slice(0, result.list.length));
});

test('a line of brackets only cannot be read, and the next one can', () => {
  const [line, next] = read(Buffer.from(`${'['.repeat(3 * MIB)}\n{}\n`), [65_536]);
  expect(line).toMatchObject({ text: undefined, bytes: 3 * MIB });
  expect(next).toEqual({ text: '{}', bytes: 2, isWhole: true });
});

test('where pieces are missing, the next whole line is the first', () => {
  const lines = new Lines();
  lines.feed(Buffer.from('{"begun":'));
  expect(lines.next()).toBeUndefined();
  lines.skip();
  lines.feed(Buffer.from('rest}\n{"whole":1}\n'));
  expect(lines.next()).toEqual({ text: '{"whole":1}', bytes: 11, isWhole: true });
});
