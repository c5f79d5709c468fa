import { left, type Outcome } from './outcome.ts';
import type { StringNode } from './tree.ts';

/**
 * Stands between the address of `proxy` and the URL that was there before. Behind a `#` it is never sent to anybody, so
 * the file alone tells what to put back, and no secret of the URL gets to another place.
 */
const MARK = '#mcp-sessionscope-for=';

/** Texts over several lines have three quotes on each side. */
const LONG_QUOTES = /^(?:"""|''')/;

/** Whether it is an address that can stand in a literal of any kind as it is. */
export function isPlainAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\/[^\s"'\\#]+$/i.test(text);
}

export function isOurAddress(url: string): boolean {
  return url.includes(MARK);
}

/** Puts the address before the URL, whose text stays as it is. */
export function addressInsteadOf(
  text: string,
  url: StringNode,
  address: string,
  dir: string | undefined,
): Outcome {
  if (LONG_QUOTES.test(text.slice(url.start, url.end))) return left('its URL is a text of several lines');
  const at = url.start + 1;
  return {
    edits: [{ start: at, end: at, text: `${address}${MARK}` }],
    before: [url.value],
    after: [address],
    proxied: { to: url.value, address, dir },
  };
}

/** Takes the address away again. */
export function urlBehindAddress(text: string, url: StringNode): Outcome {
  const mark = text.slice(url.start, url.end).indexOf(MARK);
  if (mark === -1) return left('its URL has been changed since it was wrapped');
  const [address = '', ...original] = url.value.split(MARK);
  return {
    edits: [{ start: url.start + 1, end: url.start + mark + MARK.length, text: '' }],
    before: [address],
    after: [original.join(MARK)],
  };
}
