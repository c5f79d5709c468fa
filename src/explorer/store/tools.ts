import { splitNames } from '../../sdk/protocol/names.ts';
import type { RowTimes } from '../sessions/row.ts';
import type { ListSize, ToolFigures, ToolList } from './answers.ts';
import { type Calls, callsOf, errorTypesAt, figuresAt } from './calls.ts';
import { FLAG } from './columns.ts';
import { OTHERS } from './interner.ts';
import { wasOpen, wasServed } from './list-sessions.ts';
import { present } from './present.ts';
import { clientOfSpan, scan, UNKNOWN_CLIENT } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';
import type { Range } from './types.ts';

/** Who was shown a list of tools. */
interface Shown {
  readonly clients: Set<string>;
  /** Numbers of the servers that did. */
  readonly services: Set<number>;
}

/** A list of tools, and who was shown it. */
export interface ShownList extends Shown {
  readonly names: readonly string[];
  /** It held more than is recorded. */
  readonly hasMore: boolean;
}

export function toolsOf(index: SpanIndex, table: SessionTable, range: Range, times: RowTimes): ToolList {
  const calls = callsOf(index, range, 'tool');
  const lists = shownLists(index, table, range);
  const shown = shownByTool(lists);
  const inPart = new Set(lists.flatMap(({ hasMore, services }) => (hasMore ? [...services] : [])));
  const names = new Set(shown.keys());
  calls.counts.forEach((count, number) => {
    if (count > 0) names.add(index.tools.textOf(number));
  });
  const clients = clientsByServer(table, range, times);
  const tools = [...names]
    .sort()
    .map((name) => figuresOf(index, name, { calls, shown: shown.get(name), inPart, clients }));
  return { now: times.now, tools, clients: union(clients.values()).size, lists: listSizes(index, range) };
}

/** Names of the clients that had a session in the range, by the name of the server; empty where it has none. */
function clientsByServer(table: SessionTable, range: Range, times: RowTimes): Map<string, Set<string>> {
  const clients = new Map<string, Set<string>>();
  for (const number of table.newestFirst()) {
    const known = table.get(number, times);
    if (known === undefined || !wasServed(known.row) || !wasOpen(known.row, range)) continue;
    if (range.service !== undefined && !known.services.includes(range.service)) continue;
    const client = known.row.clientName ?? UNKNOWN_CLIENT;
    for (const service of known.services.length === 0 ? [''] : known.services) {
      clients.set(service, (clients.get(service) ?? new Set()).add(client));
    }
  }
  return clients;
}

function union(sets: Iterable<ReadonlySet<string> | undefined>): Set<string> {
  const all = new Set<string>();
  for (const set of sets) for (const each of set ?? []) all.add(each);
  return all;
}

/** The lists of tools that were shown in the range. */
export function shownLists(index: SpanIndex, table: SessionTable, range: Range): ShownList[] {
  const lists = new Map<number, ShownList>();
  for (const { columns, rows } of scan(index, range, FLAG.request | FLAG.list)) {
    for (const row of rows) {
      const list = columns.toolList[row]!;
      let shown = lists.get(list);
      if (shown === undefined) {
        shown = { ...listOf(index, list), clients: new Set(), services: new Set() };
        lists.set(list, shown);
      }
      shown.clients.add(clientOfSpan(index, table, columns, row));
      shown.services.add(index.origins.serviceNumbers[columns.origin[row]!]!);
    }
  }
  return [...lists.values()];
}

/** Of the newest list of each server, where it is known. */
function listSizes(index: SpanIndex, { from = -Infinity, to = Infinity, service }: Range): ListSize[] {
  const newest = new Map<string, { bytes: number; ms: number; list: number }>();
  for (const { columns, toolsSizes } of index.files.values()) {
    for (const [row, bytes] of toolsSizes) {
      const ms = columns.start[row]!;
      const server = index.origins.get(columns.origin[row]!).service ?? '';
      if (ms < from || ms > to || (service !== undefined && server !== service)) continue;
      if (ms >= (newest.get(server)?.ms ?? -Infinity))
        newest.set(server, { bytes, ms, list: columns.toolList[row]! });
    }
  }
  const inOrder = [...newest].sort(([a], [b]) => (a < b ? -1 : 1));
  return inOrder.map(([server, { bytes, list }]) => {
    const { names, hasMore } = listOf(index, list);
    return { ...present({ service: server || undefined, tools: hasMore ? undefined : names.length }), bytes };
  });
}

function listOf({ toolLists }: SpanIndex, list: number): Pick<ShownList, 'names' | 'hasMore'> {
  // Of a list that is too long to be kept nobody knows what it holds.
  return list === OTHERS ? { names: [], hasMore: true } : splitNames(toolLists.textOf(list));
}

function shownByTool(lists: readonly ShownList[]): Map<string, Shown> {
  const tools = new Map<string, Shown>();
  for (const { names, clients, services } of lists) {
    for (const name of names) {
      let shown = tools.get(name);
      if (shown === undefined) {
        shown = { clients: new Set(), services: new Set() };
        tools.set(name, shown);
      }
      for (const client of clients) shown.clients.add(client);
      for (const service of services) shown.services.add(service);
    }
  }
  return tools;
}

interface Found {
  readonly calls: Calls;
  readonly shown: Shown | undefined;
  /** Numbers of the servers of whose lists not all is recorded. */
  readonly inPart: ReadonlySet<number>;
  readonly clients: ReadonlyMap<string, ReadonlySet<string>>;
}

function figuresOf(index: SpanIndex, name: string, { calls, shown, inPart, clients }: Found): ToolFigures {
  const number = index.tools.find(name);
  const services = new Set([...(calls.services.get(number) ?? []), ...(shown?.services ?? [])]);
  const mayBeListed = [...services].some((service) => inPart.has(service));
  const servers = [...services].map((service) => index.origins.services.textOf(service) ?? '');
  return {
    name,
    services: servers.filter((server) => server !== '').sort(),
    seenBy: shown?.clients.size ?? 0,
    clients: union([shown?.clients, ...servers.map((server) => clients.get(server))]).size,
    ...figuresAt(calls, number),
    ...present({ isListed: shown !== undefined || (mayBeListed ? undefined : false) }),
    errorTypes: errorTypesAt(index, calls, number),
  };
}
