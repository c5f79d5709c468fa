import { type Json, objectsOf } from '../recording/otlp.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Brackets that are open around a span: those of `{"resourceSpans":[{"scopeSpans":[{"spans":[`. */
const SPAN_DEPTH = 6;
const SPAN_LISTS = 0b101010;
const BEGINNING = '{"traceId":"';
const BEGINNING_BYTES = Buffer.from(BEGINNING);
const BETWEEN_IDS = '","spanId":"';

/** First byte of each span, and the one behind its last, one after the other. */
type Places = number[];

/**
 * Where the spans stand in a line that holds OTLP JSON, so that each can be read alone. False where that cannot be told.
 *
 * @param line - valid JSON
 * @param text - the same
 * @param spans - all of its spans, in order
 * @param places - is filled from its beginning
 */
export function findSpanPlaces(line: Buffer, text: string, spans: readonly Json[], places: Places): boolean {
  return findByBeginning(line, text, spans, places) || findPlacesByBrackets(line, places) === spans.length;
}

/**
 * Nearly all writers begin spans, and the links within them, with the trace's id. These bytes are no part of a text,
 * where quotes are escaped; so where there are as many as there are spans and links, each is known by its turn.
 */
function findByBeginning(line: Buffer, text: string, spans: readonly Json[], places: Places): boolean {
  // Without a character that takes several bytes, places in the text are those in the line, and are found sooner.
  const isAscii = text.length === line.length;
  let from = 0;
  const next = (): number => {
    const start = isAscii ? text.indexOf(BEGINNING, from) : line.indexOf(BEGINNING_BYTES, from);
    from = start === -1 ? line.length : start + BEGINNING.length;
    return start;
  };
  for (let i = 0; i < spans.length; i += 1) {
    const span = spans[i]!;
    const start = next();
    if (start === -1 || !hasIds(line, from, span)) return false;
    places[i * 2] = start;
    if (i > 0) places[i * 2 - 1] = endBefore(line, places[i * 2 - 2]!, start);
    for (let links = objectsOf(span['links']).length; links > 0; links -= 1) next();
  }
  if (spans.length > 0) places[spans.length * 2 - 1] = endOfObject(line, places[spans.length * 2 - 2]!);
  // One that is no span's and no link's, or one too few: then it is not known whose the others are.
  return from < line.length && next() === -1;
}

function hasIds(line: Buffer, at: number, { traceId, spanId }: Json): boolean {
  const between = behind(line, at, traceId);
  const end = behind(line, behind(line, between, BETWEEN_IDS), spanId);
  return line[end] === QUOTE;
}

/** Place behind the text that is to stand at `at`; behind the line where another does. */
function behind(line: Buffer, at: number, text: unknown): number {
  if (typeof text !== 'string') return line.length;
  for (let i = 0; i < text.length; i += 1) if (line[at + i] !== text.charCodeAt(i)) return line.length;
  return at + text.length;
}

/** Where the object ends that begins at `start`; the next span begins at `next`, most often behind a comma. */
function endBefore(line: Buffer, start: number, next: number): number {
  return line[next - 1] === COMMA && line[next - 2] === CLOSE_OBJECT ? next - 1 : endOfObject(line, start);
}

function endOfObject(line: Buffer, start: number): number {
  let depth = 0;
  for (let i = start; i < line.length; i += 1) {
    const byte = line[i];
    if (byte === QUOTE) i = endOfText(line, i);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return line.length;
}

/**
 * By counting brackets, which are the same around spans, metrics and log records. Returns how many there are, as far as
 * those can tell: what else stands as deep, which OTLP does not have, is counted too, so that the number is not theirs.
 */
export function findPlacesByBrackets(line: Buffer, places: Places): number {
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
  return found;
}

/** Place of the quote that ends the text whose first quote is at `start`. */
function endOfText(line: Buffer, start: number): number {
  let i = start + 1;
  while (i < line.length && line[i] !== QUOTE) i += line[i] === BACKSLASH ? 2 : 1;
  return i;
}
