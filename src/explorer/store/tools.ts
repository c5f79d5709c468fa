import { splitNames } from '../../sdk/protocol/names.ts';
import type { RowTimes } from '../sessions/row.ts';
import type { ListSize, ToolFigures, ToolList } from './answers.ts';
import { FLAG } from './columns.ts';
import { ABSENT, OTHERS } from './interner.ts';
import { Latencies } from './latencies.ts';
import { wasOpen, wasServed } from './list-sessions.ts';
import type { Percentiles } from './percentiles.ts';
import { present } from './present.ts';
import { clientOfSpan, scan, UNKNOWN_CLIENT } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';
import type { Range } from './types.ts';

const MAX_ERROR_TYPES = 20;
/** Pairs of tools and servers that are remembered: most calls are of one that was there before. */
const SEEN = 4_093;

/** The calls of each tool; the place of a tool is its number. */
interface Calls {
  readonly latencies: (Percentiles | undefined)[];
  readonly counts: Uint32Array;
  readonly errors: Uint32Array;
  readonly lastMs: Float64Array;
  /** Of one response, where it is known. */
  readonly sizes: (Percentiles | undefined)[];
  /** Bytes of all. */
  readonly requestSizes: Float64Array;
  readonly responseSizes: Float64Array;
  readonly errorTypes: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** Numbers of the servers that have it. */
  readonly services: ReadonlyMap<number, ReadonlySet<number>>;
}

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
  const calls = callsByTool(index, range);
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
  const newest = new Map<string, { bytes: number; ms: number }>();
  for (const { columns, toolsSizes } of index.files.values()) {
    for (const [row, bytes] of toolsSizes) {
      const ms = columns.start[row]!;
      const server = index.origins.get(columns.origin[row]!).service ?? '';
      if (ms < from || ms > to || (service !== undefined && server !== service)) continue;
      if (ms >= (newest.get(server)?.ms ?? -Infinity)) newest.set(server, { bytes, ms });
    }
  }
  const inOrder = [...newest].sort(([a], [b]) => (a < b ? -1 : 1));
  return inOrder.map(([server, { bytes }]) => ({ ...present({ service: server || undefined }), bytes }));
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

function callsByTool(index: SpanIndex, range: Range): Calls {
  const size = index.tools.size;
  const latencies = new Latencies(size);
  const sizes = new Latencies(size);
  const requestSizes = new Float64Array(size);
  const responseSizes = new Float64Array(size);
  const errors = new Uint32Array(size);
  const lastMs = new Float64Array(size);
  const seen = new Uint32Array(SEEN);
  const errorTypes = new Map<number, Map<number, number>>();
  const services = new Map<number, Set<number>>();
  const { serviceNumbers } = index.origins;
  for (const { columns, rows } of scan(index, range, FLAG.request | FLAG.call)) {
    const { tool: toolOf, start, requestSize, responseSize, origin, flags, error } = columns;
    for (const row of rows) {
      const tool = toolOf[row]!;
      const startMs = start[row]!;
      latencies.count(tool);
      if (responseSize[row]! > 0) sizes.count(tool);
      requestSizes[tool]! += requestSize[row]!;
      responseSizes[tool]! += responseSize[row]!;
      if (startMs > lastMs[tool]!) lastMs[tool] = startMs;
      const service = serviceNumbers[origin[row]!]!;
      const pair = tool * 65_536 + service;
      if (seen[pair % SEEN] !== pair) {
        seen[pair % SEEN] = pair;
        services.set(tool, (services.get(tool) ?? new Set()).add(service));
      }
      if ((flags[row]! & FLAG.failed) === 0) continue;
      errors[tool]! += 1;
      const types = errorTypes.get(tool) ?? new Map<number, number>();
      const { type } = index.errors.get(error[row]!);
      errorTypes.set(tool, types.set(type, (types.get(type) ?? 0) + 1));
    }
  }
  latencies.makeRoom();
  sizes.makeRoom();
  for (const { columns, rows } of scan(index, range, FLAG.request | FLAG.call)) {
    const { tool, start, end, responseSize } = columns;
    for (const row of rows) {
      latencies.place(tool[row]!, end[row]! - start[row]!);
      if (responseSize[row]! > 0) sizes.place(tool[row]!, responseSize[row]!);
    }
  }
  return {
    latencies: latencies.perGroup(),
    counts: latencies.counts,
    errors,
    lastMs,
    sizes: sizes.perGroup(),
    requestSizes,
    responseSizes,
    errorTypes,
    services,
  };
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
  const percentiles = calls.latencies[number];
  const services = new Set([...(calls.services.get(number) ?? []), ...(shown?.services ?? [])]);
  const mayBeListed = [...services].some((service) => inPart.has(service));
  const servers = [...services].map((service) => index.origins.services.textOf(service) ?? '');
  const count = calls.counts[number]!;
  return {
    name,
    services: servers.filter((server) => server !== '').sort(),
    seenBy: shown?.clients.size ?? 0,
    clients: union([shown?.clients, ...servers.map((server) => clients.get(server))]).size,
    calls: count,
    errors: calls.errors[number]!,
    ...present({
      isListed: shown !== undefined || (mayBeListed ? undefined : false),
      p50Ms: percentiles?.p50,
      p95Ms: percentiles?.p95,
      p99Ms: percentiles?.p99,
      lastCallMs: count === 0 ? undefined : calls.lastMs[number],
      p50Size: calls.sizes[number]?.p50,
      p95Size: calls.sizes[number]?.p95,
      requestSize: calls.requestSizes[number] || undefined,
      responseSize: calls.responseSizes[number] || undefined,
    }),
    errorTypes: mostFrequent(calls.errorTypes.get(number) ?? new Map(), MAX_ERROR_TYPES, (type) =>
      errorTypeOf(index, type),
    ),
  };
}

/** Most frequent first; equally frequent ones by name. */
export function mostFrequent(
  counts: ReadonlyMap<number, number>,
  limit: number,
  nameOf: (number: number) => string,
): { type: string; count: number }[] {
  return [...counts]
    .map(([number, count]) => ({ type: nameOf(number), count }))
    .sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1))
    .slice(0, limit);
}

export function errorTypeOf({ errors }: SpanIndex, type: number): string {
  return type === ABSENT ? 'unknown' : errors.types.textOf(type);
}
