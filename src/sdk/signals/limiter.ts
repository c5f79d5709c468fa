import { shortName } from '../protocol/meta.ts';
import { OTHER } from './semconv.ts';

/**
 * Lets a bounded number of distinct values become attribute values; further ones become `_OTHER`. What is kept is bounded in both
 * ways: a peer may name things at any length.
 */
export class Limiter {
  readonly #admitted = new Set<string>();
  readonly #max: number;
  readonly #shown: (value: string) => string;

  /** @param shown - the value as spans have it. Default: cut as names are */
  constructor(max: number, shown: (value: string) => string = shortName) {
    this.#max = max;
    this.#shown = shown;
  }

  has(value: string): boolean {
    return this.#admitted.has(this.#shown(value));
  }

  /** Whether it may become an attribute value, from now on. */
  takes(value: string): boolean {
    return this.admit(value) === this.#shown(value);
  }

  /** What becomes an attribute value in its place. */
  admit(value: string): string {
    const shown = this.#shown(value);
    if (this.#admitted.has(shown)) return shown;
    if (this.#admitted.size >= this.#max) return OTHER;
    this.#admitted.add(shown);
    return shown;
  }
}
