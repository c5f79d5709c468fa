import type { RowTimes } from '../sessions/row.ts';
import type { ToolClient, ToolClients } from './answers.ts';
import { FLAG } from './columns.ts';
import { ABSENT } from './interner.ts';
import { wasOpen, wasServed } from './list-sessions.ts';
import { clientOfSpan, scan, UNKNOWN_CLIENT } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';
import { shownLists } from './tools.ts';
import type { Range } from './types.ts';

interface Client {
  readonly versions: Set<string>;
  /** Servers that it had a session with. */
  readonly services: Set<string>;
  sessions: number;
  lastSeenMs: number;
}

/** Who was shown one tool, and where it is listed. */
interface Listing {
  readonly seen: Set<string>;
  readonly services: Set<string>;
}

/** What clients did to know of tools. */
interface Asked {
  /** Those that asked for a list of tools at all. */
  readonly listed: Set<string>;
  /** Servers by the clients that they showed lists of which not all is recorded. */
  readonly inPart: Map<string, Set<string>>;
}

/** Which clients were shown each of the tools, and which could have been; in the order of `names`. */
export function toolClientsOf(
  index: SpanIndex,
  table: SessionTable,
  names: readonly string[],
  range: Range,
  times: RowTimes,
): ToolClients[] {
  const listings = new Map(names.map((name): [string, Listing] => [name, newListing()]));
  const { listed, inPart } = readListings(index, table, range, listings);
  const clients = clientsOf(table, range, times);
  const calls = callsOf(index, table, names, range);
  return names.map((name) => {
    const { seen, services } = listings.get(name) ?? newListing();
    const describe = (client: string): ToolClient => {
      const { versions, sessions, lastSeenMs } = clients.get(client) ?? newClient();
      return {
        name: client,
        versions: [...versions].sort(),
        sessions,
        lastSeenMs,
        calls: calls.get(name)?.get(client) ?? 0,
        hasListed: listed.has(client),
      };
    };
    const mayHaveSeen = (client: string) => overlap(inPart.get(client), services);
    const others = [...clients].filter(
      ([client, had]) => !seen.has(client) && overlap(had.services, services),
    );
    const inOrder = (names: Iterable<string>) => [...names].map(describe).sort(byLastSeen);
    const without = others.map(([client]) => client);
    return {
      name,
      seen: inOrder(seen),
      notSeen: inOrder(without.filter((client) => !mayHaveSeen(client))),
      maybeSeen: inOrder(without.filter(mayHaveSeen)),
    };
  });
}

const byLastSeen = (a: ToolClient, b: ToolClient): number =>
  b.lastSeenMs - a.lastSeenMs || (a.name < b.name ? -1 : 1);

function overlap(some: ReadonlySet<string> | undefined, others: ReadonlySet<string>): boolean {
  return some !== undefined && [...some].some((each) => others.has(each));
}

/** Fills `listings`. */
function readListings(
  index: SpanIndex,
  table: SessionTable,
  range: Range,
  listings: ReadonlyMap<string, Listing>,
): Asked {
  const listed = new Set<string>();
  const inPart = new Map<string, Set<string>>();
  for (const { names, hasMore, clients, services: numbers } of shownLists(index, table, range)) {
    const services = [...numbers].map((number) => index.origins.services.textOf(number));
    for (const client of clients) {
      listed.add(client);
      if (hasMore) inPart.set(client, new Set([...(inPart.get(client) ?? []), ...services]));
    }
    for (const name of names) {
      const listing = listings.get(name);
      for (const client of clients) listing?.seen.add(client);
      for (const service of services) listing?.services.add(service);
    }
  }
  return { listed, inPart };
}

function clientsOf(table: SessionTable, range: Range, times: RowTimes): Map<string, Client> {
  const clients = new Map<string, Client>();
  for (const number of table.newestFirst()) {
    const known = table.get(number, times);
    if (known === undefined || !wasServed(known.row) || !wasOpen(known.row, range)) continue;
    const { row, services } = known;
    if (range.service !== undefined && !services.includes(range.service)) continue;
    const client = clients.get(row.clientName ?? UNKNOWN_CLIENT) ?? newClient();
    clients.set(row.clientName ?? UNKNOWN_CLIENT, client);
    client.sessions += 1;
    client.lastSeenMs = Math.max(client.lastSeenMs, row.lastSeenMs);
    if (row.clientVersion !== undefined) client.versions.add(row.clientVersion);
    for (const service of services.length === 0 ? [''] : services) client.services.add(service);
  }
  return clients;
}

/** Calls by tool and client. */
function callsOf(
  index: SpanIndex,
  table: SessionTable,
  names: readonly string[],
  range: Range,
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const byName = new Map<string, Map<string, number>>();
  const byNumber = new Map<number, Map<string, number>>();
  const isAsked = new Uint8Array(index.tools.size);
  for (const name of names) {
    const number = index.tools.find(name);
    if (number === ABSENT) continue;
    const calls = new Map<string, number>();
    byName.set(name, calls);
    byNumber.set(number, calls);
    isAsked[number] = 1;
  }
  if (byNumber.size === 0) return byName;
  for (const { columns, rows } of scan(index, range, FLAG.request | FLAG.call)) {
    for (const row of rows) {
      const tool = columns.tool[row]!;
      const calls = isAsked[tool] === 1 ? byNumber.get(tool) : undefined;
      if (calls === undefined) continue;
      const client = clientOfSpan(index, table, columns, row);
      calls.set(client, (calls.get(client) ?? 0) + 1);
    }
  }
  return byName;
}

function newListing(): Listing {
  return { seen: new Set(), services: new Set() };
}

function newClient(): Client {
  return { versions: new Set(), services: new Set(), sessions: 0, lastSeenMs: 0 };
}
