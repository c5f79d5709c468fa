import { ownText } from '../protocol/own-text.ts';

const ELLIPSIS = '…';

/** The first `limit` UTF-16 code units, one less where that would split a surrogate pair. */
export function head(text: string, limit: number): string {
  return text.slice(0, headLength(text, limit));
}

/** How long {@link head} is. */
export function headLength(text: string, limit: number): number {
  if (text.length <= limit) return text.length;
  const end = Math.max(0, limit);
  const isSplit = isSurrogate(text.charCodeAt(end - 1), 0xd800) && isSurrogate(text.charCodeAt(end), 0xdc00);
  return isSplit ? end - 1 : end;
}

/** The text as it is if it is complete and fits, else its beginning with `…`; never longer than `limit`. */
export function truncate(text: string, limit: number, isComplete: boolean): string {
  if (isComplete && text.length <= limit) return text;
  return limit < 1 ? '' : ownText(head(text, limit - 1) + ELLIPSIS);
}

function isSurrogate(unit: number, first: number): boolean {
  return unit >= first && unit < first + 0x400;
}
