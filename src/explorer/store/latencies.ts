import { type Percentiles, percentilesOf } from './percentiles.ts';

/**
 * Latencies of some groups. They are counted first and placed then, so that one column of numbers holds them all, each
 * group in a stretch of its own.
 */
export class Latencies {
  readonly #counts: Uint32Array;
  /** Where the next latency of each group goes. */
  #next = new Uint32Array(0);
  #values = new Float64Array(0);

  constructor(groups: number) {
    this.#counts = new Uint32Array(groups);
  }

  /** First, for each latency. */
  count(group: number): void {
    this.#counts[group]! += 1;
  }

  get counts(): Uint32Array {
    return this.#counts;
  }

  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Between the two. */
  makeRoom(): void {
    this.#next = new Uint32Array(this.#counts.length);
    let next = 0;
    this.#counts.forEach((count, group) => {
      this.#next[group] = next;
      next += count;
    });
    this.#values = new Float64Array(next);
  }

  /** Then, for the same latencies. */
  place(group: number, latencyMs: number): void {
    const at = this.#next[group]!;
    this.#values[at] = latencyMs;
    this.#next[group] = at + 1;
  }

  perGroup(): (Percentiles | undefined)[] {
    return Array.from(this.#counts, (count, group) => {
      const end = this.#next[group]!;
      return percentilesOf(this.#values.subarray(end - count, end));
    });
  }

  /** Last: it may put them into an order in which they are of no group. */
  ofAll(): Percentiles | undefined {
    return percentilesOf(this.#values);
  }
}
