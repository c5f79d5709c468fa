import type { OwningSpan } from '../sessions/log-owners.ts';
import { FLAG, NONE } from './columns.ts';
import type { Place } from './read-spans.ts';
import type { SpanIndex } from './span-index.ts';

/** By the last bits of its number a trace that nobody asked for is passed over, most often. */
const FILTER = 0xffff;

/**
 * The requests, and whatever else is of a session, in some traces: by the trace, as `traceKey` has it. All spans are
 * looked at, which takes a millisecond or two for a million: nobody has to keep them by their traces.
 */
export function spansOfTraces(
  { files, origins }: SpanIndex,
  traces: Iterable<number>,
): Map<number, OwningSpan<number>[]> {
  const found = new Map<number, OwningSpan<number>[]>();
  const byHash = new Map<number, OwningSpan<number>[]>();
  const isAsked = new Uint8Array(FILTER + 1);
  for (const trace of traces) {
    const hash = trace >>> 0;
    const ofTrace = byHash.get(hash) ?? [];
    byHash.set(hash, ofTrace);
    found.set(trace, ofTrace);
    isAsked[hash & FILTER] = 1;
  }
  for (const file of files.values()) {
    const { trace, session, flags, count } = file.columns;
    for (let row = 0; row < count; row += 1) {
      if (isAsked[trace[row]! & FILTER] === 0) continue;
      // Of no session is what others recorded of our requests.
      if (session[row] === NONE && (flags[row]! & FLAG.request) === 0) continue;
      byHash.get(trace[row]!)?.push(owningSpan({ file, row }, origins));
    }
  }
  return found;
}

/** A span as one that lines may belong to. */
export function owningSpan(
  { file: { columns }, row }: Place,
  origins: SpanIndex['origins'],
): OwningSpan<number> {
  return {
    span: columns.span[row]!,
    startMs: columns.start[row]!,
    endMs: columns.end[row]!,
    service: origins.get(columns.origin[row]!).service,
    isRequest: (columns.flags[row]! & FLAG.request) !== 0,
  };
}
