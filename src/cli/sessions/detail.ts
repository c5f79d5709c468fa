import { ProblemCount } from '../../explorer/recording/problems.ts';
import type { Recording } from '../../explorer/recording/recording.ts';
import { collectLogs } from '../../explorer/sessions/collect-logs.ts';
import { eventsOf } from '../../explorer/sessions/events.ts';
import { clientOf, resolveId, resolveSaidId } from '../../explorer/sessions/find.ts';
import { collectSession, listJoinedIds, listSessions, rowOfSpans } from '../../explorer/sessions/query.ts';
import type { SessionRow } from '../../explorer/sessions/row.ts';
import { visible } from '../../explorer/text/visible.ts';
import { CliError, type CliIo } from '../io.ts';
import { type Column, renderTable } from '../terminal/table.ts';
import { detailLines } from './detail-view.ts';
import { detailJson } from './json-view.ts';
import type { ViewContext } from './list-view.ts';
import { contextOf, print } from './output.ts';

export interface DetailOptions {
  /** The id, or a part of it. */
  readonly typed: string;
  /** Interim reports too. */
  readonly withUpdates: boolean;
  readonly lostAfterMs: number;
  readonly json: boolean;
}

const MAX_CANDIDATES = 20;
const CANDIDATE_COLUMNS: readonly Column[] = [
  { header: 'Session' },
  { header: 'Client' },
  { header: 'Started' },
];

/** Prints the events of one session. */
export async function printDetail(
  recording: Recording,
  place: string,
  { typed, withUpdates, lostAfterMs, json }: DetailOptions,
  problems: ProblemCount,
  io: CliIo,
): Promise<void> {
  const context = contextOf(io);
  const times = { now: context.now, lostAfterMs };
  const joined = await listJoinedIds(recording, problems);
  const sameOf = new Map(joined.flatMap((same) => same.map((id) => [id, same])));
  const found = new Set(resolveId(sameOf.keys(), typed).map((id) => sameOf.get(id)?.[0] ?? id));
  const rows = found.size === 1 ? [] : await listSessions(recording, times, new ProblemCount());
  // Others know a session by the id of its conversation, or by that of the protocol.
  const ids = found.size > 0 ? [...found] : resolveSaidId(rows, typed);
  const [id] = ids;
  if (id === undefined) throw new CliError(`no session in ${place} has an id like ${visible(typed)}`, 1);
  if (ids.length > 1) throw new CliError(ambiguous(typed, candidates(ids, rows), context), 1);
  const spans = await collectSession(recording, sameOf.get(id) ?? [id]);
  const row = rowOfSpans(spans, times);
  if (row === undefined) throw new CliError(`session ${visible(id)} was removed while it was read`, 1);
  const events = eventsOf(spans, { withUpdates });
  const logs = await collectLogs(place, recording, events);
  if (json) io.stdout.write(detailJson(row, events, logs));
  else print(detailLines(row, events, logs, context), io);
}

/** The newest first, as in the list. */
function candidates(ids: readonly string[], rows: readonly SessionRow[]): SessionRow[] {
  const wanted = new Set(ids);
  return rows.filter(({ id, otherIds }) => wanted.has(id) || otherIds.some((other) => wanted.has(other)));
}

function ambiguous(typed: string, rows: readonly SessionRow[], { clock, now }: ViewContext): string {
  const cells = rows.slice(0, MAX_CANDIDATES).map((row) => ({
    cells: [row.id, clientOf(row) || '-', clock.short(row.startedMs, now)].map((text) => ({ text })),
  }));
  const { lines } = renderTable(CANDIDATE_COLUMNS, cells, undefined, (text) => text);
  const more = rows.length > MAX_CANDIDATES ? [`and ${rows.length - MAX_CANDIDATES} more`] : [];
  return [
    `${visible(typed)} could be any of these sessions:`,
    ...[...lines, ...more].map((line) => `    ${line}`),
  ].join('\n');
}
