import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createCapture } from '../../../src/sdk/privacy/capture.ts';
import { redactText } from '../../../src/sdk/privacy/redact.ts';
import { SECRETS } from './samples.ts';

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

/** Objects that refer to one another in any way, themselves included. */
const cyclic = fc
  .array(fc.array(fc.nat(9), { maxLength: 4 }), { minLength: 1, maxLength: 10 })
  .map((edges) => {
    const nodes = edges.map((): Record<string, unknown> => ({}));
    edges.forEach((targets, from) => {
      for (const to of targets) nodes[from]![`to${to}`] = nodes[to % nodes.length];
    });
    return nodes[0];
  });

const secret = fc.constantFrom(...SECRETS.map(([, each]) => each));
const separator = fc.constantFrom(' ', '\n', '"', '(', ')', ', ', '\t', '<', '>', ' = ', '\u2028', '。');
const words = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.json());
/** Secrets between words; always separated, since two that touch can be anything. */
const text = fc
  .array(fc.tuple(fc.oneof(words, secret), separator), { maxLength: 12 })
  .map((parts) => parts.flat().join(''));
const maxLength = fc.nat(600);

const isWellFormed = (value: string) => Buffer.from(value).toString() === value;

/** The value somewhere inside of others. */
const nested = (leaf: unknown) =>
  fc
    .array(fc.constantFrom('list', 'object', 'map', 'set', 'key', 'json', 'toJSON', 'error'), {
      maxLength: 8,
    })
    .map((path) => path.reduce<unknown>((inner, step) => wrap(inner, step), leaf));

function wrap(inner: unknown, step: string): unknown {
  switch (step) {
    case 'list':
      return [1, inner, 2];
    case 'map':
      return new Map([['entry', inner]]);
    case 'set':
      return new Set([inner]);
    case 'key':
      return typeof inner === 'string' ? { [inner]: 1 } : { inner };
    case 'json':
      return { text: JSON.stringify(inner) };
    case 'toJSON':
      return { toJSON: () => inner };
    case 'error':
      return new Error(typeof inner === 'string' ? inner : 'x', { cause: inner });
    default:
      return { a: null, inner, b: '' };
  }
}

describe('whatever is captured', () => {
  it('gives a text within the limit, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(anything, cyclic), maxLength, fc.boolean(), (value, limit, sanitize) => {
        const { json } = createCapture({ sanitize, maxLength: limit });
        const shown = json(value);
        expect(shown.length).toBeLessThanOrEqual(limit);
        if (!shown.endsWith('…') && limit > 0) JSON.parse(shown);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same with a higher limit, if it was not cut', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const short = createCapture({ sanitize: true, maxLength: 600 }).json(value);
        const long = createCapture({ sanitize: true, maxLength: 5000 }).json(value);
        if (short.endsWith('…')) expect(long.startsWith(short.slice(0, 8))).toBe(true);
        else expect(short).toBe(long);
      }),
    );
  });

  it('is what JSON.stringify gives, where nothing is redacted or cut', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { json } = createCapture({ sanitize: false, maxLength: 1_000_000 });
        expect(json(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('shows text within the limit, unsplit', () => {
    fc.assert(
      fc.property(text, maxLength, (value, limit) => {
        const shown = createCapture({ sanitize: true, maxLength: limit }).text(value);
        expect(shown.length).toBeLessThanOrEqual(limit);
        if (isWellFormed(value)) expect(isWellFormed(shown)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a planted secret', () => {
  const planted = fc.record({
    planted: secret,
    before: text,
    after: text,
    left: separator,
    right: separator,
  });

  it('does not show in a text', () => {
    fc.assert(
      fc.property(planted, maxLength, ({ planted, before, after, left, right }, limit) => {
        const shown = createCapture({ sanitize: true, maxLength: limit }).text(
          before + left + planted + right + after,
        );
        expect(shown).not.toContain(planted);
      }),
      { numRuns: 2000 },
    );
  });

  it('does not show in a value, however deep it is', () => {
    const inText = planted.map(({ planted, before, after, left, right }) => ({
      planted,
      whole: before + left + planted + right + after,
    }));
    fc.assert(
      fc.property(
        inText.chain(({ planted, whole }) => fc.tuple(fc.constant(planted), nested(whole))),
        fc.nat(5000),
        ([planted, value], limit) => {
          const shown = createCapture({ sanitize: true, maxLength: limit }).json(value);
          expect(shown).not.toContain(planted);
          expect(shown).not.toContain(JSON.stringify(planted).slice(1, -1));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('does not show under a sensitive key', () => {
    const value = fc
      .constantFrom('password', 'apiKey', 'SET-COOKIE', 'client_secret')
      .chain((key) => nested({ [key]: { deep: ['Zq7xK2'] }, other: 1 }));
    fc.assert(
      fc.property(value, fc.nat(3000), (value, limit) => {
        expect(createCapture({ sanitize: true, maxLength: limit }).json(value)).not.toContain('Zq7xK2');
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a second pass', () => {
  it('changes nothing', () => {
    fc.assert(
      fc.property(text, (value) => {
        const once = redactText(value);
        expect(redactText(once)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });
});
