import { SOURCE_CLIENT } from '../recording/client-side.ts';
import { errorRateOf, type RowTimes, type SessionRow, STATUS_ORDER } from '../sessions/row.ts';
import { sortedBy } from '../sessions/sort-by.ts';
import type { SessionSort } from './answers.ts';
import { type KnownRow, orderKey } from './session-rows.ts';
import type { SessionTable } from './session-table.ts';
import type { ListQuery } from './types.ts';

type Key = number | string;

const KEYS: Readonly<Record<Exclude<SessionSort, 'started'>, (known: KnownRow) => Key>> = {
  session: ({ text, clientAt }) => text.slice(0, clientAt),
  client: ({ text, clientAt, toolsAt }) => text.slice(clientAt, toolsAt),
  server: ({ row }) => row.service?.toLowerCase() ?? '',
  duration: ({ row }) => row.durationMs,
  calls: ({ row }) => row.calls,
  errors: ({ row }) => row.errors,
  error_rate: ({ row }) => errorRateOf(row),
  status: ({ row }) => STATUS_ORDER[row.status],
  tools: ({ text, toolsAt }) => text.slice(toolsAt),
};

/** Numbers of the matching sessions in order. Where the order does not tell them apart, the newest start is first. */
export function listSessions(
  table: SessionTable,
  query: ListQuery,
  times: RowTimes,
  isFound: (known: KnownRow) => boolean = () => true,
): number[] {
  const matches = matcherOf(query);
  const found: KnownRow[] = [];
  for (const number of table.newestFirst()) {
    const known = table.get(number, times);
    if (known !== undefined && matches(known) && isFound(known)) found.push(known);
  }
  return sorted(found, query.sort ?? 'started', query.order ?? 'desc').map(({ number }) => number);
}

/** Whether the session was open at some time between the two. */
export function wasOpen(
  { startedMs, durationMs }: SessionRow,
  { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined },
): boolean {
  return (to === undefined || startedMs <= to) && (from === undefined || startedMs + durationMs >= from);
}

/** Whether a server recorded it: what only a client did is in no figure of a server. */
export function wasServed({ source }: SessionRow): boolean {
  return source !== SOURCE_CLIENT;
}

function matcherOf(query: ListQuery): (known: KnownRow) => boolean {
  const { status, client, tool, service, errors } = query;
  const clientPart = query.clientPart?.trim().toLowerCase() ?? '';
  return ({ row, text, clientAt, toolsAt, services }) =>
    (status === undefined || row.status === status) &&
    (client === undefined || row.clientName === client) &&
    (clientPart === '' || text.slice(clientAt, toolsAt).includes(clientPart)) &&
    (errors !== true || row.errors > 0) &&
    wasOpen(row, query) &&
    (service === undefined || services.includes(service)) &&
    (tool === undefined || row.tools.includes(tool));
}

function sorted(rows: KnownRow[], sort: SessionSort, order: 'asc' | 'desc'): KnownRow[] {
  if (sort === 'started') {
    if (order === 'desc') return rows;
    return rows.sort((a, b) => orderKey(a) - orderKey(b));
  }
  return sortedBy(rows, KEYS[sort], order);
}
