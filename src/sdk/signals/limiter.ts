import { OTHER } from './semconv.ts';

/** Lets a bounded number of distinct values become attribute values; further ones become `_OTHER`. */
export class Limiter {
  readonly #admitted = new Set<string>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  has(value: string): boolean {
    return this.#admitted.has(value);
  }

  admit(value: string): string {
    if (this.#admitted.has(value)) return value;
    if (this.#admitted.size >= this.#max) return OTHER;
    this.#admitted.add(value);
    return value;
  }
}
