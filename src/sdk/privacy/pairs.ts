import { type Found, findMatches, inOrder, REDACTED, type Rule } from './found.ts';
import { isSensitiveUnder, sensitivityOf } from './keys.ts';
import { isPlaceholder, isReference, isSentence } from './values.ts';

/** Secrets whose name is a value itself: `{"name":"password","value":"x"}`, `<password>x</password>`, table rows. */

/** How far the value of a name may stand from it, in UTF-16 code units. */
const REACH = 200;

/** What holds the name of another value, and what holds that value; so of objects, too. */
export const NAME_KEYS: ReadonlySet<string> = new Set(
  'name key header headername field fieldname param parameter parametername parameterkey variable variablename env envvar id label property propertyname attribute option k'.split(
    ' ',
  ),
);
export const VALUE_KEYS: ReadonlySet<string> = new Set(
  'value val v content contents data text plaintext secretvalue stringvalue parametervalue headervalue defaultvalue currentvalue'.split(
    ' ',
  ),
);

const NAME = new RegExp(
  String.raw`(?<![\w-])(?:name|(?:header|field|variable|property|param(?:eter)?|env)?[-_]?(?:name|key)|header|field|param(?:eter)?|variable|env|id|label|property|attribute|option|k)` +
    String.raw`(\\{0,7}["'])?[ \t]{0,4}[:=][ \t]{0,4}(\\{0,7}["'])?([^\s"'\\{}<>,;:=/-][^"'\\\r\n{}<>,;:=/]{0,60})`,
  'gi',
);

const VALUE =
  /(?<![\w-])(?:(?:string|secret|plain|parameter|header|default|current)?[-_]?(?:value|val|text)|v|contents?|data)(\\{0,7}["'])?\s{0,4}[:=]\s{0,4}(\\{0,7})(["']?)/gi;

/** A name and its value as two members of an object, two attributes of an element, two keys of a YAML list. */
export const namedPairs: Rule = (text) =>
  inOrder(
    findMatches(text, NAME, (match) => {
      const name = match[3]!.trimEnd();
      if (sensitivityOf(name) === 'none') return undefined;
      const end = match.index + match[0].length;
      return valueAfter(text, end, name) ?? valueBefore(text, match.index, end, name);
    }),
  );

function valueAfter(text: string, from: number, name: string): Found | undefined {
  const ahead = text.slice(from, from + REACH);
  // A part of a form: the value follows a blank line. An element: it follows the tag.
  const part =
    /^["']?(?:;[^\r\n]{0,80})?\r?\n\r?\n([^\r\n]+)/.exec(ahead) ??
    /^["'](?: [^<>]{0,80}[^<>/])?>\s*(?:<\w{1,20}>\s*)?([^<>\s][^<>]*)/.exec(ahead);
  if (part !== null)
    return foundUnder(text, from + part[0].length - part[1]!.length, from + part[0].length, name);
  const stop = /[{}<]|\n\s*-\s|\n\s*\n/.exec(ahead)?.index ?? ahead.length;
  return namedValue(text, from, from + stop, name);
}

function valueBefore(text: string, at: number, nameEnd: number, name: string): Found | undefined {
  const from = Math.max(0, at - REACH);
  const behind = text.slice(from, at);
  const opener = Math.max(behind.lastIndexOf('{'), behind.lastIndexOf('<'), behind.lastIndexOf('- '));
  const found = opener < 0 ? undefined : namedValue(text, from + opener, at, name);
  // What stands before the name has to end there: the rules go on behind it.
  return found === undefined || found.end > nameEnd ? undefined : found;
}

function namedValue(text: string, from: number, to: number, name: string): Found | undefined {
  VALUE.lastIndex = from;
  const value = VALUE.exec(text.slice(0, to + 1));
  if (value === null || value.index > to) return undefined;
  const start = value.index + value[0].length;
  const [, , slashes, quote] = value as unknown as [string, string, string, string];
  const end =
    quote === ''
      ? /[^\r\n,}\]>]*/.exec(text.slice(start, start + 1_000))![0].length + start
      : closing(text, start, slashes + quote);
  return foundUnder(text, start, end, name);
}

function closing(text: string, start: number, quote: string): number {
  for (let at = text.indexOf(quote, start); at >= 0; at = text.indexOf(quote, at + 1)) {
    if (quote.length > 1 || text[at - 1] !== '\\') return at;
  }
  return text.length;
}

const ELEMENT =
  /<((?:\w{1,20}:)?([A-Za-z_][\w.-]{1,60}))(?:\s[^<>]{0,200})?>(?:<!\[CDATA\[([^<>\]]+)(?=\]\]>)|([^<>]+)(?=<\/|($)))/g;

/** `<password>x</password>`. */
export const elements: Rule = (text, whole) => {
  if (!text.includes('<')) return [];
  return findMatches(text, ELEMENT, (match) => {
    // What has no end tag is none, unless it was cut.
    if (match[5] !== undefined && whole.length === text.length) return undefined;
    const end = match.index + match[0].length;
    return foundUnder(text, end - (match[3] ?? match[4]!).length, end, match[2]!);
  });
};

const KEY_TYPE = /["']kty\\{0,7}["']/;
const KEY_PART = /["'](?:d|p|q|dp|dq|qi|k)\\{0,7}["']\s{0,4}:\s{0,4}\\{0,7}["']([\w-]{16,})/g;

/** The secret numbers of a JSON Web Key. */
export const webKeys: Rule = (text) => {
  if (!KEY_TYPE.test(text)) return [];
  return findMatches(text, KEY_PART, (match) => {
    const end = match.index + match[0].length;
    return { start: end - match[1]!.length, end, replacement: REDACTED };
  });
};

const SIBLINGS = /<(key|name)>\s{0,8}([^<>\s][^<>]{0,60})<\/\1>\s{0,40}<(?:string|value|data)>([^<>]+)/g;
const ROW = /(?:^|\n)[ \t]*\|[ \t]*([^|\r\n]{2,60}?)[ \t]*\|[ \t]*([^|\r\n]{1,200}?)[ \t]*(?=\|)/g;

/** A name and its value as two elements, one behind the other, and as two cells of a table's row. */
export const neighbours: Rule = (text) => {
  const pairs = text.includes('</')
    ? findMatches(text, SIBLINGS, (match) => lastGroup(text, match, match[2]!, match[3]!))
    : [];
  if (!text.includes('|')) return pairs;
  const rows = findMatches(text, ROW, (match) =>
    lastGroup(text, match, match[1]!.replace(/[*`]/g, ''), match[2]!),
  );
  return inOrder([...pairs, ...rows]);
};

function lastGroup(text: string, match: RegExpExecArray, name: string, value: string): Found | undefined {
  const end = match.index + match[0].trimEnd().length;
  return foundUnder(text, end - value.trimEnd().length, end, name.trim());
}

function foundUnder(text: string, start: number, end: number, name: string): Found | undefined {
  const value = text.slice(start, end).trim();
  if (
    value === '' ||
    /^(?:\[REDACTED|[[{])/.test(value) ||
    isPlaceholder(value) ||
    isSentence(value) ||
    isReference(value)
  ) {
    return undefined;
  }
  return isSensitiveUnder(name, value) ? { start, end, replacement: REDACTED } : undefined;
}
