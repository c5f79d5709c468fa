import { findMatches, REDACTED, type Rule } from './found.ts';
import { isSensitiveUnder, sensitivityOf } from './keys.ts';
import { hiddenValue, memberScalar, valueAt } from './value-ends.ts';
import { isReference, looksRandom } from './values.ts';

/** UTF-16 code units of an object that may be a schema: a longer one is hidden, and not looked into. */
const MAX_SCHEMA = 1_000;

/** A quoted key, its closing quote (escaped once or more in JSON within JSON), and what leads to the value. */
const MEMBER = /["']([^"'\\\s\d{}()[\]<>=;,:][^"'\r\n{}()[\]<>=;,:]{0,80})["']\s{0,8}(:|=>|,)\s{0,8}/g;

/** `"password": "x"`, with a value of any kind but `null`, `true` and `false`. What was JSON stays JSON. */
export const quotedMembers: Rule = (text) =>
  findMatches(text, MEMBER, (match) => {
    const [whole, quoted, operator] = match as unknown as [string, string, string];
    const { index } = match;
    const isListed = operator === ',';
    // The first of a list, of a line or of the arguments of a call, at most: the others are values.
    if (isListed && !/[([\n]/.test(text[index - 1] ?? '\n')) return undefined;
    const key = quoted.replace(/\\+$/, '');
    if (sensitivityOf(key) === 'none') return undefined;
    const start = index + whole.length;
    if (isReference(text.slice(start, start + 80))) return undefined;
    const found = hiddenValue(
      text,
      start,
      key,
      (near) => valueAt(near, start, memberScalar),
      // Neighbours in a list: a name and its value, or two names.
      (value) => (isListed ? looksRandom(value) : isSensitiveUnder(key, value) && !isSchema(value)),
    );
    if (found === undefined) return undefined;
    if (found.start > start) return found;
    const closing = quoted.slice(key.length) + text[index + 1 + quoted.length];
    return { ...found, replacement: closing + REDACTED + closing };
  });

/** `{"type":"string"}`: what a schema says of a secret, without a value of it. */
function isSchema(value: string): boolean {
  if (value[0] !== '{' || value.length > MAX_SCHEMA) return false;
  const type =
    /^\{\s*(?:[^{}]{0,400},\s*)?\\*["'](?:type|\$ref|anyOf|oneOf)\\*["']\s*:\s*(?:\\*["'](?:string|number|integer|object|array|boolean|null|#)|\[)/;
  return type.test(value) && !/["'](?:value|default|const|enum|examples?)\\*["']\s*:/.test(value);
}
