import type { RecordedSignal } from '../recording/signal.ts';
import type { Json } from './shape.ts';
import type { SignalParts } from './signals.ts';

/** What can be kept of a request. */
export interface Taken {
  /** Canonical; `undefined` where nothing is left. */
  readonly request: Json | undefined;
  /** Spans or log records that were left out. */
  readonly rejected: number;
  /** Why the first of them was. */
  readonly reason: string | undefined;
}

/**
 * Takes out the spans that nothing could be done with: the specification calls their ids invalid, or they have no time.
 * Of a log record only the ids go that are none: it says something without them. Lists that hold nothing go as well.
 */
export function takeUsable({ signal, lists }: SignalParts, request: Json): Taken {
  const [resources, scopes, items] = lists;
  let rejected = 0;
  let reason: string | undefined;
  const isUsable = (item: Json): boolean => {
    const problem = CHECKS[signal](item);
    if (problem === undefined) return true;
    rejected += 1;
    reason ??= problem;
    return false;
  };
  const keptScopes = (scope: Json): boolean => keep(scope, items, isUsable);
  const isLeft = keep(request, resources, (resource) => keep(resource, scopes, keptScopes));
  return { request: isLeft ? request : undefined, rejected, reason };
}

/** Leaves in a list what is wanted; whether that is anything. */
function keep(parent: Json, key: string, isWanted: (item: Json) => boolean): boolean {
  const list = (parent[key] ?? []) as Json[];
  const kept = list.filter(isWanted);
  if (kept.length < list.length) parent[key] = kept;
  return kept.length > 0;
}

/** Why an item cannot be used; `undefined` where it can. */
const CHECKS: Readonly<Record<RecordedSignal, (item: Json) => string | undefined>> = {
  traces: problemOf,
  metrics: () => undefined,
  logs: dropNoIds,
};

/** Zeros are how some say that a line was written outside of every span. */
function dropNoIds(record: Json): undefined {
  if (!isId(record['traceId'], 16)) delete record['traceId'];
  if (!isId(record['spanId'], 8)) delete record['spanId'];
}

function problemOf(span: Json): string | undefined {
  const { traceId, spanId, parentSpanId, startTimeUnixNano } = span;
  if (!isId(traceId, 16)) return 'a trace id is not 16 bytes, or all zero';
  if (!isId(spanId, 8)) return 'a span id is not 8 bytes, or all zero';
  if (startTimeUnixNano === undefined) return 'a span has no start time';
  // Eight zeros are how some say that there is no parent.
  if (parentSpanId === NO_ID) delete span['parentSpanId'];
  else if (parentSpanId !== undefined && !isId(parentSpanId, 8)) return "a parent span's id is not 8 bytes";
  return undefined;
}

const NO_ID = '0'.repeat(16);

function isId(id: unknown, bytes: number): boolean {
  return typeof id === 'string' && id.length === 2 * bytes && !/^0*$/.test(id);
}
