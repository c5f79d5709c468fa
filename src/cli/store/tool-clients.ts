import type { RowTimes } from '../sessions/row.ts';
import type { ApiClient, ApiToolClients } from '../ui/api.ts';
import { FLAG } from './columns.ts';
import { ABSENT } from './interner.ts';
import { wasOpen } from './list-sessions.ts';
import { namesOf } from './present.ts';
import { clientOfSpan, scan, UNKNOWN_CLIENT } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';
import { shownLists } from './tools.ts';
import type { Range } from './types.ts';

interface Client {
  readonly versions: Set<string>;
  sessions: number;
  lastSeenMs: number;
  calls: number;
  /** Had a session with a server that lists the tool. */
  isConcerned: boolean;
}

/** Which clients were shown a tool, and which could have been. */
export function toolClientsOf(
  index: SpanIndex,
  table: SessionTable,
  name: string,
  range: Range,
  times: RowTimes,
): ApiToolClients {
  const seen = new Set<string>();
  const listed = new Set<string>();
  const listing = new Set<string>();
  for (const [list, shown] of shownLists(index, table, range)) {
    for (const client of shown.clients) listed.add(client);
    if (!namesOf(index.toolLists.textOf(list)).includes(name)) continue;
    for (const client of shown.clients) seen.add(client);
    for (const service of shown.services) listing.add(index.origins.services.textOf(service));
  }
  const clients = clientsOf(table, range, times, listing);
  countCalls(index, table, name, range, clients);
  const toApi = (client: string): ApiClient => {
    const { versions, sessions, lastSeenMs, calls } = clients.get(client) ?? newClient();
    const hasListed = listed.has(client);
    return { name: client, versions: [...versions].sort(), sessions, lastSeenMs, calls, hasListed };
  };
  const byLastSeen = (a: ApiClient, b: ApiClient) =>
    b.lastSeenMs - a.lastSeenMs || (a.name < b.name ? -1 : 1);
  const notSeen = [...clients].filter(([client, { isConcerned }]) => isConcerned && !seen.has(client));
  return {
    name,
    seen: [...seen].map(toApi).sort(byLastSeen),
    notSeen: notSeen.map(([client]) => toApi(client)).sort(byLastSeen),
  };
}

function clientsOf(
  table: SessionTable,
  range: Range,
  times: RowTimes,
  listing: ReadonlySet<string>,
): Map<string, Client> {
  const clients = new Map<string, Client>();
  for (const number of table.newestFirst()) {
    const known = table.get(number, times);
    if (known === undefined || !wasOpen(known.row, range)) continue;
    const { row, services } = known;
    if (range.service !== undefined && !services.includes(range.service)) continue;
    const client = clients.get(row.clientName ?? UNKNOWN_CLIENT) ?? newClient();
    clients.set(row.clientName ?? UNKNOWN_CLIENT, client);
    client.sessions += 1;
    client.lastSeenMs = Math.max(client.lastSeenMs, row.lastSeenMs);
    if (row.clientVersion !== undefined) client.versions.add(row.clientVersion);
    client.isConcerned ||=
      services.length === 0 ? listing.has('') : services.some((service) => listing.has(service));
  }
  return clients;
}

function countCalls(
  index: SpanIndex,
  table: SessionTable,
  name: string,
  range: Range,
  clients: ReadonlyMap<string, Client>,
): void {
  const wanted = index.tools.find(name);
  if (wanted === ABSENT) return;
  scan(index, range, FLAG.request | FLAG.call, (columns, row) => {
    if (columns.tool[row] !== wanted) return;
    const client = clients.get(clientOfSpan(index, table, columns, row));
    if (client !== undefined) client.calls += 1;
  });
}

function newClient(): Client {
  return {
    versions: new Set(),
    sessions: 0,
    lastSeenMs: 0,
    calls: 0,
    isConcerned: false,
  };
}
