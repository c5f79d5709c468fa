import { assignments } from './assignments.ts';
import { dataUrls } from './binary.ts';
import { COMMAND_RULES } from './commands.ts';
import { encodedSecrets } from './encoded.ts';
import { type Found, findMatches, type Rule, wholeMatch } from './found.ts';
import { quotedMembers } from './members.ts';
import { cardNumbers, ibans, socialSecurityNumbers } from './numbers.ts';
import { elements, namedPairs, neighbours, webKeys } from './pairs.ts';
import { SENTENCE_RULES } from './sentences.ts';
import {
  basicCredentials,
  bearerTokens,
  emailAddresses,
  jsonWebTokens,
  passwordHashes,
  privateKeys,
} from './tokens.ts';
import { headLength } from './truncate.ts';
import { looseUrlCredentials, urlCredentials, urlTokens } from './urls.ts';
import { apiKeys, awsKeyPairs } from './vendor-keys.ts';
import { folded, hasEscapes, unescaped } from './views.ts';

/**
 * How far behind the cut the rules look, in UTF-16 code units. Whatever has a natural limit (an address, a card
 * number) and starts before the cut is seen as a whole; rules for what has none also recognise its beginning.
 */
const MARGIN = 512;

/** Binary content is never captured, redacted or not. */
const BINARY_RULES: readonly Rule[] = [dataUrls];

/** In this order: the wider content first, so that a password is not taken for the start of an address. */
export const PLAIN_RULES: readonly Rule[] = [
  marks,
  dataUrls,
  privateKeys,
  basicCredentials,
  bearerTokens,
  urlCredentials,
  quotedMembers,
  namedPairs,
  elements,
  neighbours,
  webKeys,
  assignments,
  looseUrlCredentials,
  urlTokens,
  ...COMMAND_RULES,
  jsonWebTokens,
  awsKeyPairs,
  apiKeys,
  passwordHashes,
  ibans,
  cardNumbers,
  socialSecurityNumbers,
  ...SENTENCE_RULES,
  emailAddresses,
];

const ALL_RULES: readonly Rule[] = [
  ...PLAIN_RULES,
  encodedSecrets((decoded) => findAll(decoded, decoded, PLAIN_RULES).length > 0),
];

/** What every secret has at least one of; most status messages have none, and are done. */
const SUSPICIOUS = /[@=:%\d_<|-]|[^ -~\s]|[A-Za-z]{16}|bearer|basic|password/i;

/** A text without its secrets, and whether it stands for all of the original. */
export interface Rewritten {
  readonly text: string;
  readonly isComplete: boolean;
}

/** The text with secrets and personal data, recognised by their shape, replaced by `[REDACTED:<kind>]`. */
export function redactText(text: string): string {
  return rewriteText(text, text.length, true).text;
}

/**
 * Rewrites the first `limit` code units of a text and drops the rest. Replacements can make the result shorter or
 * longer than `limit`; the work depends on `limit` alone, not on the length of the text.
 */
export function rewriteText(text: string, limit: number, sanitize: boolean): Rewritten {
  const seen = text.length <= limit + MARGIN ? text : text.slice(0, limit + MARGIN);
  const found = SUSPICIOUS.test(seen) ? find(seen, text, sanitize) : [];
  // Only what begins before the cut is shown: behind it, a secret may have been cut beyond recognition.
  const cut = headLength(text, limit);
  let out = '';
  let at = 0;
  for (const { start, end, replacement } of merge(found)) {
    if (start >= cut) break;
    out += text.slice(at, start) + replacement;
    at = end;
  }
  if (at < cut) out += text.slice(at, cut);
  return { text: out, isComplete: Math.max(at, cut) >= text.length };
}

/** What an earlier pass has replaced: a second pass changes nothing. */
function marks(text: string): Found[] {
  return text.includes('[REDACTED')
    ? findMatches(text, /\[REDACTED(?::[a-z0-9-]{1,20})?\]/g, (match) => wholeMatch(match, match[0]))
    : [];
}

/** What the rules find in the text, and where it has escapes, in what they stand for. */
function find(seen: string, whole: string, sanitize: boolean): Found[] {
  if (!sanitize) return findAll(seen, whole, BINARY_RULES);
  const plain = folded(seen);
  const found = findAll(plain, whole, ALL_RULES);
  if (!hasEscapes(plain)) return found;
  const view = unescaped(blank(plain, merge(found)));
  return [...found, ...findAll(view.text, view.text, ALL_RULES).map(view.toOriginal)];
}

function findAll(seen: string, whole: string, rules: readonly Rule[]): Found[] {
  const all: Found[] = [];
  let rest = seen;
  for (const rule of rules) {
    const found = rule(rest, whole);
    if (found.length === 0) continue;
    for (const each of found) all.push(each);
    rest = blank(rest, found);
  }
  return all;
}

/** The same text with what was found made unrecognisable for the rules that follow, at unchanged positions. */
function blank(text: string, found: readonly Found[]): string {
  let out = '';
  let at = 0;
  for (const { start, end } of found) {
    out += text.slice(at, start) + '\0'.repeat(Math.min(end, text.length) - start);
    at = end;
  }
  return out + text.slice(at);
}

/** In order and without overlaps: the first of several gives the replacement, the last one the end. */
function merge(found: Found[]): Found[] {
  const merged: Found[] = [];
  for (const each of found.sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || each.start >= last.end) merged.push(each);
    else if (each.end > last.end) merged[merged.length - 1] = { ...last, end: each.end };
  }
  return merged;
}
