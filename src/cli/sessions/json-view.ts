import type { ApiEvent, ApiRow } from '../../explorer/server/api.ts';
import type { SessionEvent } from '../../explorer/sessions/events.ts';
import type { SessionRow } from '../../explorer/sessions/row.ts';
import { visibleJson } from '../../explorer/text/visible.ts';

/** The rows for machines: every field always there, `null` where nothing is known, times as ISO 8601 in UTC. */
export function listJson(rows: readonly SessionRow[]): string {
  return print(rows.map(sessionJson));
}

export function detailJson(row: SessionRow, events: readonly SessionEvent[]): string {
  return print({ session: sessionJson(row), events: events.map(eventJson) });
}

/** A session as JSON has it. */
export function sessionJson(row: SessionRow | ApiRow) {
  return {
    id: row.id,
    source: row.source ?? null,
    service: row.service ?? null,
    clientName: row.clientName ?? null,
    clientVersion: row.clientVersion ?? null,
    protocolVersion: row.protocolVersion ?? null,
    transport: row.transport ?? null,
    startedAt: iso(row.startedMs),
    lastSeenAt: iso(row.lastSeenMs),
    durationMs: Math.round(row.durationMs),
    calls: row.calls,
    errors: row.errors,
    status: row.status,
    endReason: row.endReason ?? null,
    tools: row.tools,
    hasMoreTools: row.hasMoreTools,
  };
}

/** An event as JSON has it. */
export function eventJson(event: SessionEvent | ApiEvent) {
  return {
    time: iso(event.timeMs),
    kind: event.kind,
    type: event.type,
    method: event.method ?? null,
    target: event.target ?? null,
    latencyMs: event.latencyMs === undefined ? null : Math.round(event.latencyMs * 1_000) / 1_000,
    status: event.status ?? null,
    error: event.error ?? null,
    arguments: event.arguments ?? null,
    result: event.result ?? null,
    requestId: event.requestId ?? null,
    traceId: event.traceId,
    spanId: event.spanId,
  };
}

function iso(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

function print(value: unknown): string {
  return `${visibleJson(JSON.stringify(value, null, 2))}\n`;
}
