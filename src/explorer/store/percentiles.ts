/** The percentiles that are shown; `undefined` without any value. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const PERCENTS = [50, 95, 99] as const;
/** Of fewer values, a bin has hardly any. */
const MANY = 1_000;
/** The bits of a 32-bit float behind those that choose its bin: sign, exponent, and the first four of the fraction. */
const BELOW_BIN = 19;
/** Values that are looked at at a time. */
const PART = 16_384;
/** None is below 0. */
const BINS = 2 ** (31 - BELOW_BIN);

/** Exact percentiles by nearest rank, of values none of which is below 0. They are put into another order. */
export function percentilesOf(values: Float64Array): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const [p50, p95, p99] = values.length < MANY ? ofFew(values) : ofMany(values);
  return { p50: p50!, p95: p95!, p99: p99! };
}

/** From the left to the right: what lies before a found rank is not looked at again. */
function ofFew(values: Float64Array): number[] {
  let from = 0;
  return PERCENTS.map((percent) => {
    const rank = rankOf(values.length, percent);
    select(values, rank, from, values.length - 1);
    from = rank;
    return values[rank]!;
  });
}

/** Binned by their first bits, which keep their order: only the bins that hold a percentile are looked into. */
function ofMany(values: Float64Array): number[] {
  const counts = new Uint32Array(BINS);
  for (const { bits } of inParts(values))
    for (let i = 0; i < bits.length; i += 1) counts[bits[i]! >>> BELOW_BIN]! += 1;
  const places = PERCENTS.map((percent) => placeOf(counts, rankOf(values.length, percent)));
  const [first, second, third] = places.map(({ bin }) => bin);
  const found = new Map(places.map(({ bin }) => [bin, new Float64Array(counts[bin]!)]));
  counts.fill(0);
  for (const { from, bits } of inParts(values)) {
    for (let i = 0; i < bits.length; i += 1) {
      const bin = bits[i]! >>> BELOW_BIN;
      if (bin !== first && bin !== second && bin !== third) continue;
      found.get(bin)![counts[bin]!] = values[from + i]!;
      counts[bin]! += 1;
    }
  }
  return places.map(({ bin, rank }) => {
    const ofBin = found.get(bin)!;
    select(ofBin, rank, 0, ofBin.length - 1);
    return ofBin[rank]!;
  });
}

/** The bits of the values as 32-bit floats, some at a time, so that little is held besides the values. */
function* inParts(values: Float64Array): Generator<{ from: number; bits: Uint32Array }> {
  const singles = new Float32Array(Math.min(values.length, PART));
  const bits = new Uint32Array(singles.buffer);
  for (let from = 0; from < values.length; from += PART) {
    const part = values.subarray(from, from + PART);
    singles.set(part);
    yield { from, bits: bits.subarray(0, part.length) };
  }
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

function rankOf(count: number, percent: number): number {
  return Math.ceil((count * percent) / 100) - 1;
}

/** Puts the value of the rank into its place, smaller ones before it: Hoare's selection, the pivot being the middle one of three. */
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
