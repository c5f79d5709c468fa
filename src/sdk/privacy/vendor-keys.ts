import { type Found, findMatches, type Rule } from './found.ts';
import { NAMED_KEYS, SHAPED_KEYS } from './gitleaks/rules.ts';
import { DISTINCT_KEYS, SHORT_KEYS } from './vendor-shapes.ts';
import { WORD_START } from './word-start.ts';

/** Compiled with the first text that is redacted: an import costs nothing. */
let shaped: RegExp | undefined;
let named: { anyName: RegExp; rules: (readonly [name: RegExp, value: RegExp])[] } | undefined;

/** What a key can be part of: shapes are looked for in these alone, for there are many. */
const RUN = /(?<![\w.~/+=:|%-])[\w.~/+=:|%-]{18,}/g;

/** Keys and tokens that their issuers gave a shape of their own. */
export const apiKeys: Rule = (text) => {
  const found: Found[] = [];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (/^(?:[^A-Za-z]+|[a-z]+|[A-Z]+)$/.test(run) || !/[\w-]{12}/.test(run)) continue;
    // The character before it may end an escape.
    const from = Math.max(0, index - 1);
    for (const each of findMatches(text.slice(from, index + run.length), shapes(), keyOf)) {
      found.push({ ...each, start: from + each.start, end: from + each.end });
    }
  }
  return found;
};

function keyOf(match: RegExpExecArray): Found {
  const rest = /[\w-]*/y;
  rest.lastIndex = match.index + match[0].length;
  // A key can be longer than its shape says.
  rest.test(match.input);
  return { start: match.index, end: rest.lastIndex, replacement: '[REDACTED:api-key]' };
}

/** The two halves of an AWS key, one behind the other: the second has no shape of its own. */
const AWS_PAIR =
  /(?:AKIA|ASIA)[A-Z0-9]{16}["']?[,;:|\s]{1,8}(?:[\w .-]{1,40}["']?\s{0,3}[:=]\s{0,3})?["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/g;

export const awsKeyPairs: Rule = (text) =>
  /AKIA|ASIA/.test(text)
    ? findMatches(text, AWS_PAIR, (match) => ({
        start: match.index,
        end: match.index + match[0].length,
        replacement: '[REDACTED:api-key]',
      }))
    : [];

/** Whether some vendor's name is in the name of a value, which is a secret then if it has that vendor's shape. */
export function isNamedByVendor(key: string): boolean {
  return names().anyName.test(key);
}

/** Whether `value` has the shape that a vendor, whose name is in `key`, gives its keys. */
export function isIssuedUnder(key: string, value: string): boolean {
  if (value.length > 512 || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return names().rules.some(([name, shape]) => name.test(key) && shape.test(value));
}

function shapes(): RegExp {
  if (shaped !== undefined) return shaped;
  const isWord = (source: string): boolean => source.startsWith('\\b');
  const glued = [...DISTINCT_KEYS, ...SHAPED_KEYS.filter((source) => !isWord(source))];
  const words = [...SHORT_KEYS, ...SHAPED_KEYS.filter(isWord).map((source) => source.slice(2))];
  shaped = new RegExp(`${glued.join('|')}|${WORD_START}(?:${words.join('|')})`, 'g');
  return shaped;
}

function names(): NonNullable<typeof named> {
  named ??= {
    anyName: new RegExp(NAMED_KEYS.map(([name]) => name).join('|'), 'i'),
    rules: NAMED_KEYS.map(
      ([name, value]) => [new RegExp(name, 'i'), new RegExp(`^(?:${value})$`, 'i')] as const,
    ),
  };
  return named;
}
