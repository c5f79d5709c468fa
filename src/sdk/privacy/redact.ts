import { assignments, quotedMembers } from './assignments.ts';
import { dataUrls } from './binary.ts';
import type { Found, Rule } from './found.ts';
import { cardNumbers, ibans } from './numbers.ts';
import {
  apiKeys,
  basicCredentials,
  bearerTokens,
  emailAddresses,
  jsonWebTokens,
  privateKeys,
  urlCredentials,
} from './tokens.ts';
import { headLength } from './truncate.ts';

/**
 * How far behind the cut the rules look, in UTF-16 code units. Whatever has a natural limit (an address, a card
 * number) and starts before the cut is seen as a whole; rules for what has none also recognise its beginning.
 */
const MARGIN = 512;

/** Binary content is never captured, redacted or not. */
const BINARY_RULES: readonly Rule[] = [dataUrls];

/** In this order: the wider content first, so that a password is not taken for the start of an address. */
const ALL_RULES: readonly Rule[] = [
  dataUrls,
  privateKeys,
  basicCredentials,
  bearerTokens,
  urlCredentials,
  quotedMembers,
  assignments,
  jsonWebTokens,
  apiKeys,
  ibans,
  cardNumbers,
  emailAddresses,
];

/** What every secret has at least one of; most status messages have none, and are done. */
const SUSPICIOUS = /[@=:%\d_-]|[A-Za-z]{20}|bearer|basic/i;

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
  const found = SUSPICIOUS.test(seen) ? findAll(seen, text, sanitize ? ALL_RULES : BINARY_RULES) : [];
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
