import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration } from '../../../src/explorer/text/format.ts';
import { visible, visibleJson } from '../../../src/explorer/text/visible.ts';
import { ACTS_ON_TERMINALS } from '../support.ts';

describe('hostile text', () => {
  test('of any kind is made visible, and JSON keeps its meaning', () => {
    const anyText = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(anyText, (text) => !ACTS_ON_TERMINALS.test(visible(text)) && !visible(text).includes('\n')),
    );
    fc.assert(
      fc.property(fc.jsonValue(), anyText, (value, text) => {
        const json = visibleJson(JSON.stringify({ value, text }, null, 2));
        expect(json).not.toMatch(ACTS_ON_TERMINALS);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
      }),
    );
  });

  test('leaves emoji and scripts alone', () => {
    for (const text of ['👩‍💻 ok', 'نص', '日本語', 'é', 'नमस्ते']) expect(visible(text)).toBe(text);
    expect(visible('\ud800')).toBe('\\ud800');
  });
});

test.each([
  [0, '0 ms'],
  [0.04, '0.1 ms'],
  [0.42, '0.4 ms'],
  [12.3, '12 ms'],
  [999.7, '1.0 s'],
  [1_234, '1.2 s'],
  [1_950, '2.0 s'],
  [1_950.3, '2.0 s'],
  [59_960, '1 min'],
  [184_000, '3 min 4 s'],
  [3_599_700, '1 h'],
  [7_500_000, '2 h 5 min'],
  [86_399_000, '1 d'],
  [273_600_000, '3 d 4 h'],
])('%d milliseconds are written %s', (millis, text) => {
  expect(formatDuration(millis)).toBe(text);
});
