import { type Found, findMatches, type Rule } from './found.ts';
import { isSensitiveKey, isSensitiveParameter } from './keys.ts';

/**
 * Secrets that a text names itself: tool results are JSON, configuration files and logs inside a string, where no
 * object key is left to look at.
 */
export const REDACTED = '[REDACTED]';

/** A quoted key, its closing quote (escaped once or more in JSON within JSON), and the colon. */
const MEMBER = /["']([A-Za-z][\w. -]{1,40})(\\{0,255}["'])\s{0,8}:\s{0,8}/g;

/** `"password": "x"`, with a value of any kind but `null`, `true` and `false`. What was JSON stays JSON. */
export const quotedMembers: Rule = (text) =>
  findMatches(text, MEMBER, (match) => {
    if (!isSensitiveKey(match[1]!)) return undefined;
    const start = match.index + match[0].length;
    const found = valueAt(text, start, memberScalar);
    const isQuoted = found === undefined || found.start > start;
    return isQuoted ? found : { ...found, replacement: match[2]! + REDACTED + match[2]! };
  });

/** A key starts behind neither a letter nor a dash, but may follow the dashes of a command line option. */
const ASSIGNMENT =
  /(?:(?<![\w-])|(?<=(?<![\w-])-{1,2})|(?<=%[\dA-F]{2}))([A-Za-z][\w-]{1,40})(?:\s{0,2}(=)(?![=>])|(%3D)|[ \t]{0,2}(:)(?!\/\/))[ \t]{0,4}/gi;

/** `password=x`, query parameters, and `key: value` where it is a line, a header or a member without quotes. */
export const assignments: Rule = (text) =>
  findMatches(text, ASSIGNMENT, (match) => {
    const before = match.index === 0 ? '' : text[match.index - 1]!;
    const key = match[1]!;
    const start = match.index + match[0].length;
    if (match[4] === undefined) {
      const isParameter = before === '?' || before === '&';
      const isSensitive = isParameter ? isSensitiveParameter : isSensitiveKey;
      return namesOf(key, before).some(isSensitive) ? valueAt(text, start, assignedScalar) : undefined;
    }
    if (!namesOf(key, before).some(isSensitiveKey)) return undefined;
    const opener = openerBefore(text, match.index);
    if (opener === undefined) return undefined;
    return /^(?:proxy-?)?authorization$|^(?:set-?)?cookie$/i.test(key)
      ? headerValue(text, start, opener)
      : valueAt(text, start, lineScalar);
  });

/** The key, and what it is if its first letters belong to an escape before it: `\npassword`, `%AFtoken`. */
function namesOf(key: string, before: string): string[] {
  if (before === '\\') return [key, key.slice(1)];
  return before === '%' ? [key, key.slice(2)] : [key];
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
  const stop = /["'`]/.test(opener) ? new RegExp(`[\\r\\n${opener}]`, 'g') : /[\r\n]/g;
  stop.lastIndex = start;
  return foundUnlessMarked(text, start, stop.exec(text)?.index ?? text.length);
}

/** Where a value without quotes ends; `start` for none. */
type ScalarEnd = (text: string, start: number) => number;

const memberScalar: ScalarEnd = (text, start) => {
  const end = endOfRun(/[^\s,}\]"'\\]+/y, text, start);
  return /^(?:null|true|false)$/.test(text.slice(start, Math.min(end, start + 6))) ? start : end;
};

const assignedScalar: ScalarEnd = (text, start) => endOfRun(/[^\s&;"'<>`]+/y, text, start);

/** A single word at the end of its line; several are a sentence. */
const lineScalar: ScalarEnd = (text, start) => {
  const end = endOfRun(/[^\s,}"'`]+/y, text, start);
  return /^[ \t]*(?:$|[\r\n,}"'`])/.test(text.slice(end, end + 8)) ? end : start;
};

function endOfRun(sticky: RegExp, text: string, start: number): number {
  sticky.lastIndex = start;
  return sticky.test(text) ? sticky.lastIndex : start;
}

/** A quoted string without its quotes, an object or array as a whole, or a scalar. */
function valueAt(text: string, start: number, scalarEnd: ScalarEnd): Found | undefined {
  const opening = /(\\{0,255})(["'])/y;
  opening.lastIndex = start;
  const quote = opening.exec(text);
  if (quote !== null) {
    const from = opening.lastIndex;
    return foundUnlessMarked(text, from, endOfString(text, from, quote[2]!, quote[1]!.length));
  }
  const isNested = (text[start] === '{' || text[start] === '[') && scalarEnd === memberScalar;
  return foundUnlessMarked(text, start, isNested ? endOfBrackets(text, start) : scalarEnd(text, start));
}

/** `undefined` for nothing, and for what an earlier pass has replaced: a second pass must change nothing. */
function foundUnlessMarked(text: string, start: number, end: number): Found | undefined {
  const isMarked = end - start <= 32 && /^\[REDACTED(?::[a-z-]+)?\]$/.test(text.slice(start, end));
  return end <= start || isMarked ? undefined : { start, end, replacement: REDACTED };
}

/**
 * Index of the closing quote, with the backslashes that belong to it. With `level` backslashes before a quote, JSON
 * doubles those of the content, so the quote closes where their number is `level` modulo `2 * level + 2`; fewer
 * than `level` close an outer string. A string without an end was cut.
 */
function endOfString(text: string, start: number, quote: string, level: number): number {
  for (let at = text.indexOf(quote, start); at >= 0; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (at - slashes > start && text[at - slashes - 1] === '\\') slashes++;
    if (slashes < level || slashes % (2 * level + 2) === level) return at - Math.min(slashes, level);
  }
  return text.length;
}

/** Index behind the bracket that closes the one at `start`; brackets in strings do not count. */
function endOfBrackets(text: string, start: number): number {
  const token = /(?<!\\)(\\*)"|[[\]{}]/g;
  token.lastIndex = start;
  let depth = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[1] !== undefined) {
      const end = endOfString(text, token.lastIndex, '"', match[1].length);
      token.lastIndex = end + match[1].length + 1;
    } else if (/[[{]/.test(match[0])) depth++;
    else if (--depth === 0) return token.lastIndex;
  }
  return text.length;
}
