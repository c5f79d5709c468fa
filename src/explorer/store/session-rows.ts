import { SOURCE_CLIENT } from '../recording/client-side.ts';
import { type RowTimes, type SessionRow, startKey, toRow } from '../sessions/row.ts';
import { type RowText, rowText } from '../sessions/search-rows.ts';
import { lastsToNow } from '../sessions/sources.ts';
import {
  addSaid,
  type CountedSpan,
  countSpan,
  joinTallies,
  newTally,
  type SessionTally,
} from '../sessions/tally.ts';
import { FLAG, NONE } from './columns.ts';
import { ABSENT, OTHERS } from './interner.ts';
import type { Joined } from './joins.ts';
import type { Chain, SpanIndex } from './span-index.ts';

/** A session's row as it is until its spans or, for an open one, the time change it. */
export interface KnownRow extends RowText {
  readonly number: number;
  readonly row: SessionRow;
  /** Names of the servers that it has spans of. */
  readonly services: readonly string[];
  readonly madeAt: number;
  /** Until when its status stays. */
  readonly holdsUntil: number;
  /** Absent where no time changes anything: all has ended. */
  readonly tally: SessionTally | undefined;
}

/** What a row is made of. */
type RowParts = Pick<Joined, 'number' | 'sessions'>;

/** What a chain is counted into. */
interface Counted {
  readonly tally: SessionTally;
  readonly services: Set<string>;
  /** Only its client recorded the session. */
  readonly isOfClient: boolean;
}

const COUNTED = FLAG.request | FLAG.sent;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Adds the spans of a session up, or those of several that are one. */
export function makeRow(index: SpanIndex, { number, sessions }: RowParts, times: RowTimes): KnownRow {
  const services = new Set<string>();
  const tallies = sessions.map((session) => {
    const tally = newTally(session.id, session.parts.copy());
    const count = (isOfClient: boolean): void => {
      for (const chain of session.chains.values()) countChain(index, chain, { tally, services, isOfClient });
    };
    count(session.source === SOURCE_CLIENT);
    // The server's spans are gone, and what the client recorded has not been settled since.
    if (tally.parts.all.length === 0) count(true);
    tally.about.addOne('source', session.source, 0);
    return tally;
  });
  return rowOf(number, joinTallies(tallies), index.origins.serviceList(services), times);
}

/** The same row at another time. */
export function rowAt(known: KnownRow, times: RowTimes): KnownRow {
  const { now } = times;
  if (known.tally === undefined) return known;
  if (now >= known.madeAt && now <= known.holdsUntil) {
    if (!lastsToNow(known.row) || now === known.madeAt) return known;
    return { ...known, row: { ...known.row, durationMs: Math.max(0, now - known.row.startedMs) } };
  }
  return rowOf(known.number, known.tally, known.services, times);
}

/** By which the starts of sessions are put in order. */
export function orderKey({ row, madeAt }: KnownRow): number {
  return startKey(row.startedMs, madeAt);
}

function rowOf(number: number, tally: SessionTally, services: readonly string[], times: RowTimes): KnownRow {
  const row = toRow(tally, times);
  let holdsUntil = Number.POSITIVE_INFINITY;
  for (const { newest, lastSeenMs } of tally.parts.all) {
    const lostAt = lastSeenMs + times.lostAfterMs;
    if (newest?.event !== 'end' && lostAt >= times.now) holdsUntil = Math.min(holdsUntil, lostAt);
  }
  const isOver = tally.parts.all.every(({ newest }) => newest?.event === 'end');
  const kept = isOver ? undefined : tally;
  return {
    number,
    row,
    ...rowText(row, tally.otherIds),
    services,
    madeAt: times.now,
    holdsUntil,
    tally: kept,
  };
}

function countChain(
  { origins, tools, methods }: SpanIndex,
  { file: { columns }, head, said }: Chain,
  { tally, services, isOfClient }: Counted,
): void {
  if (said !== undefined) addSaid(tally, said);
  const span = {} as Mutable<CountedSpan>;
  // Nearly all spans of a session are of one or two origins.
  const firstSeen = new Map<number, number>();
  let lastOrigin = -1;
  let earliestMs = 0;
  const keep = () => {
    if (lastOrigin !== -1)
      firstSeen.set(lastOrigin, Math.min(earliestMs, firstSeen.get(lastOrigin) ?? earliestMs));
  };
  for (let row = head; row !== NONE; row = columns.next[row]!) {
    const flags = columns.flags[row]!;
    const number = columns.origin[row]!;
    if ((flags & FLAG.client) !== 0 && !isOfClient) {
      tally.about.addOne('seenByClient', origins.get(number).seenByClient, columns.start[row]!);
      continue;
    }
    const startMs = columns.start[row]!;
    if (number !== lastOrigin) {
      keep();
      lastOrigin = number;
      earliestMs = startMs;
    } else if (startMs < earliestMs) earliestMs = startMs;
    if ((flags & FLAG.report) !== 0) continue;
    const tool = columns.tool[row]!;
    span.instance = origins.get(number).instance;
    span.startMs = startMs;
    span.endMs = columns.end[row]!;
    span.requestSize = columns.requestSize[row]!;
    span.responseSize = columns.responseSize[row]!;
    span.isReceivedRequest = (flags & COUNTED) !== 0;
    span.isAnsweredWithError = (flags & FLAG.error) !== 0;
    span.isFailure = (flags & FLAG.failed) !== 0;
    span.tool = tool === ABSENT || tool === OTHERS ? undefined : tools.textOf(tool);
    span.method = methods.textOf(columns.method[row]!);
    countSpan(tally, span);
  }
  keep();
  for (const [number, ms] of firstSeen) {
    const origin = origins.get(number);
    if (origin.service !== undefined) services.add(origin.service);
    tally.about.add(origin, ms);
  }
}
