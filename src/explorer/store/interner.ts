import { OTHER } from '../../sdk/signals/semconv.ts';

/** Number of what is absent. */
export const ABSENT = 0;
/** Number of all texts that are too long, or one too many. */
export const OTHERS = 1;

export interface InternerLimits {
  /** Different texts. At most 65,535. */
  readonly texts: number;
  /** Characters of one. */
  readonly length: number;
  /** Characters of all. */
  readonly total: number;
}

/** Gives texts numbers, so that columns hold them. Bounded: what does not fit is {@link OTHERS}. */
export class Interner {
  readonly #limits: InternerLimits;
  readonly #numbers = new Map<string, number>([[OTHER, OTHERS]]);
  readonly #texts: string[] = ['', OTHER];
  #total = 0;

  constructor(limits: InternerLimits) {
    this.#limits = limits;
  }

  numberOf(text: string | undefined): number {
    if (text === undefined) return ABSENT;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const { texts, length, total } = this.#limits;
    if (text.length > length || this.#texts.length >= texts || this.#total + text.length > total)
      return OTHERS;
    const number = this.#texts.length;
    this.#numbers.set(text, number);
    this.#texts.push(text);
    this.#total += text.length;
    return number;
  }

  /** The number of a text that was seen; {@link ABSENT} where it was not. */
  find(text: string): number {
    return this.#numbers.get(text) ?? ABSENT;
  }

  /** The text of a number; empty for {@link ABSENT}. */
  textOf(number: number): string {
    return this.#texts[number] ?? '';
  }

  get size(): number {
    return this.#texts.length;
  }
}
