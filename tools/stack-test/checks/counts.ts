import { DURATION_BUCKETS, SESSION_DURATION_BUCKETS } from '../../../src/sdk/signals/semconv.ts';
import type { RequestTruth, SessionTruth, Truth } from '../traffic/truth.ts';

/** A request or notification that a server received and is done with: what the histogram of operations counts. */
export interface Operation {
  method: string;
  tool?: string;
  errorType?: string;
  statusCode?: string;
  /** Seconds: it took at least and at most so long. */
  least: number;
  most: number;
  session: SessionTruth;
}

export function operationsOf({ sessions }: Pick<Truth, 'sessions'>): Operation[] {
  return sessions.flatMap((session) => [
    ...session.requests.flatMap((request) => finished(request, session)),
    ...session.notifications.map((method) => ({ method, least: 0, most: 1, session })),
  ]);
}

function finished(request: RequestTruth, session: SessionTruth): Operation[] {
  const { method, tool, errorType, statusCode, atLeastMs, tookMs } = request;
  if (tookMs === undefined) return [];
  return [
    {
      method,
      ...(tool !== undefined && { tool }),
      ...(errorType !== undefined && { errorType }),
      ...(statusCode !== undefined && { statusCode }),
      least: atLeastMs / 1000,
      most: tookMs / 1000,
      session,
    },
  ];
}

export const isFailure = ({ errorType, statusCode }: Operation): boolean =>
  errorType !== undefined || statusCode !== undefined;

/** How many there are of each. */
export function countBy<T>(
  list: readonly T[],
  keyOf: (one: T) => string | undefined,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of list) {
    const key = keyOf(one);
    if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/**
 * Between which numbers a quantile lies that is estimated from a histogram: the bounds of the buckets that hold it.
 *
 * @param bounds for each value, between which two it lies
 */
export function quantileBounds(
  bounds: { least: number; most: number }[],
  q: number,
  buckets: readonly number[] = DURATION_BUCKETS,
): [least: number, most: number] {
  const rank = Math.max(0, Math.ceil(q * bounds.length) - 1);
  const at = (values: number[]): number => values.sort((a, b) => a - b)[rank] ?? Number.NaN;
  const least = at(bounds.map((one) => one.least));
  const most = at(bounds.map((one) => one.most));
  const below = buckets.filter((bound) => bound < least).at(-1) ?? 0;
  const above = buckets.find((bound) => bound >= most) ?? (buckets.at(-1) as number);
  return [below, above];
}

/** Between how many seconds the sessions lasted that ended in order. */
export function sessionDurations({ sessions }: Truth): { least: number; most: number }[] {
  return sessions.flatMap(({ started, ended }) =>
    ended === undefined
      ? []
      : [{ least: (ended.from - started.to) / 1000, most: (ended.to - started.from) / 1000 }],
  );
}

export const SESSION_BUCKETS = SESSION_DURATION_BUCKETS;
