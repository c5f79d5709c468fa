const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MAX_BUCKETS = 120;

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  DAY,
];

export interface Buckets {
  readonly stepMs: number;
  /** Start of each; the first holds `from`, the last `to`. */
  readonly starts: number[];
  /** The bucket of a time between the two. */
  readonly bucketOf: (ms: number) => number;
}

/** Parts of a range of time that are as wide as clocks and calendars have it, in UTC, and few enough to be drawn. */
export function bucketsOf(from: number, to: number): Buckets {
  const days = Math.ceil((to - from) / DAY / (MAX_BUCKETS - 1));
  const stepMs = STEPS.find((step) => countOf(from, to, step) <= MAX_BUCKETS) ?? days * DAY;
  const first = Math.floor(from / stepMs);
  const starts = Array.from({ length: countOf(from, to, stepMs) }, (_, i) => (first + i) * stepMs);
  const start = first * stepMs;
  return { stepMs, starts, bucketOf: (ms) => Math.floor((ms - start) / stepMs) };
}

function countOf(from: number, to: number, step: number): number {
  return Math.floor(to / step) - Math.floor(from / step) + 1;
}
