import { Bytes } from './bytes.ts';

/** Bytes that are kept of one text. */
const MAX_TEXT = 16 * 1024;
/** Bytes that are kept of a line; beyond them, lists and objects are closed early. */
const MAX_KEPT = 1024 * 1024;
/** Bytes of the longest escape in a text, `\u0041`. */
const ESCAPE = 6;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** `[` and `{` differ in this bit alone, and so do `]` and `}`. */
const CURLY = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * A line of JSON that is too long to be parsed: that would take memory, and the process would do nothing else
 * meanwhile. It is read piece by piece, and a shorter one is made of it: long texts are cut, long lists end early.
 */
export class LongLine {
  readonly #kept = new Bytes();
  /** Of values in values. */
  #depth = 0;
  /** The depth of the list or object whose rest is left out. */
  #leavingOut: number | undefined;
  #inText = false;
  /** Whether the next byte of the text is escaped. */
  #isEscaped = false;
  /** Bytes of the text so far, and where among them its newest escape began. */
  #textSize = 0;
  #escapeAt = 0;

  add(piece: Buffer): void {
    for (let at = 0; at < piece.length && !this.#isTooMuch(); ) {
      at = this.#inText ? this.#readText(piece, at) : this.#readStructure(piece, at);
    }
  }

  /** The shorter one; `undefined` where it is too much all the same, such as a line of brackets. */
  text(): string | undefined {
    return this.#isTooMuch() ? undefined : this.#kept.view().toString();
  }

  #isTooMuch(): boolean {
    return this.#kept.length > 2 * MAX_KEPT;
  }

  /** Reads to behind the quote that opens a text, or to the end of the piece. */
  #readStructure(piece: Buffer, start: number): number {
    let from = start;
    for (let at = start; at < piece.length; at += 1) {
      const byte = piece[at] as number;
      if (byte === QUOTE) {
        this.#inText = true;
        this.#textSize = 0;
        this.#escapeAt = -ESCAPE;
        this.#keep(piece, from, at + 1);
        return at + 1;
      }
      if ((byte | CURLY) === OPENING) this.#depth += 1;
      else if ((byte | CURLY) === CLOSING) {
        this.#depth -= 1;
        if (this.#leavingOut !== undefined && this.#depth < this.#leavingOut) {
          this.#leavingOut = undefined;
          from = at;
        }
      } else if (byte === COMMA && this.#isEnough(at - from)) {
        this.#keep(piece, from, at);
        this.#leavingOut = this.#depth;
      }
    }
    this.#keep(piece, from, piece.length);
    return piece.length;
  }

  /** The members of the message itself are kept in any case: its id may be the last. */
  #isEnough(more: number): boolean {
    return this.#kept.length + more > MAX_KEPT && this.#depth > 1 && this.#leavingOut === undefined;
  }

  /** Reads to behind the quote that closes the text, or to the end of the piece. */
  #readText(piece: Buffer, start: number): number {
    let at = start;
    for (; at < piece.length; at += 1) {
      const byte = piece[at] as number;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === QUOTE) break;
      else if (byte === BACKSLASH) {
        this.#isEscaped = true;
        const place = this.#textSize + at - start;
        if (place < MAX_TEXT) this.#escapeAt = place;
      }
    }
    this.#keepText(piece, start, at);
    if (at === piece.length) return at;
    this.#inText = false;
    this.#keep(piece, at, at + 1);
    return at + 1;
  }

  #keepText(piece: Buffer, start: number, end: number): void {
    const room = MAX_TEXT - this.#textSize;
    this.#textSize += end - start;
    if (room < 0) return;
    this.#keep(piece, start, Math.min(end, start + room));
    // It is not cut within an escape.
    const unsure = MAX_TEXT - this.#escapeAt;
    if (end - start > room && unsure < ESCAPE && this.#leavingOut === undefined) this.#kept.drop(unsure);
  }

  #keep(piece: Buffer, start: number, end: number): void {
    if (this.#leavingOut === undefined && start < end) this.#kept.add(piece, start, end);
  }
}
