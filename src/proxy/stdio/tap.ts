import { type Line, Lines } from './lines.ts';

/** Who sends. */
export type Side = 'client' | 'server';

/** Is told what has passed, in the order in which it did. */
export interface TapReader {
  /** @param at when its end passed, in milliseconds on the monotonic clock. */
  line(from: Side, line: Line, at: number): void;
  /** Nothing comes from this side any more. */
  ended(from: Side): void;
}

interface Piece {
  readonly from: Side;
  readonly at: number;
  /** `undefined`: the end. */
  readonly bytes: Buffer | undefined;
  /** Some before it are missing. */
  readonly isAfterGap: boolean;
}

/** Bytes that may wait to be read: what passes faster than it can be read is left out. */
const MAX_WAITING = 32 * 1024 * 1024;
/** What a piece takes up besides its bytes, about. */
const PIECE = 256;
/** Milliseconds of reading before what has come meanwhile is passed on. */
const TURN_MS = 2;
/** As long as messages keep coming, reading waits: for so many milliseconds, and bytes. */
const MAX_WAIT_MS = 1_000;
const MAX_CALM = 8 * 1024 * 1024;

/** Pieces that were read, of which the list is rid at once. */
const MAX_READ = 1_024;

/** Sees the bytes that pass in both directions, and reads them once they are on their way. */
export class Tap {
  readonly #lines = { client: new Lines(), server: new Lines() };
  readonly #gaps = { client: false, server: false };
  readonly #tellLost: () => void;
  #pieces: Piece[] = [];
  /** How many of them were read. */
  #read = 0;
  #waiting = 0;
  #current: Piece | undefined;
  #reader: TapReader | undefined;
  #isClosed = false;
  #turn: NodeJS.Immediate | undefined;

  /** @param tellLost called each time that something is left out. */
  constructor(tellLost: () => void) {
    this.#tellLost = tellLost;
  }

  /** Notes what was passed on; `undefined`: the end. */
  saw(from: Side, bytes: Buffer | undefined): void {
    if (this.#isClosed) return;
    const size = (bytes?.length ?? 0) + PIECE;
    if (bytes !== undefined && this.#waiting + size > MAX_WAITING) {
      this.#gaps[from] = true;
      this.#tellLost();
      return;
    }
    this.#waiting += size;
    this.#pieces.push({ from, at: performance.now(), bytes, isAfterGap: this.#gaps[from] });
    this.#gaps[from] = false;
    this.#schedule();
  }

  /** Tells what has passed so far, in turns of their own, and goes on. */
  readBy(reader: TapReader): void {
    this.#reader = reader;
    this.#schedule();
  }

  /** Tells what has passed so far, at once, for at most so many milliseconds: what is then unread is lost. */
  readAll(maxMs = Number.POSITIVE_INFINITY): void {
    const until = performance.now() + maxMs;
    while (this.#readOne()) {
      if (performance.now() <= until) continue;
      if (this.#read < this.#pieces.length) this.#tellLost();
      return;
    }
  }

  /** Tells so many lines of what has passed; says whether there may be more. */
  readSome(lines: number): boolean {
    for (let read = 0; read < lines; read += 1) if (!this.#readOne()) return false;
    return true;
  }

  /** Nobody will read: nothing is kept any more. */
  close(): void {
    this.#isClosed = true;
    this.#pieces = [];
    clearImmediate(this.#turn);
  }

  #schedule(): void {
    if (this.#reader === undefined) return;
    const newest = this.#pieces.at(-1);
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      if (this.#mayWait(newest)) this.#schedule();
      else this.#readTurn();
    });
  }

  /** More has come since, and is to be passed on first. */
  #mayWait(newest: Piece | undefined): boolean {
    const oldest = this.#current ?? this.#pieces[this.#read];
    if (oldest === undefined || this.#pieces.at(-1) === newest) return false;
    return this.#waiting < MAX_CALM && performance.now() - oldest.at < MAX_WAIT_MS;
  }

  #readTurn(): void {
    const until = performance.now() + TURN_MS;
    while (this.#readOne()) {
      if (performance.now() < until) continue;
      this.#schedule();
      return;
    }
  }

  /** Says whether there was something to read. */
  #readOne(): boolean {
    const reader = this.#reader;
    if (reader === undefined) return false;
    this.#current ??= this.#nextPiece();
    if (this.#current === undefined) return false;
    const { from, at, bytes } = this.#current;
    const lines = this.#lines[from];
    const line = bytes === undefined ? lines.last() : lines.next();
    if (line !== undefined) {
      reader.line(from, line, at);
      return true;
    }
    this.#current = undefined;
    if (bytes === undefined) reader.ended(from);
    return true;
  }

  #nextPiece(): Piece | undefined {
    const piece = this.#pieces[this.#read];
    if (piece === undefined) return undefined;
    this.#read += 1;
    if (this.#read === this.#pieces.length || this.#read >= MAX_READ) {
      this.#pieces = this.#pieces.slice(this.#read);
      this.#read = 0;
    }
    this.#waiting -= (piece.bytes?.length ?? 0) + PIECE;
    if (piece.isAfterGap) this.#lines[piece.from].skip();
    if (piece.bytes !== undefined) this.#lines[piece.from].feed(piece.bytes);
    return piece;
  }
}
