import { grownCapacity, resized } from './columns.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

/** Latencies of some groups, in columns of numbers. */
export class Latencies {
  /** How many there are of each group. */
  readonly counts: Uint32Array;
  total = 0;
  #groups: Uint32Array;
  #values: Float64Array;

  /** @param capacity - for so many there is room from the beginning */
  constructor(groups: number, capacity = 1024) {
    this.counts = new Uint32Array(groups);
    this.#groups = new Uint32Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  add(group: number, latencyMs: number): void {
    const at = this.total;
    if (at === this.#values.length) {
      this.#groups = resized(this.#groups, grownCapacity(at));
      this.#values = resized(this.#values, grownCapacity(at));
    }
    this.#groups[at] = group;
    this.#values[at] = latencyMs;
    this.counts[group]! += 1;
    this.total = at + 1;
  }

  perGroup(): (Percentiles | undefined)[] {
    /** Where the next latency of each group goes: each group has a stretch of its own. */
    const next = new Uint32Array(this.counts.length);
    for (let group = 1; group < next.length; group += 1)
      next[group] = next[group - 1]! + this.counts[group - 1]!;
    const sorted = new Float64Array(this.total);
    for (let i = 0; i < this.total; i += 1) {
      const group = this.#groups[i]!;
      const at = next[group]!;
      sorted[at] = this.#values[i]!;
      next[group] = at + 1;
    }
    return Array.from(this.counts, (count, group) =>
      percentilesOf(sorted.subarray(next[group]! - count, next[group]!)),
    );
  }

  ofAll(): Percentiles | undefined {
    return percentilesOf(this.#values.slice(0, this.total));
  }
}
