import { shortName } from '../protocol/meta.ts';
import { OTHER } from './semconv.ts';

/**
 * Lets a bounded number of distinct values become attribute values, cut as spans have them; further ones become `_OTHER`. What is
 * kept is bounded in both ways: a peer may name things at any length.
 */
export class Limiter {
  readonly #admitted = new Set<string>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  has(value: string): boolean {
    return this.#admitted.has(shortName(value));
  }

  /** Whether it may become an attribute value, from now on. */
  takes(value: string): boolean {
    return this.admit(value) === shortName(value);
  }

  /** What becomes an attribute value in its place. */
  admit(value: string): string {
    const name = shortName(value);
    if (this.#admitted.has(name)) return name;
    if (this.#admitted.size >= this.#max) return OTHER;
    this.#admitted.add(name);
    return name;
  }
}
