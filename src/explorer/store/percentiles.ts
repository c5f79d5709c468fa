/** The percentiles that are shown; `undefined` without any value. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Exact percentiles by nearest rank. The values are put into another order. */
export function percentilesOf(values: Float64Array): Percentiles | undefined {
  if (values.length === 0) return undefined;
  // From the left to the right: what lies before a found rank is not looked at again.
  const p50 = settleRank(values, 50, 0);
  const p95 = settleRank(values, 95, p50);
  const p99 = settleRank(values, 99, p95);
  return { p50: values[p50]!, p95: values[p95]!, p99: values[p99]! };
}

/** The bits of a 32-bit float that choose its bin: sign, exponent, and the first of the fraction. */
const BIN_BITS = 16;

/**
 * The same for very many values, none below 0, whose order stays. Binned by their first bits, which keep their order;
 * only the bins that hold a percentile are looked into.
 */
export function percentilesOfMany(values: Float64Array): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const single = new Float32Array(1);
  const bits = new Uint32Array(single.buffer);
  const counts = new Uint32Array(2 ** BIN_BITS);
  for (let i = 0; i < values.length; i += 1) {
    single[0] = values[i]!;
    counts[bits[0]! >>> (32 - BIN_BITS)]! += 1;
  }
  const wanted = [50, 95, 99].map((percent) => placeOf(counts, rankOf(values.length, percent)));
  const found = new Map<number, number[]>(wanted.map(({ bin }) => [bin, []]));
  const isWanted = new Uint8Array(counts.length);
  for (const { bin } of wanted) isWanted[bin] = 1;
  for (let i = 0; i < values.length; i += 1) {
    single[0] = values[i]!;
    const bin = bits[0]! >>> (32 - BIN_BITS);
    if (isWanted[bin] === 1) found.get(bin)!.push(values[i]!);
  }
  const sorted = new Map([...found].map(([bin, each]) => [bin, Float64Array.from(each).sort()]));
  const [p50, p95, p99] = wanted.map(({ bin, rank }) => sorted.get(bin)![rank]!);
  return { p50: p50!, p95: p95!, p99: p99! };
}

/** In which bin the value of a rank is, and its rank there. */
function placeOf(counts: Uint32Array, rankOfAll: number): { bin: number; rank: number } {
  let rank = rankOfAll;
  let bin = 0;
  while (rank >= counts[bin]!) {
    rank -= counts[bin]!;
    bin += 1;
  }
  return { bin, rank };
}

/** Puts the value of the rank into its place, smaller ones before it, and returns the place. */
function settleRank(values: Float64Array, percent: number, from: number): number {
  const rank = rankOf(values.length, percent);
  select(values, rank, from, values.length - 1);
  return rank;
}

function rankOf(count: number, percent: number): number {
  return Math.ceil((count * percent) / 100) - 1;
}

/** Hoare's selection, the pivot being the middle one of three. */
function select(values: Float64Array, rank: number, first: number, last: number): void {
  let left = first;
  let right = last;
  while (right > left) {
    const pivot = middleOf(values[left]!, values[(left + right) >>> 1]!, values[right]!);
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! < pivot) i += 1;
      while (values[j]! > pivot) j -= 1;
      if (i > j) break;
      const value = values[i]!;
      values[i] = values[j]!;
      values[j] = value;
      i += 1;
      j -= 1;
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else return;
  }
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
