import { ATTR_MCP_CLIENT_SESSION_EVENT } from '../../sdk/signals/semconv.ts';
import type { RecordedSpan } from '../recording/otlp.ts';
import type { ProblemCount } from '../recording/problems.ts';
import type { Recording } from '../recording/recording.ts';
import { byNewestStart, type RowTimes, type SessionRow, toRow } from './row.ts';
import type { RecordingSearch } from './search-rows.ts';
import { sessionIdOf } from './session-span.ts';
import { SessionTallies } from './tally.ts';

/**
 * All sessions of the recording, newest start first. Reads it twice, so that memory is bounded by the sessions.
 *
 * @param search - is told of all spans
 */
export async function listSessions(
  recording: Recording,
  times: RowTimes,
  problems: ProblemCount,
  search?: RecordingSearch,
): Promise<SessionRow[]> {
  const tallies = new SessionTallies();
  for await (const span of recording.spans({ containing: ATTR_MCP_CLIENT_SESSION_EVENT }))
    tallies.addSessionSpan(span);
  for await (const span of recording.spans({ onProblem: problems.note })) {
    tallies.addSpan(span);
    search?.addSpan(span);
  }
  return tallies
    .all()
    .map((tally) => toRow(tally, times))
    .sort(byNewestStart(times.now));
}

/** The ids that are one session, for each session of the recording: see `joinParts`. */
export async function listJoinedIds(recording: Recording, problems: ProblemCount): Promise<string[][]> {
  const ids = new Set<string>();
  const tallies = new SessionTallies();
  for await (const span of recording.spans({ onProblem: problems.note })) {
    tallies.addSessionSpan(span);
    const id = sessionIdOf(span);
    if (id !== undefined) ids.add(id);
  }
  const joined = tallies.joined();
  for (const same of joined) for (const id of same) ids.delete(id);
  return [...joined, ...[...ids].map((id) => [id])];
}

/** The spans of one session, by all of its ids; each once. */
export async function collectSession(recording: Recording, ids: readonly string[]): Promise<RecordedSpan[]> {
  const wanted = new Set<string | undefined>(ids);
  const spans = new Map<string, RecordedSpan>();
  for await (const span of recording.spans()) {
    if (wanted.has(sessionIdOf(span))) spans.set(`${span.traceId}${span.spanId}`, span);
  }
  return [...spans.values()];
}

/** The row of a session whose spans are at hand. */
export function rowOfSpans(spans: readonly RecordedSpan[], times: RowTimes): SessionRow | undefined {
  const tallies = new SessionTallies();
  for (const span of spans) tallies.addSessionSpan(span);
  for (const span of spans) tallies.addSpan(span);
  const [tally] = tallies.all();
  return tally === undefined ? undefined : toRow(tally, times);
}
