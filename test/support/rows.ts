import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { type JoinablePart, joinParts } from '../../src/explorer/sessions/joining.ts';

/** A row as the views make it of session spans. */
export interface Row {
  sources: string[];
  conversations: string[];
  clients: string[];
  calls: number;
  errors: number;
  parts: number;
}

/** The rows that these spans are, in order of their start: of each session the newest span, and the parts joined. */
export function rowsOf(spans: readonly ReadableSpan[]): Row[] {
  const newest = new Map<string, ReadableSpan>();
  for (const span of spans) {
    const seq = span.attributes['mcp.client.session.seq'];
    const id = span.attributes['mcp.client.session.id'];
    if (typeof seq !== 'number' || typeof id !== 'string') continue;
    const before = newest.get(id)?.attributes['mcp.client.session.seq'] ?? -1;
    if (seq > Number(before)) newest.set(id, span);
  }
  return joinParts([...newest.values()].map(partOf))
    .sort(([a], [b]) => (a?.startedMs ?? 0) - (b?.startedMs ?? 0))
    .map((parts) => ({
      sources: distinct(parts, 'mcp.client.session.source'),
      conversations: distinct(parts, 'gen_ai.conversation.id'),
      clients: distinct(parts, 'mcp.client.name'),
      calls: sum(parts, 'mcp.client.session.calls'),
      errors: sum(parts, 'mcp.client.session.errors'),
      parts: parts.length,
    }));
}

interface Part extends JoinablePart {
  readonly attributes: ReadableSpan['attributes'];
}

function partOf({ attributes, resource }: ReadableSpan): Part {
  const text = (name: string): string | undefined => attributes[name] as string | undefined;
  const startedMs = Number(attributes['mcp.client.session.start_unix_ms']);
  return {
    attributes,
    id: text('mcp.client.session.id') as string,
    service: resource.attributes['service.name'] as string,
    key: text('mcp.client.session.key'),
    source: text('mcp.client.session.source'),
    openedBy: text('mcp.client.session.opened_by'),
    startedMs,
    endMs: startedMs + Number(attributes['mcp.client.session.duration_ms']),
    idleTimeoutMs: Number(attributes['mcp.client.session.idle_timeout_ms'] ?? 0),
  };
}

function distinct(parts: Part[], name: string): string[] {
  return [...new Set(parts.flatMap(({ attributes }) => attributes[name] ?? []).map(String))];
}

function sum(parts: Part[], name: string): number {
  return parts.reduce((total, { attributes }) => total + Number(attributes[name]), 0);
}
