import type { CalledKind, CallFigures } from './answers.ts';
import { FLAG, type SpanColumns } from './columns.ts';
import { ABSENT, type Interner } from './interner.ts';
import { Latencies } from './latencies.ts';
import type { Percentiles } from './percentiles.ts';
import { present } from './present.ts';
import { type Scanned, scan } from './scan.ts';
import type { SpanIndex } from './span-index.ts';
import type { Range } from './types.ts';

const MAX_ERROR_TYPES = 20;
/** Pairs of what was called and servers that are remembered: most calls are of one that was there before. */
const SEEN = 4_093;

/** The method that asks for it, where that is not a call of a tool, which has a flag of its own. */
const METHODS: Readonly<Record<CalledKind, string | undefined>> = {
  tool: undefined,
  resource: 'resources/read',
  prompt: 'prompts/get',
};

/** Names of what is called. */
export function namesOf(index: SpanIndex, kind: CalledKind): Interner {
  return kind === 'tool' ? index.tools : index.targets;
}

/** The number of what a span calls. */
export function calledOf({ tool, target }: SpanColumns, kind: CalledKind): Uint16Array {
  return kind === 'tool' ? tool : target;
}

/** The calls of tools, or what clients ask for as they call tools. */
export function* scanCalls(index: SpanIndex, range: Range, kind: CalledKind): Generator<Scanned> {
  const wanted = METHODS[kind];
  if (wanted === undefined) return yield* scan(index, range, FLAG.request | FLAG.call);
  const number = index.methods.find(wanted);
  if (number === ABSENT) return;
  for (const scanned of scan(index, range, FLAG.request)) {
    const { rows } = scanned;
    const { method, target } = scanned.columns;
    let found = 0;
    for (const row of rows) {
      if (method[row] !== number || target[row] === ABSENT) continue;
      rows[found] = row;
      found += 1;
    }
    if (found > 0) yield { ...scanned, rows: rows.subarray(0, found) };
  }
}

/** What was called, and how that went; by place: the number of what was called, or that of its group. */
export interface Calls {
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

/** @param places - by the number of what was called; absent: the numbers themselves */
export function callsOf(index: SpanIndex, range: Range, kind: CalledKind, places?: Uint16Array): Calls {
  const { size } = namesOf(index, kind);
  const placeOf = places ?? Uint16Array.from({ length: size }, (_, number) => number);
  const counted = countCalls(index, range, kind, placeOf);
  const { latencies, sizes, ...sums } = counted;
  latencies.makeRoom();
  sizes.makeRoom();
  for (const { columns, rows } of scanCalls(index, range, kind)) {
    const called = calledOf(columns, kind);
    const { start, end, responseSize } = columns;
    for (const row of rows) {
      const place = placeOf[called[row]!]!;
      latencies.place(place, end[row]! - start[row]!);
      if (responseSize[row]! > 0) sizes.place(place, responseSize[row]!);
    }
  }
  return { ...sums, latencies: latencies.perGroup(), counts: latencies.counts, sizes: sizes.perGroup() };
}

function countCalls(index: SpanIndex, range: Range, kind: CalledKind, placeOf: Uint16Array) {
  const size = namesOf(index, kind).size;
  const latencies = new Latencies(size);
  const sizes = new Latencies(size);
  const requestSizes = new Float64Array(size);
  const responseSizes = new Float64Array(size);
  const errors = new Uint32Array(size);
  const lastMs = new Float64Array(size);
  const errorTypes = new Map<number, Map<number, number>>();
  const services = new SeenPairs();
  const { serviceNumbers } = index.origins;
  for (const { columns, rows } of scanCalls(index, range, kind)) {
    const called = calledOf(columns, kind);
    const { start, requestSize, responseSize, origin, flags, error } = columns;
    for (const row of rows) {
      const place = placeOf[called[row]!]!;
      const startMs = start[row]!;
      latencies.count(place);
      if (responseSize[row]! > 0) sizes.count(place);
      requestSizes[place]! += requestSize[row]!;
      responseSizes[place]! += responseSize[row]!;
      if (startMs > lastMs[place]!) lastMs[place] = startMs;
      services.add(place, serviceNumbers[origin[row]!]!);
      if ((flags[row]! & FLAG.failed) === 0) continue;
      errors[place]! += 1;
      const types = errorTypes.get(place) ?? new Map<number, number>();
      const { type } = index.errors.get(error[row]!);
      errorTypes.set(place, types.set(type, (types.get(type) ?? 0) + 1));
    }
  }
  return {
    latencies,
    sizes,
    requestSizes,
    responseSizes,
    errors,
    lastMs,
    errorTypes,
    services: services.all,
  };
}

/** What belongs to a place; quick where most pairs were there before. */
class SeenPairs {
  readonly all = new Map<number, Set<number>>();
  readonly #seen = new Uint32Array(SEEN);

  add(place: number, service: number): void {
    // Never 0, which is what stands where nothing was seen.
    const pair = place * 65_536 + service + 1;
    if (this.#seen[pair % SEEN] === pair) return;
    this.#seen[pair % SEEN] = pair;
    this.all.set(place, (this.all.get(place) ?? new Set()).add(service));
  }
}

/** What the calls of one place say. */
export function figuresAt(calls: Calls, place: number): CallFigures {
  const { p50, p95, p99 } = calls.latencies[place] ?? {};
  const count = calls.counts[place]!;
  return {
    calls: count,
    errors: calls.errors[place]!,
    ...present({
      p50Ms: p50,
      p95Ms: p95,
      p99Ms: p99,
      lastCallMs: count === 0 ? undefined : calls.lastMs[place],
      p50Size: calls.sizes[place]?.p50,
      p95Size: calls.sizes[place]?.p95,
      requestSize: calls.requestSizes[place] || undefined,
      responseSize: calls.responseSizes[place] || undefined,
    }),
  };
}

/** Of one place, most frequent first. */
export function errorTypesAt(index: SpanIndex, { errorTypes }: Calls, place: number) {
  return mostFrequent(errorTypes.get(place) ?? new Map(), MAX_ERROR_TYPES, (type) =>
    errorTypeOf(index, type),
  );
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
