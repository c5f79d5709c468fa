import { type Found, REDACTED } from './found.ts';
import { endOfRun, foundUnlessMarked, lineScalar, midScalar, valueAt } from './value-ends.ts';
import { isSentence, looksLikePassword } from './values.ts';

/** Headers whose value has several parts. */
export const HEADERS = /^(?:proxy-?)?authorization$|^(?:set-?)?cookie$/i;

/** The value behind the colon of `key`, which begins at `at`. */
export function lineValue(text: string, at: number, start: number, key: string): Found | undefined {
  const opener = openerBefore(text, at);
  const isHeader = HEADERS.test(key);
  if (opener === undefined) {
    // In the middle of a line, only what can be nothing else.
    const found = isHeader ? schemeValue(text, start) : valueAt(text, start, midScalar);
    return found !== undefined && looksLikePassword(text.slice(found.start, found.end)) ? found : undefined;
  }
  // The quote before the key ends behind it: a text that goes before a value.
  if (/["'`]/.test(opener) && text[start] === opener) return undefined;
  if (isHeader) return headerValue(text, start, opener);
  if (opener !== '\n') return valueAt(text, start, lineScalar);
  return blockValue(text, start) ?? valueAt(text, start, lineScalar) ?? phrase(text, start, key);
}

/** What stands behind the name of an authentication scheme: `Token x`, `ApiKey x`. */
export function schemeValue(text: string, start: number): Found | undefined {
  const scheme = /(?:token|api-?key|key|digest|negotiate|oauth|hmac|ntlm|genie-?key|sso-key)[ \t:=]{1,3}/iy;
  scheme.lastIndex = start;
  return valueAt(text, scheme.test(text) ? scheme.lastIndex : start, midScalar);
}

/** Keys whose value may have several words. */
const PHRASES = /pass|pwd|phrase|mnemonic|secret$|key$|wort$/i;

function phrase(text: string, start: number, key: string): Found | undefined {
  if (!PHRASES.test(key)) return undefined;
  const end = endOfRun(/[^\r\n"'`{}[\]<>]{3,256}(?=$|[\r\n])/y, text, start);
  const value = text.slice(start, end);
  return end === start || isSentence(value) || /[,;:=]/.test(value)
    ? undefined
    : foundUnlessMarked(text, start, end);
}

/** The lines of a block in YAML: what follows `|` or `>` and stands deeper, or a word or a list on lines of its own. */
function blockValue(text: string, start: number): Found | undefined {
  const block =
    /[|>][+-]?[ \t]{0,8}\r?\n([ \t]+)[^\n]*(?:\n\1[^\n]*)*|\r?\n([ \t]+)(?:- )?[^\s:]{6,256}(?:\n\2- [^\s:]{6,256})*(?=\s*(?:$|\n))/y;
  block.lastIndex = start;
  if (!block.test(text)) return undefined;
  const from = text.indexOf('\n', start) + 1;
  const indent = /^[ \t]*(?:- )?/.exec(text.slice(from, from + 64))![0].length;
  return { start: from + indent, end: block.lastIndex, replacement: REDACTED };
}

/**
 * What stands before an unquoted key: a sentence ("invalid token: it has expired") is to stay readable, so a colon
 * counts only after the start of a line, a quote, a bracket or a comma. `undefined` elsewhere.
 */
function openerBefore(text: string, start: number): string | undefined {
  let at = start - 1;
  for (const first = at - 16; at > first && /[ \t-]/.test(text[at] ?? ''); at--);
  const opener = text[at] ?? '\n';
  if (/[\n\r"'`{,([]/.test(opener)) return opener;
  // The key took the letter of an escaped line break, or stands behind it.
  return opener === '\\' || /\\[nrt]$/.test(text.slice(Math.max(0, at - 1), at + 1)) ? '\n' : undefined;
}

/** A header's value goes to the end of the line, or to the quote that was opened before its name. */
function headerValue(text: string, start: number, opener: string): Found | undefined {
  const stop = /["'`]/.test(opener) ? new RegExp(`[\\r\\n${opener}]`, 'g') : /\\[rn]|[\r\n]/g;
  stop.lastIndex = start;
  return foundUnlessMarked(text, start, stop.exec(text)?.index ?? text.length);
}
