import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

export type Value = string | number | readonly (string | number)[];

/** A request of a made session. */
export interface MadeRequest {
  readonly method: string;
  readonly tool?: string;
  /** Milliseconds after the session's start. */
  readonly atMs: number;
  readonly latencyMs: number;
  /** `error.type`, where it failed. */
  readonly error?: string;
  readonly message?: string;
  /** More attributes. */
  readonly attributes?: Readonly<Record<string, Value>>;
}

/** A session that never was, in the form in which servers record it. */
export interface MadeSession {
  readonly id: string;
  readonly client?: string;
  readonly version?: string;
  readonly service?: string;
  readonly startMs: number;
  readonly requests: readonly MadeRequest[];
  /** When it ended, after its start; absent: it did not. */
  readonly endAfterMs?: number;
  readonly endReason?: string;
  /** More attributes of all of its spans. */
  readonly attributes?: Readonly<Record<string, Value>>;
}

/** A made session as one line of OTLP JSON. */
export function otlpOf(session: MadeSession): object {
  const { service = 'shop' } = session;
  const resource = attributesOf({ 'service.name': service, 'service.instance.id': `instance-of-${service}` });
  return {
    resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans: spansOf(session) }] }],
  };
}

export async function writeRecording(path: string, sessions: readonly MadeSession[]): Promise<void> {
  await writeFile(path, sessions.map((session) => `${JSON.stringify(otlpOf(session))}\n`).join(''));
}

export function spansOf(session: MadeSession): object[] {
  const { requests, endAfterMs } = session;
  return [
    sessionSpan(session, 'start', 0),
    ...requests.map((request, i) => requestSpan(session, request, i)),
    ...(endAfterMs === undefined ? [] : [sessionSpan(session, 'end', endAfterMs)]),
  ];
}

function sessionSpan(session: MadeSession, event: 'start' | 'end', atMs: number): object {
  const { startMs, requests, endReason } = session;
  const isEnd = event === 'end';
  const time = startMs + atMs;
  return span(`mcp.session ${event}`, 1, time, time, {
    ...aboutOf(session),
    'mcp.client.session.event': event,
    'mcp.client.session.seq': isEnd ? 1 : 0,
    'mcp.client.session.start_unix_ms': startMs,
    'mcp.client.session.duration_ms': atMs,
    ...(isEnd && {
      'mcp.client.session.calls': requests.length,
      'mcp.client.session.errors': requests.filter(({ error }) => error !== undefined).length,
      ...(endReason !== undefined && { 'mcp.client.session.end_reason': endReason }),
    }),
  });
}

function requestSpan(session: MadeSession, request: MadeRequest, i: number): object {
  const { method, tool, atMs, latencyMs, error, message } = request;
  const start = session.startMs + atMs;
  const status = error === undefined ? undefined : { code: 2, ...(message !== undefined && { message }) };
  return span(
    tool === undefined ? method : `${method} ${tool}`,
    2,
    start,
    start + latencyMs,
    {
      ...aboutOf(session),
      'mcp.method.name': method,
      'jsonrpc.request.id': String(i + 1),
      ...(tool !== undefined && { 'gen_ai.tool.name': tool }),
      ...(error !== undefined && { 'error.type': error }),
      ...request.attributes,
    },
    status,
  );
}

function aboutOf({ id, client, version, attributes }: MadeSession): Record<string, Value> {
  return {
    'mcp.client.session.id': id,
    ...attributes,
    ...(client !== undefined && { 'mcp.client.name': client }),
    ...(version !== undefined && { 'mcp.client.version': version }),
  };
}

function span(
  name: string,
  kind: number,
  startMs: number,
  endMs: number,
  attributes: Record<string, Value>,
  status: object = {},
): object {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name,
    kind,
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(endMs),
    attributes: attributesOf(attributes),
    status,
  };
}

export function nanos(unixMs: number): string {
  return `${Math.round(unixMs * 1_000)}000`;
}

export function attributesOf(attributes: Readonly<Record<string, Value>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  return { arrayValue: { values: value.map((each) => anyValue(each)) } };
}
