import type { ApiAxis } from '../../server/api.ts';
import { shareOf } from '../data/time-axis.ts';

export interface TimeBarProps {
  readonly axis: ApiAxis;
  readonly fromMs: number;
  readonly lastsMs: number;
}

/** When something was, and for how long, on an axis that it shares with others. */
export function TimeBar({ axis, fromMs, lastsMs }: TimeBarProps) {
  const from = shareOf(axis, fromMs) * 100;
  const width = shareOf(axis, fromMs + lastsMs) * 100 - from;
  return (
    <span class="bar" aria-hidden="true">
      <span style={{ left: `${from.toFixed(2)}%`, width: `${width.toFixed(2)}%` }} />
    </span>
  );
}
