/** The items with the greatest values, without keeping the others. */
export class Slowest<T> {
  readonly #limit: number;
  #items: { value: number; item: T }[] = [];
  #least = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether an item of this value would be kept. */
  takes(value: number): boolean {
    return this.#items.length < this.#limit || value > this.#least;
  }

  add(value: number, item: T): void {
    this.#items.push({ value, item });
    if (this.#items.length <= this.#limit) return;
    this.#items = this.inOrder().slice(0, this.#limit);
    this.#least = this.#items.at(-1)!.value;
  }

  /** Greatest first. */
  inOrder(): { value: number; item: T }[] {
    return [...this.#items].sort((a, b) => b.value - a.value);
  }
}
