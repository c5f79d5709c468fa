const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Brackets that are open around a span: those of `{"resourceSpans":[{"scopeSpans":[{"spans":[`. */
const SPAN_DEPTH = 6;

/**
 * Where the spans stand in a line that holds OTLP JSON: their first byte and the one behind their last, one after the
 * other in `places`. Returns how many there are, as far as can be told by the brackets: what else stands as deep, which
 * OTLP does not have, is counted too, so that the number is not that of the spans.
 *
 * @param line - valid JSON
 * @param places - is filled from its beginning
 */
export function findSpanPlaces(line: Uint8Array, places: number[]): number {
  let count = 0;
  let depth = 0;
  /** Whether the bracket around the current place is that of a list, as a bit for each depth. */
  let lists = 0;
  for (let i = 0; i < line.length; i += 1) {
    const byte = line[i];
    if (byte === QUOTE) {
      i += 1;
      while (i < line.length && line[i] !== QUOTE) i += line[i] === BACKSLASH ? 2 : 1;
    } else if (byte === OPEN_OBJECT) {
      if (depth === SPAN_DEPTH && lists === 0b101010) places[count * 2] = i;
      depth += 1;
    } else if (byte === OPEN_LIST) {
      if (depth < SPAN_DEPTH) lists |= 1 << depth;
      depth += 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth < SPAN_DEPTH) lists &= ~(1 << depth);
      else if (depth === SPAN_DEPTH && byte === CLOSE_OBJECT && lists === 0b101010) {
        places[count * 2 + 1] = i + 1;
        count += 1;
      }
    }
  }
  return count;
}
