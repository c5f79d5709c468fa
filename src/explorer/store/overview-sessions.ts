import type { RowTimes } from '../sessions/row.ts';
import type { Overview } from './answers.ts';
import type { Buckets } from './buckets.ts';
import { NONE } from './columns.ts';
import { wasOpen, wasServed } from './list-sessions.ts';
import { UNKNOWN_CLIENT } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import type { Range } from './types.ts';

const MAX_CLIENTS = 50;

/** Requests of each session, by its number, and of none. */
export class CallCounts {
  readonly #calls: Uint32Array;
  readonly #errors: Uint32Array;

  constructor(sessions: number) {
    this.#calls = new Uint32Array(sessions);
    this.#errors = new Uint32Array(sessions);
  }

  add(session: number, isError: boolean): void {
    if (session === NONE) return;
    this.#calls[session]! += 1;
    if (isError) this.#errors[session]! += 1;
  }

  /** Of a session, or of all parts of one. */
  of(sessions: readonly { readonly number: number }[]): { calls: number; errors: number } {
    let calls = 0;
    let errors = 0;
    for (const { number } of sessions) {
      calls += this.#calls[number] ?? 0;
      errors += this.#errors[number] ?? 0;
    }
    return { calls, errors };
  }
}

export interface OverviewSessions {
  readonly count: number;
  readonly active: number;
  /** Those that started in each bucket. */
  readonly started: number[];
  readonly clients: Overview['clients'];
}

/** The sessions that were open in the range. */
export function overviewSessions(
  table: SessionTable,
  range: Range & { readonly from: number; readonly to: number },
  times: RowTimes,
  counts: CallCounts,
  { starts, bucketOf }: Buckets,
): OverviewSessions {
  const started = starts.map(() => 0);
  const clients = new Map<string, { sessions: number; calls: number; errors: number; lastSeenMs: number }>();
  let count = 0;
  let active = 0;
  for (const number of table.newestFirst()) {
    const known = table.get(number, times);
    if (known === undefined || !wasServed(known.row) || !wasOpen(known.row, range)) continue;
    const { row, services } = known;
    if (range.service !== undefined && !services.includes(range.service)) continue;
    count += 1;
    if (row.status === 'active') active += 1;
    if (row.startedMs >= range.from) started[bucketOf(row.startedMs)]! += 1;
    const name = row.clientName ?? UNKNOWN_CLIENT;
    const client = clients.get(name) ?? { sessions: 0, calls: 0, errors: 0, lastSeenMs: 0 };
    clients.set(name, client);
    const { calls, errors } = counts.of(table.several(number)?.sessions ?? [{ number }]);
    client.sessions += 1;
    client.calls += calls;
    client.errors += errors;
    client.lastSeenMs = Math.max(client.lastSeenMs, row.lastSeenMs);
  }
  const inOrder = [...clients]
    .map(([name, client]) => ({ name, ...client }))
    .sort((a, b) => b.sessions - a.sessions || (a.name < b.name ? -1 : 1));
  return { count, active, started, clients: inOrder.slice(0, MAX_CLIENTS) };
}
