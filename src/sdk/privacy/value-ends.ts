import { type Found, REDACTED } from './found.ts';
import { sensitivityOf } from './keys.ts';
import { isPlaceholder, isSentence } from './values.ts';

/** UTF-16 code units of a value that may turn out to be no secret. */
const MAX_LOOKED_AT = 128;

/** Where a value without quotes ends; `start` for none. */
export type ScalarEnd = (text: string, start: number) => number;

export const memberScalar: ScalarEnd = (text, start) => {
  const end = endOfRun(/[^\s,}\]"'\\]+/y, text, start);
  return /^(?:null|true|false)$/.test(text.slice(start, Math.min(end, start + 6))) ? start : end;
};

/** A word; of one that a quote or a bracket ends, what is before it. */
export const midScalar: ScalarEnd = (text, start) => {
  const end = endOfRun(/[^\s"'`<>]+/y, text, start);
  const trailing = /[,;:.)\]}]+$/.exec(text.slice(start, end));
  return trailing === null ? end : end - trailing[0].length;
};

export const wordScalar: ScalarEnd = (text, start) => endOfRun(/[^\s"'`]+/y, text, start);

export const assignedScalar: ScalarEnd = (text, start) => endOfRun(/[^\s&;"'<>`]+/y, text, start);

/** A single word at the end of its line; several are a sentence. */
export const lineScalar: ScalarEnd = (text, start) => {
  const end = endOfRun(/[^\s,}"'`]+/y, text, start);
  return /^[ \t]*(?:$|[\r\n,}"'`])/.test(text.slice(end, end + 8)) ? end : start;
};

export function endOfRun(sticky: RegExp, text: string, start: number): number {
  sticky.lastIndex = start;
  return sticky.test(text) ? sticky.lastIndex : start;
}

/** A quoted string without its quotes, an object or array as a whole, or a scalar. */
export function valueAt(text: string, start: number, scalarEnd: ScalarEnd): Found | undefined {
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
export function foundUnlessMarked(text: string, start: number, end: number): Found | undefined {
  if (end <= start || (end - start <= 4 && /^[{[(]+$/.test(text.slice(start, end)))) return undefined;
  if (end - start <= 128 && isPlaceholder(text.slice(start, end))) return undefined;
  const isMarked = end - start <= 32 && /^\[REDACTED(?::[a-z-]+)?\]$/.test(text.slice(start, end));
  const isShortText = end - start <= 256 && text[start] !== '{' && text[start] !== '[';
  return isMarked || (isShortText && isSentence(text.slice(start, end)))
    ? undefined
    : { start, end, replacement: REDACTED };
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

/**
 * What `find` finds of the value of `key`, if it `isHidden`. One that is hidden whatever it is can have any length; of
 * another, so much is looked at that a long one is not looked at again and again.
 */
export function hiddenValue(
  text: string,
  start: number,
  key: string,
  find: (text: string) => Found | undefined,
  isHidden: (value: string) => boolean,
): Found | undefined {
  const near = sensitivityOf(key) === 'secret' ? text : text.slice(0, start + MAX_LOOKED_AT);
  const found = find(near);
  if (found === undefined || !isHidden(near.slice(found.start, found.end))) return undefined;
  return found.end === near.length ? find(text) : found;
}
