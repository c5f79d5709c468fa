import { DURATION_BUCKETS, SESSION_DURATION_BUCKETS } from '../../../../src/sdk/signals/semconv.ts';
import { type RequestTruth, type SessionTruth, sharesOf, type Truth } from '../traffic/truth.ts';

/** Clocks of one machine, read in different processes. */
export const CLOCK_SLACK_MS = 30;
/** Timers count whole milliseconds. */
const TIMER_EARLY_MS = 1;
const MS = 1000;

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

/** @param until - when the panels were looked at, in Unix milliseconds; for bounds of durations only */
export function operationsOf(
  { sessions }: Pick<Truth, 'sessions'>,
  until = Number.POSITIVE_INFINITY,
): Operation[] {
  return sessions.flatMap((session) => [
    ...answered(session).map((request) => operationOf(request, session, until)),
    ...session.notifications.map((method) => ({
      method,
      least: 0,
      most: notifiedMs(session, until) / MS,
      session,
    })),
  ]);
}

/** A span begins to exist when its request is answered. */
export const answered = ({ requests }: Pick<SessionTruth, 'requests'>): RequestTruth[] =>
  requests.filter(({ answeredAt }) => answeredAt !== undefined);

/**
 * Between how many milliseconds the server measured a request to last.
 *
 * It stops its clock when it has sent the answer, and may have to wait for the processor in between: the client can
 * have got the answer long before. But a server that reads the client's next message is done with the one before.
 */
export function latencyOf(
  request: RequestTruth,
  session: SessionTruth,
  until: number,
): { least: number; most: number } {
  const { sentAt, atLeastMs } = request;
  const least = Math.max(0, atLeastMs - TIMER_EARLY_MS);
  return { least, most: doneBy(request, session, until) - sentAt + CLOCK_SLACK_MS };
}

/** When the server was done with a request at the latest, in Unix milliseconds. */
export function doneBy(request: RequestTruth, session: SessionTruth, until: number): number {
  const share = sharesOf(session).find(({ requests }) => requests.includes(request)) ?? session;
  const known = answered(share);
  return known[known.indexOf(request) + 1]?.answeredAt ?? session.ended?.to ?? until;
}

/** How long a notification, which the client sends after its first request, can have taken. */
function notifiedMs(session: SessionTruth, until: number): number {
  const [first, second] = answered(session);
  const done = second?.answeredAt ?? session.ended?.to ?? until;
  return done - (first?.sentAt ?? session.started.from) + CLOCK_SLACK_MS;
}

function operationOf(request: RequestTruth, session: SessionTruth, until: number): Operation {
  const { method, tool, errorType, statusCode } = request;
  const { least, most } = latencyOf(request, session, until);
  return {
    method,
    ...(tool !== undefined && { tool }),
    ...(errorType !== undefined && { errorType }),
    ...(statusCode !== undefined && { statusCode }),
    least: least / MS,
    most: most / MS,
    session,
  };
}

export const isFailure = ({ errorType, statusCode }: Pick<Operation, 'errorType' | 'statusCode'>): boolean =>
  errorType !== undefined || statusCode !== undefined;

/** What the column Status says of a request. */
export function outcomeOf(request: RequestTruth): 'ok' | 'error' | 'asks user' {
  if (request.asksUser === true) return 'asks user';
  return isFailure(request) ? 'error' : 'ok';
}

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
