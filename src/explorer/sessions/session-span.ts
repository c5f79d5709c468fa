import {
  ATTR_ERROR_TYPE,
  ATTR_JSONRPC_REQUEST_ID,
  ATTR_MCP_CLIENT_NAME,
  ATTR_MCP_CLIENT_SESSION_CALLS,
  ATTR_MCP_CLIENT_SESSION_DURATION_MS,
  ATTR_MCP_CLIENT_SESSION_END_REASON,
  ATTR_MCP_CLIENT_SESSION_ERRORS,
  ATTR_MCP_CLIENT_SESSION_EVENT,
  ATTR_MCP_CLIENT_SESSION_ID,
  ATTR_MCP_CLIENT_SESSION_SEQ,
  ATTR_MCP_CLIENT_SESSION_SOURCE,
  ATTR_MCP_CLIENT_SESSION_START_UNIX_MS,
  ATTR_MCP_CLIENT_SESSION_TOOLS,
  ATTR_MCP_CLIENT_SESSION_TOOLS_LIST,
  ATTR_MCP_CLIENT_VERSION,
  ATTR_MCP_METHOD_NAME,
  ATTR_MCP_PROTOCOL_VERSION,
  ATTR_MCP_REQUEST_ID,
  ATTR_NETWORK_TRANSPORT,
  ATTR_RPC_RESPONSE_STATUS_CODE,
  ERROR_TYPE_CONNECTION_CLOSED,
} from '../../sdk/signals/semconv.ts';
import type { AttributeValue, RecordedSpan } from '../recording/otlp.ts';

/** Who the session belongs to; every span of a session can tell a part of it. */
export interface SessionAbout {
  readonly source: string | undefined;
  readonly service: string | undefined;
  readonly clientName: string | undefined;
  readonly clientVersion: string | undefined;
  readonly protocolVersion: string | undefined;
  readonly transport: string | undefined;
}

/** What one session span says. The counts are cumulative, so the newest one says everything. */
export interface SessionReport {
  readonly event: 'start' | 'update' | 'end';
  readonly seq: number;
  /** When it was said; Unix milliseconds, like all times here. */
  readonly atMs: number;
  readonly startedMs: number | undefined;
  readonly durationMs: number | undefined;
  readonly calls: number;
  readonly errors: number;
  readonly tools: readonly string[];
  /** More tools were called than the list holds. */
  readonly hasMoreTools: boolean;
  readonly endReason: string | undefined;
  readonly about: SessionAbout;
}

const MORE = '…';

/** The client session that a span belongs to. */
export function sessionIdOf(span: RecordedSpan): string | undefined {
  const id = textOf(span, ATTR_MCP_CLIENT_SESSION_ID);
  return id === '' ? undefined : id;
}

/** What the span reports of its session; `undefined` where it is no session span. */
export function reportOf(span: RecordedSpan): SessionReport | undefined {
  const event = textOf(span, ATTR_MCP_CLIENT_SESSION_EVENT);
  if (event !== 'start' && event !== 'update' && event !== 'end') return undefined;
  return {
    event,
    seq: numberOf(span, ATTR_MCP_CLIENT_SESSION_SEQ) ?? 0,
    atMs: span.endMs,
    startedMs: timeOf(span, ATTR_MCP_CLIENT_SESSION_START_UNIX_MS),
    durationMs: numberOf(span, ATTR_MCP_CLIENT_SESSION_DURATION_MS),
    calls: numberOf(span, ATTR_MCP_CLIENT_SESSION_CALLS) ?? 0,
    errors: numberOf(span, ATTR_MCP_CLIENT_SESSION_ERRORS) ?? 0,
    ...toolsOf(span),
    endReason: textOf(span, ATTR_MCP_CLIENT_SESSION_END_REASON),
    about: aboutOf(span),
  };
}

export function aboutOf(span: RecordedSpan): SessionAbout {
  return {
    source: textOf(span, ATTR_MCP_CLIENT_SESSION_SOURCE),
    service: span.serviceName,
    clientName: textOf(span, ATTR_MCP_CLIENT_NAME),
    clientVersion: textOf(span, ATTR_MCP_CLIENT_VERSION),
    protocolVersion: textOf(span, ATTR_MCP_PROTOCOL_VERSION),
    transport: textOf(span, ATTR_NETWORK_TRANSPORT),
  };
}

/** A request that a client sent, as against a notification, a request of the server, or a custom span. */
export function isReceivedRequest(span: RecordedSpan): boolean {
  return span.kind === 'server' && isRequest(span);
}

export function isRequest({ attributes }: RecordedSpan): boolean {
  const isMessage = attributes.has(ATTR_MCP_METHOD_NAME);
  return isMessage && (attributes.has(ATTR_JSONRPC_REQUEST_ID) || attributes.has(ATTR_MCP_REQUEST_ID));
}

/** Errors that are the caller's doing leave the status of a server's span unset, so their code decides. */
export function isFailed(span: RecordedSpan): boolean {
  return span.hasErrorStatus || span.attributes.has(ATTR_RPC_RESPONSE_STATUS_CODE);
}

/** Answered with an error, which is what the errors of a session count. */
export function isAnsweredWithError(span: RecordedSpan): boolean {
  return isFailed(span) && textOf(span, ATTR_ERROR_TYPE) !== ERROR_TYPE_CONNECTION_CLOSED;
}

/** An attribute's value where it is text. */
export function textOf(span: RecordedSpan, key: string): string | undefined {
  const value: AttributeValue | undefined = span.attributes.get(key);
  return typeof value === 'string' ? value : undefined;
}

function toolsOf(span: RecordedSpan): Pick<SessionReport, 'tools' | 'hasMoreTools'> {
  const list = span.attributes.get(ATTR_MCP_CLIENT_SESSION_TOOLS_LIST);
  const joined = textOf(span, ATTR_MCP_CLIENT_SESSION_TOOLS) ?? '';
  const names = Array.isArray(list) ? list.map(String) : joined.split(', ');
  return {
    tools: names.filter((name) => name !== '' && name !== MORE),
    hasMoreTools: joined === MORE || joined.endsWith(`, ${MORE}`) || names.includes(MORE),
  };
}

function numberOf(span: RecordedSpan, key: string): number | undefined {
  const value = span.attributes.get(key);
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

function timeOf(span: RecordedSpan, key: string): number | undefined {
  const value = numberOf(span, key);
  return value === undefined || value === 0 || value > 8.64e15 ? undefined : value;
}
