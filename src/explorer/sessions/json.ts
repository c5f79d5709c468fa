import type { LogLine } from '../recording/log-records.ts';
import { caveatsOf } from './caveats.ts';
import type { SessionRow } from './row.ts';
import type { SessionEvent } from './session-event.ts';
import { type Sizes, tokensOf } from './sizes.ts';

/** What is not known may be left out: the store does so. */
type Known<T> = Partial<T> & { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] };

/** A session as JSON has it: every field always there, `null` where nothing is known, times as ISO 8601 in UTC. */
export function sessionJson(row: Known<SessionRow>) {
  return {
    id: row.id,
    otherIds: row.otherIds,
    parts: row.parts,
    processes: row.processes,
    source: row.source ?? null,
    conversationId: row.conversationId ?? null,
    protocolSessionIds: row.protocolSessionIds,
    hasMoreProtocolSessionIds: row.hasMoreProtocolSessionIds,
    service: row.service ?? null,
    clientName: row.clientName ?? null,
    clientVersion: row.clientVersion ?? null,
    protocolVersion: row.protocolVersion ?? null,
    transport: row.transport ?? null,
    sender: row.sender ?? null,
    seenByClient: row.seenByClient ?? null,
    startedAt: iso(row.startedMs),
    lastSeenAt: iso(row.lastSeenMs),
    durationMs: Math.round(row.durationMs),
    calls: row.calls,
    errors: row.errors,
    status: row.status,
    endReason: row.endReason ?? null,
    tools: row.tools,
    hasMoreTools: row.hasMoreTools,
    openRequests: row.openRequests.map(({ name, sinceMs }) => ({ name, since: iso(sinceMs) })),
    key: row.key ?? null,
    caveats: caveatsOf(row),
    ...sizesJson(row),
  };
}

/** An event as JSON has it, in the same way. */
export function eventJson(event: Known<SessionEvent>) {
  return {
    time: iso(event.timeMs),
    kind: event.kind,
    type: event.type,
    method: event.method ?? null,
    target: event.target ?? null,
    latencyMs: event.latencyMs === undefined ? null : Math.round(event.latencyMs * 1_000) / 1_000,
    networkMs: event.networkMs === undefined ? null : Math.round(event.networkMs * 1_000) / 1_000,
    status: event.status ?? null,
    error: event.error ?? null,
    clientError: event.clientError ?? null,
    side: event.side ?? null,
    ...sizesJson(event),
    arguments: event.arguments ?? null,
    result: event.result ?? null,
    requestId: event.requestId ?? null,
    traceId: event.traceId,
    spanId: event.spanId,
    ...(event.message !== undefined && { message: logJson(event.message) }),
  };
}

/** A log line as JSON has it. */
export function logJson({ timeMs, severity, logger, text, attributes }: LogLine) {
  return {
    time: iso(timeMs),
    severity: severity ?? null,
    logger: logger ?? null,
    text,
    attributes: attributes ?? null,
  };
}

function sizesJson({ requestSize, responseSize }: Sizes) {
  return {
    requestSize: requestSize ?? null,
    responseSize: responseSize ?? null,
    estimatedTokens: tokensOf({ requestSize, responseSize }) ?? null,
  };
}

function iso(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
