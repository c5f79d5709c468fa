import type { CalledKind, CallerFigures, Callers } from './answers.ts';
import { groupsIn } from './called.ts';
import { calledOf, scanCalls } from './calls.ts';
import { FLAG, NONE, type SpanColumns } from './columns.ts';
import { percentilesOf } from './percentiles.ts';
import { present } from './present.ts';
import { UNKNOWN_CLIENT } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';
import type { Range } from './types.ts';

const MAX_CALLERS = 100;

interface Called {
  readonly kind: CalledKind;
  readonly name: string;
}

/** The calls of one version of a client. */
interface Caller {
  readonly client: string;
  readonly version: string | undefined;
  readonly latencies: number[];
  readonly sizes: number[];
  errors: number;
  lastMs: number;
  requestSize: number;
  responseSize: number;
}

/** Which clients asked for it, each version by itself. */
export function callersOf(index: SpanIndex, table: SessionTable, called: Called, range: Range): Callers {
  const isAsked = askedIn(index, called, range);
  const callers = new Map<string, Caller>();
  const callerOf = rememberedBySession(index, table, callers);
  for (const { columns, rows } of scanCalls(index, range, called.kind)) {
    const numbers = calledOf(columns, called.kind);
    for (const row of rows) if (isAsked[numbers[row]!] === 1) count(callerOf(columns, row), columns, row);
  }
  const inOrder = [...callers.values()].sort(
    (a, b) => b.latencies.length - a.latencies.length || b.lastMs - a.lastMs,
  );
  return {
    name: called.name,
    total: inOrder.length,
    callers: inOrder.slice(0, MAX_CALLERS).map(figuresOf),
  };
}

/** 1 for each number that the name stands for: of a group several. */
function askedIn(index: SpanIndex, { kind, name }: Called, range: Range): Uint8Array {
  if (kind === 'tool') {
    const asked = new Uint8Array(index.tools.size);
    asked[index.tools.find(name)] = 1;
    return asked;
  }
  const groups = groupsIn(index, kind, range);
  const asked = groups.names.indexOf(name);
  return Uint8Array.from(groups.places, (place) => (place === asked ? 1 : 0));
}

function rememberedBySession(index: SpanIndex, table: SessionTable, callers: Map<string, Caller>) {
  const bySession = new Map<number, Caller>();
  return (columns: SpanColumns, row: number): Caller => {
    const session = columns.session[row]!;
    const remembered = session === NONE ? undefined : bySession.get(session);
    if (remembered !== undefined) return remembered;
    const known = session === NONE ? undefined : table.peek(session)?.row;
    const origin = index.origins.get(columns.origin[row]!);
    const client = known?.clientName ?? origin.clientName ?? UNKNOWN_CLIENT;
    const version = known?.clientVersion ?? origin.clientVersion;
    const key = `${client}\0${version ?? ''}`;
    const caller = callers.get(key) ?? newCaller(client, version);
    callers.set(key, caller);
    if (session !== NONE) bySession.set(session, caller);
    return caller;
  };
}

function newCaller(client: string, version: string | undefined): Caller {
  const sums = { errors: 0, lastMs: 0, requestSize: 0, responseSize: 0 };
  return { client, version, latencies: [], sizes: [], ...sums };
}

function count(caller: Caller, columns: SpanColumns, row: number): void {
  const startMs = columns.start[row]!;
  const size = columns.responseSize[row]!;
  caller.latencies.push(columns.end[row]! - startMs);
  if (size > 0) caller.sizes.push(size);
  if ((columns.flags[row]! & FLAG.failed) !== 0) caller.errors += 1;
  caller.lastMs = Math.max(caller.lastMs, startMs);
  caller.requestSize += columns.requestSize[row]!;
  caller.responseSize += size;
}

function figuresOf(caller: Caller): CallerFigures {
  const { client, version, latencies, errors, lastMs, requestSize, responseSize } = caller;
  const latency = percentilesOf(Float64Array.from(latencies));
  const size = percentilesOf(Float64Array.from(caller.sizes));
  return {
    client,
    calls: latencies.length,
    errors,
    ...present({
      version,
      p50Ms: latency?.p50,
      p95Ms: latency?.p95,
      p99Ms: latency?.p99,
      lastCallMs: lastMs,
      p50Size: size?.p50,
      p95Size: size?.p95,
      requestSize: requestSize || undefined,
      responseSize: responseSize || undefined,
    }),
  };
}
