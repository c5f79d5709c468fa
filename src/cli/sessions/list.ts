import type { ProblemCount } from '../../explorer/recording/problems.ts';
import type { Recording } from '../../explorer/recording/recording.ts';
import { matches, type SessionFilter, shortIds } from '../../explorer/sessions/find.ts';
import { listSessions } from '../../explorer/sessions/query.ts';
import { RecordingSearch } from '../../explorer/sessions/search-rows.ts';
import type { CliIo } from '../io.ts';
import { listJson } from './json-view.ts';
import { listLines } from './list-view.ts';
import { contextOf, note, print } from './output.ts';
import { NEWEST_FIRST, type Sort, sorted } from './sort.ts';

export interface ListOptions {
  readonly search?: string | undefined;
  readonly filter: SessionFilter;
  readonly sort?: Sort | undefined;
  readonly limit?: number | undefined;
  readonly lostAfterMs: number;
  readonly json: boolean;
}

/** Prints the sessions of a recording that match. */
export async function printList(
  recording: Recording,
  place: string,
  { search: text = '', filter, sort = NEWEST_FIRST, limit, lostAfterMs, json }: ListOptions,
  problems: ProblemCount,
  io: CliIo,
): Promise<void> {
  const context = contextOf(io);
  const search = new RecordingSearch(text);
  const all = await listSessions(recording, { now: context.now, lostAfterMs }, problems, search);
  const matching = all.filter((row) => matches(row, filter) && search.finds(row));
  const rows = sorted(matching, sort, context.now).slice(0, limit);
  const ids = all.flatMap(({ id, otherIds }) => [id, ...otherIds]);
  if (json) io.stdout.write(listJson(rows));
  else if (rows.length > 0) print(listLines(rows, shortIds(ids), context), io);
  if (all.length === 0) note(`no MCP session is recorded in ${place}`, io);
  else if (rows.length === 0) note(noMatch(all.length, place), io);
  else if (rows.length < matching.length) {
    const which = sort.column === 'started' && sort.order === 'desc' ? 'newest' : 'first';
    note(`showing the ${which} ${rows.length} of ${count(matching.length)} (--limit ${limit})`, io);
  }
}

function noMatch(sessions: number, place: string): string {
  return sessions === 1
    ? `the one session in ${place} does not match`
    : `none of the ${sessions} sessions in ${place} matches`;
}

function count(sessions: number): string {
  return sessions === 1 ? '1 session' : `${sessions} sessions`;
}
