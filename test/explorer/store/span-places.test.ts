import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findSpanPlaces } from '../../../src/explorer/store/span-places.ts';

const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits });
const span = fc.record(
  {
    traceId: hex(32),
    spanId: hex(16),
    name: fc.string({ unit: 'binary' }),
    links: fc.array(fc.record({ traceId: hex(32), spanId: hex(16) }), { maxLength: 2 }),
    attributes: fc.array(fc.record({ key: fc.string(), value: fc.json() }), { maxLength: 2 }),
  },
  { requiredKeys: ['traceId', 'spanId', 'name'] },
);

/** The spans of a line, each read alone from where it is found. */
function readEach(line: Buffer): unknown[] | undefined {
  const text = line.toString('utf8');
  const { spans } = JSON.parse(text).resourceSpans[0].scopeSpans[0];
  const places: number[] = [];
  if (!findSpanPlaces(line, text, spans, places)) return undefined;
  return spans.map((_: unknown, i: number) =>
    JSON.parse(line.toString('utf8', places[i * 2], places[i * 2 + 1])),
  );
}

test('each span is found at its place, whatever characters stand before it', () => {
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 5 }), (spans) => {
      const line = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
      const { spans: written } = JSON.parse(line.toString()).resourceSpans[0].scopeSpans[0];
      expect(readEach(line)).toEqual(written);
    }),
    { numRuns: 500 },
  );
});

test('bytes that are no UTF-8 move nothing', () => {
  const ids = (n: string) => ({ traceId: n.repeat(32), spanId: n.repeat(16) });
  const spans = [{ ...ids('a'), name: '~~' }, { ...ids('b'), name: '~' }, ids('c')];
  const line = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  for (let i = 0; i < line.length; i += 1) if (line[i] === 0x7e) line[i] = 0xff;
  expect(readEach(line)).toEqual([
    { ...ids('a'), name: '\ufffd\ufffd' },
    { ...ids('b'), name: '\ufffd' },
    ids('c'),
  ]);
});
