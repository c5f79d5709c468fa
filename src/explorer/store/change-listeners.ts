import type { StoreChange } from './answers.ts';

/** Milliseconds from one telling to the next. */
const APART_MS = 500;
const MAX_CHANGED = 500;

/** Tells listeners of changes, those of half a second at once. */
export class ChangeListeners {
  readonly #describe: () => Omit<StoreChange, 'changed'>;
  readonly #listeners = new Set<(change: StoreChange) => void>();
  readonly #changed = new Set<number>();
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** @param describe - how things are when the listeners are told */
  constructor(describe: () => Omit<StoreChange, 'changed'>) {
    this.#describe = describe;
  }

  add(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param numbers - of sessions that have changed; nothing else may have */
  note(numbers: readonly number[]): void {
    for (const number of numbers) this.#changed.add(number);
    if (this.#timer !== undefined) return;
    const wait = this.#toldAt + APART_MS - performance.now();
    this.#timer = setTimeout(() => this.#tell(), Math.max(0, wait));
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #tell(): void {
    this.#timer = undefined;
    this.#toldAt = performance.now();
    const changed = this.#changed.size <= MAX_CHANGED ? [...this.#changed] : undefined;
    this.#changed.clear();
    const change = { ...this.#describe(), ...(changed !== undefined && { changed }) };
    for (const listener of this.#listeners) listener(change);
  }
}
