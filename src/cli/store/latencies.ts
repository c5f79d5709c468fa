import { type Percentiles, percentilesOf } from './percentiles.ts';

/** Latencies by bucket, in two columns of numbers. */
export class Latencies {
  readonly #counts: Uint32Array;
  #values: Float64Array;
  #buckets: Uint16Array;
  #total = 0;

  /** @param expected - how many there are, most likely */
  constructor(buckets: number, expected: number) {
    this.#counts = new Uint32Array(buckets);
    this.#values = new Float64Array(Math.max(64, expected));
    this.#buckets = new Uint16Array(this.#values.length);
  }

  get total(): number {
    return this.#total;
  }

  add(bucket: number, latencyMs: number): void {
    const at = this.#total;
    if (at === this.#values.length) this.#grow();
    this.#values[at] = latencyMs;
    this.#buckets[at] = bucket;
    this.#counts[bucket]! += 1;
    this.#total = at + 1;
  }

  counts(): Uint32Array {
    return this.#counts;
  }

  /** A copy. */
  all(): Float64Array {
    return this.#values.slice(0, this.#total);
  }

  perBucket(): (Percentiles | undefined)[] {
    const ends = new Uint32Array(this.#counts.length);
    let end = 0;
    for (let i = 0; i < ends.length; i += 1) {
      ends[i] = end;
      end += this.#counts[i]!;
    }
    const sorted = new Float64Array(this.#total);
    for (let i = 0; i < this.#total; i += 1) {
      const bucket = this.#buckets[i]!;
      sorted[ends[bucket]!] = this.#values[i]!;
      ends[bucket]! += 1;
    }
    return Array.from(this.#counts, (count, bucket) =>
      percentilesOf(sorted.subarray(ends[bucket]! - count, ends[bucket]!)),
    );
  }

  #grow(): void {
    const values = new Float64Array(this.#values.length * 2);
    values.set(this.#values);
    this.#values = values;
    const buckets = new Uint16Array(values.length);
    buckets.set(this.#buckets);
    this.#buckets = buckets;
  }
}
