/** What stands in for a secret that its name gives away. */
export const REDACTED = '[REDACTED]';

/** A stretch of a text that must not be shown, and what stands in for it. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/**
 * Finds one kind of content in a text, in order and without overlaps.
 *
 * A rule looks at the text up to some distance behind the place where it will be cut. What has no natural limit, a
 * token or a private key, must therefore also be recognised where it runs into the end of `text`; `whole` is there
 * to tell whether that is the end indeed, not to be searched.
 */
export type Rule = (text: string, whole: string) => readonly Found[];

/**
 * Collects what `locate` makes of every match, and goes on behind it.
 *
 * Patterns are global and must be linear: nothing unbounded may be followed by something that can fail, unless a
 * lookbehind keeps the next attempt from starting inside what was just tried.
 */
export function findMatches(
  text: string,
  pattern: RegExp,
  locate: (match: RegExpExecArray) => Found | undefined,
): Found[] {
  const found: Found[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const each = locate(match);
    if (each === undefined) continue;
    found.push(each);
    // What was found may stand before the match, which is not to be found for ever.
    pattern.lastIndex = Math.max(each.end, match.index + 1);
  }
  return found;
}

/** In order, and without what overlaps one before. */
export function inOrder(found: Found[]): Found[] {
  return found
    .sort((a, b) => a.start - b.start)
    .filter((each, at, all) => at === 0 || each.start >= all[at - 1]!.end);
}

/** The whole match, as a {@link Found}. */
export function wholeMatch(match: RegExpExecArray, replacement: string): Found {
  return { start: match.index, end: match.index + match[0].length, replacement };
}
