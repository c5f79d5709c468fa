const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Brackets that are open around a span: those of `{"resourceSpans":[{"scopeSpans":[{"spans":[`. */
const SPAN_DEPTH = 6;
const SPAN_LISTS = 0b101010;

/** First byte of each span, and the one behind its last, one after the other. */
type Places = number[];

/**
 * Where the spans stand in a line that holds OTLP JSON, so that each can be read alone; told by the brackets, for what a
 * span begins with may stand in a link to it too. False where they cannot tell: what else stands as deep, which the
 * spans of OTLP have not, is taken for a span, and then there are too many.
 *
 * @param line - valid JSON
 * @param count - how many spans it holds
 * @param places - is filled from its beginning, in the order of the spans
 */
export function findSpanPlaces(line: Buffer, count: number, places: Places): boolean {
  let found = 0;
  let depth = 0;
  /** Whether the bracket at each depth is that of a list, as bits. */
  let lists = 0;
  for (let i = 0; i < line.length; i += 1) {
    const byte = line[i];
    if (byte === QUOTE) i = endOfText(line, i);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (depth === SPAN_DEPTH && lists === SPAN_LISTS) places[found * 2] = i;
      if (byte === OPEN_LIST && depth < SPAN_DEPTH) lists |= 1 << depth;
      depth += 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth < SPAN_DEPTH) lists &= ~(1 << depth);
      else if (depth === SPAN_DEPTH && lists === SPAN_LISTS) {
        places[found * 2 + 1] = i + 1;
        found += 1;
      }
    }
  }
  return found === count;
}

/** Place of the quote that ends the text whose first quote is at `start`. */
function endOfText(line: Buffer, start: number): number {
  let i = start + 1;
  while (i < line.length && line[i] !== QUOTE) i += line[i] === BACKSLASH ? 2 : 1;
  return i;
}
