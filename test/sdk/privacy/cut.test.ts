import { describe, expect, it } from '@jest/globals';
import { createCapture } from '../../../src/sdk/privacy/capture.ts';
import { LONG_JWT, SECRETS } from './samples.ts';

const LIMIT = 120;
const capture = createCapture({ sanitize: true, maxLength: LIMIT });

/** Whether six code units of the secret that a reader could not guess stand in the text. */
function leaks(text: string, secret: string): boolean {
  const body = secret.replace(/^-----BEGIN [A-Z ]+-----|^bearer |^basic /i, '');
  for (let at = 0; at + 6 <= body.length; at++) if (text.includes(body.slice(at, at + 6))) return true;
  return false;
}

describe('a secret at the cut', () => {
  it.each(SECRETS)('%s does not show in part, whichever place it is cut at: %.40s', (_kind, secret) => {
    const shownParts = [];
    for (let offset = 0; offset <= LIMIT + 2; offset++) {
      const text = `${'. '.repeat(LIMIT).slice(0, offset)} ${secret} ${'. '.repeat(600)}`;
      const shown = [capture.text(text), capture.json(text), capture.json({ a: [text] })];
      expect(Math.max(...shown.map((each) => each.length))).toBeLessThanOrEqual(LIMIT);
      shownParts.push(...shown.filter((each) => leaks(each, secret)));
    }
    expect(shownParts).toEqual([]);
  });

  it.each(SECRETS)('%s stays hidden when the text ends right behind it: %.40s', (_kind, secret) => {
    for (let offset = 0; offset <= LIMIT; offset++) {
      expect(leaks(capture.text(`${'. '.repeat(LIMIT).slice(0, offset)} ${secret}`), secret)).toBe(false);
    }
  });

  it('does not show behind another one that got shorter', () => {
    const address = 'someone.remarkable@example.com';
    for (let pad = 0; pad < 600; pad++) {
      const text = `${LONG_JWT.slice(0, 110)}.a.b ${' '.repeat(pad)}${address} end`;
      const shown = capture.text(text);
      expect(leaks(shown, address)).toBe(false);
      // What lies behind the cut in the original is not moved before it.
      if (pad >= 5) expect(shown).toMatch(/^\[REDACTED:jwt\] +…$/);
    }
  });

  it.each([
    ['a named value', (long: string) => `{"password":"${long}"}`],
    ['an assignment', (long: string) => `password=${long}`],
    ['the credentials of a URL', (long: string) => `https://jane:${long}@example.com`],
    ['an encoded value', (long: string) => JSON.stringify({ text: JSON.stringify({ secret: { long } }) })],
  ])('%s stays hidden though it never ends', (_name, build) => {
    const long = 'Zq7xK2'.repeat(5000);
    for (const offset of [0, 50, LIMIT - 20, LIMIT - 5]) {
      const text = `${'. '.repeat(LIMIT).slice(0, offset)} ${build(long)}`;
      expect(capture.text(text)).not.toContain('Zq7x');
      expect(capture.json({ text })).not.toContain('Zq7x');
    }
  });
});

describe('a cut', () => {
  it('ends in an ellipsis and keeps to the limit', () => {
    expect(capture.text('x'.repeat(LIMIT))).toBe('x'.repeat(LIMIT));
    expect(capture.text('x'.repeat(LIMIT + 1))).toBe(`${'x'.repeat(LIMIT - 1)}…`);
    expect(capture.json('x'.repeat(LIMIT - 2))).toBe(`"${'x'.repeat(LIMIT - 2)}"`);
    expect(capture.json('x'.repeat(LIMIT - 1))).toBe(`"${'x'.repeat(LIMIT - 2)}…`);
  });

  it('says so where a replacement made the text short enough', () => {
    expect(capture.text(`${LONG_JWT} and more`)).toBe('[REDACTED:jwt]…');
    expect(capture.json([`${LONG_JWT} and more`, 1])).toBe('["[REDACTED:jwt]…",1]');
  });

  it('cuts where a replacement made the text too long', () => {
    const { text } = createCapture({ sanitize: true, maxLength: 10 });
    expect(text('a@b.co')).toBe('[REDACTED…');
  });

  it('never splits a surrogate pair', () => {
    for (let limit = 1; limit < 12; limit++) {
      const { text, json } = createCapture({ sanitize: true, maxLength: limit });
      for (const shown of [text('😀'.repeat(10)), text(`x${'😀'.repeat(10)}`), json(['😀'.repeat(10)])]) {
        expect(shown.length).toBeLessThanOrEqual(limit);
        expect(shown).toBe(Buffer.from(shown).toString());
      }
    }
  });

  it.each([0, -1, Number.NaN])('leaves nothing of a text with the limit %d', (maxLength) => {
    const { text, json } = createCapture({ sanitize: true, maxLength });
    expect([text('abc'), json({ a: 1 })]).toEqual(['', '']);
  });

  it('is made at a mebi of code units at the latest', () => {
    const { text } = createCapture({ sanitize: true, maxLength: Number.POSITIVE_INFINITY });
    expect(text('x '.repeat(1_000_000))).toHaveLength(1_048_576);
  });
});
