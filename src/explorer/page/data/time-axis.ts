import type { ApiAxis } from '../../server/api.ts';

/** What a pause is drawn as, and all of them together, of the whole axis. */
const [PAUSE, ALL_PAUSES] = [0.02, 0.3];

/** Where a time is on its axis, from 0 to 1: pauses are drawn short. */
export function shareOf({ fromMs, toMs, pauses }: ApiAxis, timeMs: number): number {
  const pausedMs = pauses.reduce((sum, [from, to]) => sum + to - from, 0);
  const activeMs = toMs - fromMs - pausedMs;
  const pause = activeMs > 0 ? Math.min(PAUSE, ALL_PAUSES / pauses.length) : 1 / pauses.length;
  let share = 0;
  let pausedBefore = 0;
  for (const [from, to] of pauses) {
    if (timeMs <= from) break;
    const passed = Math.min(to, timeMs) - from;
    pausedBefore += passed;
    share += (pause * passed) / (to - from);
  }
  if (activeMs > 0) share += ((timeMs - fromMs - pausedBefore) / activeMs) * (1 - pause * pauses.length);
  return Math.min(1, Math.max(0, share));
}

/** The pauses as an image to lay behind the bars. */
export function pausesImage(axis: ApiAxis): string {
  if (axis.pauses.length === 0) return 'none';
  const stops = axis.pauses.flatMap(([from, to]) => {
    const [start, end] = [from, to].map((ms) => `${(shareOf(axis, ms) * 100).toFixed(2)}%`);
    return [`transparent ${start}`, `var(--pause) ${start} ${end}`, `transparent ${end}`];
  });
  return `linear-gradient(90deg, ${stops.join(', ')})`;
}
