/** What a buffer may go on taking up once it is empty. */
const MAX_IDLE = 64 * 1024;
const EMPTY = Buffer.alloc(0);

/** Bytes that become more. They are copies: a slice of what was read from a pipe would keep all of that. */
export class Bytes {
  #buffer: Buffer = EMPTY;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(bytes: Buffer, start = 0, end = bytes.length): void {
    const needed = this.#length + end - start;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#length += bytes.copy(this.#buffer, this.#length, start, end);
  }

  /** Takes the last ones back. */
  drop(count: number): void {
    this.#length = Math.max(0, this.#length - count);
  }

  clear(): void {
    this.#length = 0;
    if (this.#buffer.length > MAX_IDLE) this.#buffer = EMPTY;
  }

  /** All of them; good until the next change. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}
