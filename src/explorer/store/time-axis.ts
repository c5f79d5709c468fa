import type { TimeAxis } from './answers.ts';

/** Shorter ones are not worth a break; so there are fewer than fifty. */
const LEAST_SHARE = 0.02;

/**
 * The axis of what took these times. Clients think for minutes between calls that take milliseconds: long times in which
 * nothing went on are its pauses.
 *
 * @param times - from, to
 */
export function axisOf(times: readonly (readonly [number, number])[]): TimeAxis {
  const inOrder = [...times].sort(([a], [b]) => a - b);
  const fromMs = inOrder[0]?.[0] ?? 0;
  let toMs = fromMs;
  const pauses: [number, number][] = [];
  for (const [from, to] of inOrder) {
    if (from > toMs) pauses.push([toMs, from]);
    toMs = Math.max(toMs, to);
  }
  const least = (toMs - fromMs) * LEAST_SHARE;
  return { fromMs, toMs, pauses: pauses.filter(([from, to]) => to - from > least) };
}
