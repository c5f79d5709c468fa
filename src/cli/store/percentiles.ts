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
  const p50 = rankOf(values, 50, 0);
  const p95 = rankOf(values, 95, p50);
  const p99 = rankOf(values, 99, p95);
  return { p50: values[p50]!, p95: values[p95]!, p99: values[p99]! };
}

/** Puts the value of the rank into its place, smaller ones before it, and returns the place. */
function rankOf(values: Float64Array, percent: number, from: number): number {
  const rank = Math.ceil((values.length * percent) / 100) - 1;
  select(values, rank, from, values.length - 1);
  return rank;
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
