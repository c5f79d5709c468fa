import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorKind } from '../../../src/explorer/sessions/error-kind.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const path = fc
  .array(fc.string({ unit: fc.constantFrom(...'abcXYZ019_-.'), minLength: 1, maxLength: 9 }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((names) => `/${names.join('/')}`);

/** What differs from failure to failure, each alone. */
const VARYING = {
  'a whole number': fc.integer().map(String),
  'a number': fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  'a time': fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
    .map((date) => date.toISOString()),
  'a UUID': fc.uuid(),
  'a UUID in capitals': fc.uuid().map((id) => id.toUpperCase()),
  'a trace id': hex(32),
  'a hexadecimal id': hex(8),
  'an id with a prefix': hex(6).map((id) => `ord_9${id}`),
  'a path': path,
  'an address': path.map((rest) => `https://api.example.com:8443${rest}?q=1`),
  'a port': fc.nat(65_535).map((port) => `127.0.0.1:${port}`),
};

/** Around it, without anything that varies. */
const word = fc.string({ unit: fc.constantFrom(...'ghijklmnopqrstuvwxyz'), minLength: 1, maxLength: 8 });
const frame = fc.tuple(
  fc.array(word, { minLength: 1, maxLength: 4 }),
  fc.constantFrom(['', ''], ['"', '"'], ["'", "'"], ['(', ')'], ['`', '`'], ['', ',']),
  fc.array(word, { maxLength: 4 }),
);

describe('the kind of an error', () => {
  test.each(Object.keys(VARYING) as (keyof typeof VARYING)[])('is the same whatever %s is', (name) => {
    fc.assert(
      fc.property(frame, VARYING[name], VARYING[name], ([before, [open, close], after], one, other) => {
        const text = (value: string) => [...before, `${open}${value}${close}`, ...after].join(' ');
        expect(errorKind(text(one))).toBe(errorKind(text(other)));
      }),
    );
  });

  test.each([
    ['card declined', 'card declined'],
    ['order 4711 not found', 'order … not found'],
    ['cannot read /home/me/a.txt: no such file', 'cannot read …: no such file'],
    [
      "ENOENT: no such file or directory, open 'C:\\temp\\x.json'",
      "ENOENT: no such file or directory, open '…'",
    ],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED …'],
    ['tools/call and/or prompts/get', 'tools/call and/or prompts/get'],
    ['timed out after 30.5 s (attempt 2 of 3)', 'timed out after … s (attempt … of …)'],
    ['GET https://api.example.com/v1/users/17 answered 503', 'GET … answered …'],
    ['  a\n  b ', 'a b'],
  ])('of %j is %j', (text, kind) => {
    expect(errorKind(text)).toBe(kind);
  });

  test('tells other words apart, is its own kind, and no longer than the text', () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        fc.pre(one !== other);
        expect(errorKind(`${one} failed`)).not.toBe(errorKind(`${other} failed`));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        const kind = errorKind(text);
        expect(kind.length).toBeLessThanOrEqual(Math.min(300, text.length));
      }),
    );
  });

  test('is found in a moment, whatever the text', () => {
    const hostile = ['/', '…-', 'a.', '1-', '\\', 'a:/', ' ', '[', '0'.repeat(3), 'ab-'];
    const startedAt = performance.now();
    for (const part of hostile) errorKind(part.repeat(1e6));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
