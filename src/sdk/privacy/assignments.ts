import { type Found, findMatches, type Rule } from './found.ts';
import { isSensitiveParameter, isSensitiveUnder, sensitivityOf } from './keys.ts';
import { HEADERS, lineValue, schemeValue } from './lines.ts';
import { assignedScalar, hiddenValue, valueAt, wordScalar } from './value-ends.ts';
import { isReference } from './values.ts';

/**
 * Secrets that a text names itself: tool results are JSON, configuration files and logs inside a string, where no
 * object key is left to look at.
 */

/** The type that some languages put between a name and its value. */
const TYPE = String.raw`(?:\s{0,2}:\s{0,2}(?:str|[Ss]tring|SecretStr|Optional\[str\]|&str|\*string)(?=[ \t]{0,8}=))?`;

/** A key starts behind neither a letter nor a dash, but may follow the dashes of a command line option. */
const ASSIGNMENT = new RegExp(
  String.raw`(?:(?<![\w-])|(?<=(?<![\w-])-{1,2})|(?<=%[\dA-F]{2}))([A-Za-z_][\w-]{1,60})(?:['"]?\])?${TYPE}` +
    String.raw`(?:\s{0,2}(=)(?![=>~])|(%3D)|[ \t]{0,2}(:)(?!//|:|=)|[ \t]{1,40}((?::|\?|\+)?=>?)(?![=~])|((?::|\?|\+)=|=>))[ \t]{0,4}`,
  'gi',
);

/** `password=x`, query parameters, and `key: value` where it is a line, a header or a member without quotes. */
export const assignments: Rule = (text) =>
  findMatches(text, ASSIGNMENT, (match) => {
    const before = match.index === 0 ? '' : text[match.index - 1]!;
    const names = namesOf(match[1]!, before);
    const isParameter = before === '?' || before === '&';
    const known = names.filter(
      (name) => sensitivityOf(name) !== 'none' || (isParameter && isSensitiveParameter(name)),
    );
    if (known.length === 0) return undefined;
    const start = match.index + match[0].length;
    if (isReference(text.slice(start, start + 80))) return undefined;
    return hiddenValue(
      text,
      start,
      known[0]!,
      (near) =>
        match[4] === undefined
          ? assignedValue(near, match, start, isParameter)
          : lineValue(near, match.index, start, known[0]!),
      (value) => known.some((name) => isSensitiveUnder(name, value)) || (isParameter && !isShortCode(value)),
    );
  });

/** `?code=404`, `?code=DE`: of a parameter whose name says little, a short value is no secret. */
function isShortCode(value: string): boolean {
  return /^(?:\d{1,4}|\w{1,3})$/.test(value);
}

function assignedValue(
  text: string,
  match: RegExpExecArray,
  start: number,
  isParameter: boolean,
): Found | undefined {
  if (HEADERS.test(match[1]!)) return schemeValue(text, start) ?? valueAt(text, start, assignedScalar);
  // What an environment variable holds ends with the word; elsewhere a separator may come first.
  const isVariable = !isParameter && /^[A-Z][A-Z\d_]*$/.test(match[1]!) && isLineStart(text, match.index);
  return valueAt(text, start, isVariable ? wordScalar : assignedScalar);
}

function isLineStart(text: string, at: number): boolean {
  return (
    /(?:^|\n)(?:[ \t]|export |set |ENV )*$/i.test(text.slice(Math.max(0, at - 24), at)) &&
    (at < 24 || text.slice(at - 24, at).includes('\n'))
  );
}

/** The key, and what it is if its first letters belong to an escape before it: `\npassword`, `%AFtoken`. */
function namesOf(key: string, before: string): string[] {
  if (before === '\\') return [key, key.slice(1)];
  return before === '%' ? [key, key.slice(2)] : [key];
}
