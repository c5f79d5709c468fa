import type { RowTimes } from '../sessions/row.ts';
import type { ApiTool, ApiTools } from '../ui/api.ts';
import { FLAG } from './columns.ts';
import { ABSENT } from './interner.ts';
import { wasOpen } from './list-sessions.ts';
import { percentilesOf } from './percentiles.ts';
import { namesOf, present } from './present.ts';
import { clientOfSpan, REQUESTS, scan, UNKNOWN_CLIENT } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';
import type { Range } from './types.ts';

const MAX_ERROR_TYPES = 20;

interface ToolTally {
  readonly origins: Set<number>;
  readonly durations: number[];
  errors: number;
  lastCallMs: number;
  readonly errorTypes: Map<number, number>;
}

/** Who was shown a list of tools. */
interface Shown {
  readonly clients: Set<string>;
  readonly origins: Set<number>;
}

export function toolsOf(index: SpanIndex, table: SessionTable, range: Range, times: RowTimes): ApiTools {
  const calls = callsByTool(index, range);
  const shown = shownByTool(index, table, range);
  const names = new Set([...[...calls.keys()].map((number) => index.tools.textOf(number)), ...shown.keys()]);
  const tools = [...names]
    .sort()
    .map((name) => toApi(index, name, calls.get(index.tools.find(name)), shown.get(name)));
  return { now: times.now, tools, clients: clientsIn(table, range, times).size };
}

/** Names of the clients that had a session in the range. */
export function clientsIn(table: SessionTable, range: Range, times: RowTimes): Set<string> {
  const clients = new Set<string>();
  for (const number of table.newestFirst()) {
    const known = table.get(number, times);
    if (known === undefined || !wasOpen(known.row, range)) continue;
    if (range.service !== undefined && !known.services.includes(range.service)) continue;
    clients.add(known.row.clientName ?? UNKNOWN_CLIENT);
  }
  return clients;
}

/** Who was shown each list of tools, by its number. */
export function shownLists(index: SpanIndex, table: SessionTable, range: Range): Map<number, Shown> {
  const lists = new Map<number, Shown>();
  scan(index, range, REQUESTS, (columns, row) => {
    const list = columns.toolList[row]!;
    if (list === ABSENT) return;
    let shown = lists.get(list);
    if (shown === undefined) {
      shown = { clients: new Set(), origins: new Set() };
      lists.set(list, shown);
    }
    shown.clients.add(clientOfSpan(index, table, columns, row));
    shown.origins.add(columns.origin[row]!);
  });
  return lists;
}

function shownByTool(index: SpanIndex, table: SessionTable, range: Range): Map<string, Shown> {
  const tools = new Map<string, Shown>();
  for (const [list, { clients, origins }] of shownLists(index, table, range)) {
    for (const name of namesOf(index.toolLists.textOf(list))) {
      let shown = tools.get(name);
      if (shown === undefined) {
        shown = { clients: new Set(), origins: new Set() };
        tools.set(name, shown);
      }
      for (const client of clients) shown.clients.add(client);
      for (const origin of origins) shown.origins.add(origin);
    }
  }
  return tools;
}

function callsByTool(index: SpanIndex, range: Range): Map<number, ToolTally> {
  const toolsCall = index.methods.find('tools/call');
  const tallies = new Map<number, ToolTally>();
  scan(index, range, REQUESTS, (columns, row) => {
    const tool = columns.tool[row]!;
    if (tool === ABSENT || columns.method[row] !== toolsCall) return;
    let tally = tallies.get(tool);
    if (tally === undefined) {
      tally = { origins: new Set(), durations: [], errors: 0, lastCallMs: 0, errorTypes: new Map() };
      tallies.set(tool, tally);
    }
    const startMs = columns.start[row]!;
    tally.durations.push(columns.end[row]! - startMs);
    tally.origins.add(columns.origin[row]!);
    if (startMs > tally.lastCallMs) tally.lastCallMs = startMs;
    if ((columns.flags[row]! & FLAG.error) === 0) return;
    tally.errors += 1;
    const type = columns.errorType[row]!;
    tally.errorTypes.set(type, (tally.errorTypes.get(type) ?? 0) + 1);
  });
  return tallies;
}

function toApi(
  index: SpanIndex,
  name: string,
  calls: ToolTally | undefined,
  shown: Shown | undefined,
): ApiTool {
  const percentiles = percentilesOf(Float64Array.from(calls?.durations ?? []));
  const services = new Set<string>();
  for (const origin of [...(calls?.origins ?? []), ...(shown?.origins ?? [])]) {
    const { service } = index.origins.get(origin);
    if (service !== undefined) services.add(service);
  }
  return {
    name,
    services: [...services].sort(),
    isListed: shown !== undefined,
    seenBy: shown?.clients.size ?? 0,
    calls: calls?.durations.length ?? 0,
    errors: calls?.errors ?? 0,
    ...present({
      p50Ms: percentiles?.p50,
      p95Ms: percentiles?.p95,
      p99Ms: percentiles?.p99,
      lastCallMs: calls?.lastCallMs,
    }),
    errorTypes: mostFrequent(calls?.errorTypes ?? new Map(), MAX_ERROR_TYPES, (number) =>
      errorTypeOf(index, number),
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

export function errorTypeOf({ errorTypes }: SpanIndex, number: number): string {
  return number === ABSENT ? 'unknown' : errorTypes.textOf(number);
}
