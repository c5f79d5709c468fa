import jsTokens from 'js-tokens';

/** Tokens that hold text, in which nothing is run. What is in a comment is none either. */
const TEXT: ReadonlySet<string> = new Set([
  'StringLiteral',
  'NoSubstitutionTemplate',
  'TemplateHead',
  'TemplateMiddle',
  'TemplateTail',
  'RegularExpressionLiteral',
  'SingleLineComment',
  'MultiLineComment',
]);
/** What bundlers put before a module that they hold as a text, and that is run. */
const RUN = /\beval\(\s{0,4}(?:[\w$.]{1,60}\(\s{0,4})?$/;

/**
 * Of places in a module those in its code. A module may hold an SDK as data: whoever compares it, or writes it into a
 * file, is to find every character as it was.
 *
 * @param places - in ascending order
 */
export function inCode(source: string, places: readonly number[]): Set<number> {
  const found = new Set<number>();
  let start = 0;
  let next = 0;
  for (const { type, value } of jsTokens(source)) {
    const end = start + value.length;
    for (let at = places[next]; at !== undefined && at < end; at = places[next]) {
      // A place at the beginning of a token is before it.
      if (at === start || !TEXT.has(type) || isRun(source, start)) found.add(at);
      next += 1;
    }
    if (next === places.length) break;
    start = end;
  }
  return found;
}

function isRun(source: string, start: number): boolean {
  return RUN.test(source.slice(Math.max(0, start - 80), start));
}
