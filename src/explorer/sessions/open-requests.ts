import {
  ATTR_MCP_CLIENT_SESSION_OPEN_REQUESTS,
  ATTR_MCP_CLIENT_SESSION_OPEN_SINCE_UNIX_MS,
  OTHER,
} from '../../sdk/signals/semconv.ts';
import type { RecordedSpan } from '../recording/otlp.ts';

/** A request that is not answered yet. */
export interface OpenRequest {
  /** `tools/call get_weather`; the method alone where the tool is not known. */
  readonly name: string;
  /** Unix milliseconds. */
  readonly sinceMs: number;
}

/** What is told of a request when its own span arrives. */
export interface Answered {
  readonly startMs: number;
  readonly endMs: number;
  readonly method: string | undefined;
  readonly tool: string | undefined;
}

/** Of a session, and of what one report names. */
const MAX_OPEN = 20;
/** The report and the span of one request measure its start by two clocks; these part by less. */
const SAME_START_MS = 1_000;
const MAX_TIME_MS = 8.64e15;
const ANOTHER = Number.POSITIVE_INFINITY;

/** One for all: nearly every session waits for nothing. */
export const NOTHING_OPEN: readonly OpenRequest[] = [];

/** What a session span says to be open, the oldest first. */
export function reportedOpen({ attributes }: RecordedSpan): readonly OpenRequest[] {
  const names = attributes.get(ATTR_MCP_CLIENT_SESSION_OPEN_REQUESTS);
  const since = attributes.get(ATTR_MCP_CLIENT_SESSION_OPEN_SINCE_UNIX_MS);
  if (!Array.isArray(names) || !Array.isArray(since)) return NOTHING_OPEN;
  const open = names.slice(0, MAX_OPEN).flatMap((name, i) => {
    const sinceMs: unknown = since[i];
    const isTold = typeof name === 'string' && typeof sinceMs === 'number';
    return isTold && sinceMs > 0 && sinceMs <= MAX_TIME_MS ? [{ name, sinceMs }] : [];
  });
  return open.length === 0 ? NOTHING_OPEN : open;
}

/** What is left of `open`, as it was at a time, when the span of a request that was open then has arrived. */
export function withoutAnswered(
  open: readonly OpenRequest[],
  atMs: number,
  span: Answered,
): readonly OpenRequest[] {
  if (span.startMs >= atMs || span.endMs <= atMs) return open;
  let best: OpenRequest | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const each of open) {
    const apart = Math.abs(each.sinceMs - span.startMs);
    // A name that fits better counts for more than a start that does.
    const rank = unlikeness(each.name, span) * (SAME_START_MS + 1) + apart;
    if (apart > SAME_START_MS || rank >= bestRank) continue;
    best = each;
    bestRank = rank;
  }
  return best === undefined ? open : open.filter((each) => each !== best);
}

/** Of several processes, the oldest first. */
export function allOpen(lists: readonly (readonly OpenRequest[])[]): readonly OpenRequest[] {
  const told = lists.filter(({ length }) => length > 0);
  if (told.length < 2) return told[0] ?? NOTHING_OPEN;
  return told
    .flat()
    .sort((a, b) => a.sinceMs - b.sinceMs)
    .slice(0, MAX_OPEN);
}

/** 0: named as the span is. A tool is named only once it is known, and a method only where the server has it. */
function unlikeness(name: string, { method = '', tool }: Answered): number {
  if (tool !== undefined && name === `${method} ${tool}`) return 0;
  if (name === method || (tool === undefined && name.startsWith(`${method} `))) return 1;
  return name === OTHER ? 2 : ANOTHER;
}
