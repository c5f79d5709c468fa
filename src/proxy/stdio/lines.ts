import { Bytes } from './bytes.ts';
import { LongLine } from './long-line.ts';

/** Bytes of a line that is parsed as it is. */
export const MAX_WHOLE = 1024 * 1024;
const NEWLINE = 0x0a;
const EMPTY = Buffer.alloc(0);

/** A line, without the break at its end. */
export interface Line {
  /** Its text; of a very long line the most important; `undefined` where it cannot be read. */
  readonly text: string | undefined;
  readonly bytes: number;
  /** Whether a line break has ended it, and not the stream. */
  readonly isWhole: boolean;
}

/** Cuts what comes in pieces into lines, one at a time. */
export class Lines {
  #piece: Buffer = EMPTY;
  #at = 0;
  /** What has come of a line whose end has not. */
  readonly #begun = new Bytes();
  #long: LongLine | undefined;
  #bytes = 0;
  #skips = false;

  /** Takes the next piece, once `next` has given all lines of the one before. */
  feed(piece: Buffer): void {
    this.#piece = piece;
    this.#at = 0;
  }

  /** The next line; `undefined` where its end has not come. */
  next(): Line | undefined {
    for (;;) {
      const end = this.#piece.indexOf(NEWLINE, this.#at);
      if (end === -1) {
        this.#begin(this.#piece.subarray(this.#at));
        this.#piece = EMPTY;
        this.#at = 0;
        return undefined;
      }
      const line = this.#end(this.#piece, this.#at, end);
      this.#at = end + 1;
      if (line !== undefined) return line;
    }
  }

  /** What no line break has ended, once nothing more comes. */
  last(): Line | undefined {
    const line = this.#bytes === 0 ? undefined : this.#end(EMPTY, 0, 0);
    return line && { ...line, isWhole: false };
  }

  /** Some pieces are missing: the next whole line is the first that can be read. */
  skip(): void {
    this.#forget();
    this.#skips = true;
  }

  #begin(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#skips) return;
    if (this.#long === undefined && this.#bytes > MAX_WHOLE) {
      this.#long = new LongLine();
      this.#long.add(this.#begun.view());
      this.#begun.clear();
    }
    (this.#long ?? this.#begun).add(part);
  }

  #end(piece: Buffer, start: number, end: number): Line | undefined {
    const isInPiece = this.#bytes === 0 && end - start <= MAX_WHOLE;
    if (!isInPiece) this.#begin(piece.subarray(start, end));
    const line = {
      text: isInPiece ? piece.toString('utf8', start, end) : this.#textBegun(),
      bytes: isInPiece ? end - start : this.#bytes,
      isWhole: true,
    };
    const isSkipped = this.#skips;
    this.#skips = false;
    if (!isInPiece) this.#forget();
    return isSkipped ? undefined : line;
  }

  #textBegun(): string | undefined {
    return this.#long === undefined ? this.#begun.view().toString() : this.#long.text();
  }

  #forget(): void {
    this.#begun.clear();
    this.#long = undefined;
    this.#bytes = 0;
  }
}
