import { BadData } from './bad-data.ts';
import { MAX_VALUES } from './shape.ts';

/** Levels of JSON, fields that are not known included. A message takes two. */
const MAX_LEVELS = 1_000;
/** From here on a number can lose digits when it is parsed. */
const EXACT_DIGITS = 15;

const [QUOTE, BACKSLASH, COMMA, MINUS, DOT] = [0x22, 0x5c, 0x2c, 0x2d, 0x2e];
const [ZERO, NINE] = [0x30, 0x39];
const [LARGE_E, SMALL_E] = [0x45, 0x65];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Text to be parsed as JSON. Looks through the bytes before they are: what nests without end, or consists of millions of
 * empty objects, would take gigabytes. Integers that a number cannot hold exactly come out in quotes, which OTLP JSON
 * allows for all 64-bit integers: `JSON.parse` would round them.
 *
 * @throws {@link BadData} where there is too much of something
 */
export function guardedText(body: Buffer): string {
  const parts: string[] = [];
  let taken = 0;
  let [levels, values] = [0, 0];
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] as number;
    if (byte === QUOTE) {
      at = endOfString(body, at);
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      levels += 1;
      values += 1;
      if (levels > MAX_LEVELS) throw new BadData(`nested deeper than ${MAX_LEVELS} levels`);
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      levels -= 1;
    } else if (byte === COMMA) {
      values += 1;
    } else if (byte === MINUS || isDigit(byte)) {
      const end = endOfNumber(body, at);
      if (isLongInteger(body, at, end)) {
        parts.push(body.toString('utf8', taken, at), '"', body.toString('latin1', at, end), '"');
        taken = end;
      }
      at = end - 1;
    }
    // A message has a bracket and a comma.
    if (values > 2 * MAX_VALUES) throw new BadData(`more than ${MAX_VALUES} values in one request`, 413);
  }
  return parts.length === 0 ? body.toString('utf8') : parts.join('') + body.toString('utf8', taken);
}

/** The place of the quote that ends a string. */
function endOfString(body: Buffer, start: number): number {
  for (let end = body.indexOf(QUOTE, start + 1); end !== -1; end = body.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (body[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return body.length;
}

/** Behind the last character that a number can have. */
function endOfNumber(body: Buffer, start: number): number {
  let end = start + 1;
  while (end < body.length && isOfNumber(body[end] as number)) end += 1;
  return end;
}

function isLongInteger(body: Buffer, start: number, end: number): boolean {
  if (end - start <= EXACT_DIGITS) return false;
  const digits = body[start] === MINUS ? start + 1 : start;
  for (let at = digits; at < end; at += 1) if (!isDigit(body[at] as number)) return false;
  // JSON has no numbers that begin with a zero: JSON.parse is to see it.
  return body[digits] !== ZERO;
}

function isOfNumber(byte: number): boolean {
  return (
    isDigit(byte) || byte === DOT || byte === MINUS || byte === 0x2b || byte === LARGE_E || byte === SMALL_E
  );
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
