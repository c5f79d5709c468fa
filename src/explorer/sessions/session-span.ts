import { splitNames } from '../../sdk/protocol/names.ts';
import {
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_TYPE,
  ATTR_GEN_AI_CONVERSATION_ID,
  ATTR_JSONRPC_REQUEST_ID,
  ATTR_MCP_CLIENT_NAME,
  ATTR_MCP_CLIENT_SESSION_CALLS,
  ATTR_MCP_CLIENT_SESSION_DURATION_MS,
  ATTR_MCP_CLIENT_SESSION_END_REASON,
  ATTR_MCP_CLIENT_SESSION_ERRORS,
  ATTR_MCP_CLIENT_SESSION_EVENT,
  ATTR_MCP_CLIENT_SESSION_ID,
  ATTR_MCP_CLIENT_SESSION_IDLE_TIMEOUT_MS,
  ATTR_MCP_CLIENT_SESSION_KEY,
  ATTR_MCP_CLIENT_SESSION_OPENED_BY,
  ATTR_MCP_CLIENT_SESSION_SEQ,
  ATTR_MCP_CLIENT_SESSION_SOURCE,
  ATTR_MCP_CLIENT_SESSION_START_UNIX_MS,
  ATTR_MCP_CLIENT_SESSION_TOOLS,
  ATTR_MCP_CLIENT_SESSION_TOOLS_LIST,
  ATTR_MCP_CLIENT_VERSION,
  ATTR_MCP_METHOD_NAME,
  ATTR_MCP_PROTOCOL_SESSION_ID,
  ATTR_MCP_PROTOCOL_VERSION,
  ATTR_MCP_REQUEST_ID,
  ATTR_NETWORK_TRANSPORT,
  ATTR_RPC_RESPONSE_STATUS_CODE,
} from '../../sdk/signals/semconv.ts';
import type { AttributeValue, RecordedSpan } from '../recording/otlp.ts';
import { scopedId } from '../recording/scoped-id.ts';
import { type OpenRequest, reportedOpen } from './open-requests.ts';
import type { Ending } from './outcome.ts';
import type { SaidIds } from './said-ids.ts';

/** Who the session belongs to; every span of a session can tell a part of it. */
export interface SessionAbout {
  readonly source: string | undefined;
  readonly service: string | undefined;
  readonly clientName: string | undefined;
  readonly clientVersion: string | undefined;
  readonly protocolVersion: string | undefined;
  readonly transport: string | undefined;
  /** The instrumentation that recorded it, where that is not this package. */
  readonly sender: string | undefined;
  /** Name of the client's service, where an instrumented client recorded it, too. */
  readonly seenByClient: string | undefined;
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
  /** The requests that were open when it was said, the oldest first. */
  readonly open: readonly OpenRequest[];
  readonly about: SessionAbout;
  /** What joins it with what other processes recorded of the same session; most sessions have none. */
  readonly join: ReportedJoin | undefined;
}

export interface ReportedJoin {
  readonly key: string;
  readonly idleTimeoutMs: number;
  /** The method of the first request. */
  readonly openedBy: string | undefined;
}

/** The client session that a span belongs to. */
export function sessionIdOf(span: RecordedSpan): string | undefined {
  const id = textOf(span, ATTR_MCP_CLIENT_SESSION_ID);
  if (id === undefined || id === '') return undefined;
  // Those of others, and of clients, are scoped already.
  if (span.foreign !== undefined || span.clientSide !== undefined) return id;
  return scopedId(id, textOf(span, ATTR_MCP_CLIENT_SESSION_SOURCE), span.serviceName);
}

/** What the span says of the ids that its request came with. */
export function saidIdsOf(span: RecordedSpan): Parameters<SaidIds['add']>[0] {
  const id = textOf(span, ATTR_MCP_CLIENT_SESSION_ID);
  const protocol = textOf(span, ATTR_MCP_PROTOCOL_SESSION_ID);
  return {
    conversation: textOf(span, ATTR_GEN_AI_CONVERSATION_ID),
    protocol: protocol ?? (id === '' || id === sessionIdOf(span) ? undefined : id),
  };
}

/** What the span reports of its session; `undefined` where it is no session span. */
export function reportOf(span: RecordedSpan): SessionReport | undefined {
  const event = textOf(span, ATTR_MCP_CLIENT_SESSION_EVENT);
  if (event !== 'start' && event !== 'update' && event !== 'end') return undefined;
  return {
    event,
    seq: countOf(span, ATTR_MCP_CLIENT_SESSION_SEQ),
    atMs: span.endMs,
    startedMs: timeOf(span, ATTR_MCP_CLIENT_SESSION_START_UNIX_MS),
    durationMs: numberOf(span, ATTR_MCP_CLIENT_SESSION_DURATION_MS),
    calls: countOf(span, ATTR_MCP_CLIENT_SESSION_CALLS),
    errors: countOf(span, ATTR_MCP_CLIENT_SESSION_ERRORS),
    ...toolsOf(span),
    endReason: textOf(span, ATTR_MCP_CLIENT_SESSION_END_REASON),
    open: reportedOpen(span),
    about: aboutOf(span),
    join: joinOf(span),
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
    sender: span.foreign?.sender,
    seenByClient: span.clientSide?.client,
  };
}

/** What the span says of its message and of how that ended. */
export function endingOf(span: RecordedSpan): Ending {
  const { attributes, kind, hasErrorStatus } = span;
  const code = attributes.get(ATTR_RPC_RESPONSE_STATUS_CODE);
  return {
    kind,
    method: textOf(span, ATTR_MCP_METHOD_NAME),
    hasRequestId: attributes.has(ATTR_JSONRPC_REQUEST_ID) || attributes.has(ATTR_MCP_REQUEST_ID),
    isOwn:
      span.clientSide !== undefined ||
      (span.foreign === undefined && attributes.has(ATTR_MCP_CLIENT_SESSION_SOURCE)),
    hasErrorStatus,
    type: textOf(span, ATTR_ERROR_TYPE),
    exceptionType: textOf(span, ATTR_EXCEPTION_TYPE),
    code: code === undefined ? undefined : String(code),
  };
}

/** An attribute's value where it is text. */
export function textOf(span: RecordedSpan, key: string): string | undefined {
  const value: AttributeValue | undefined = span.attributes.get(key);
  return typeof value === 'string' ? value : undefined;
}

function joinOf(span: RecordedSpan): ReportedJoin | undefined {
  const key = textOf(span, ATTR_MCP_CLIENT_SESSION_KEY);
  if (key === undefined || key === '') return undefined;
  const idleTimeoutMs = numberOf(span, ATTR_MCP_CLIENT_SESSION_IDLE_TIMEOUT_MS) ?? 0;
  return { key, idleTimeoutMs, openedBy: textOf(span, ATTR_MCP_CLIENT_SESSION_OPENED_BY) };
}

function toolsOf(span: RecordedSpan): Pick<SessionReport, 'tools' | 'hasMoreTools'> {
  const list = span.attributes.get(ATTR_MCP_CLIENT_SESSION_TOOLS_LIST);
  const joined = splitNames(textOf(span, ATTR_MCP_CLIENT_SESSION_TOOLS) ?? '');
  return { tools: Array.isArray(list) ? list.map(String) : joined.names, hasMoreTools: joined.hasMore };
}

/** Whatever was sent: there is no half of a call. */
function countOf(span: RecordedSpan, key: string): number {
  const count = numberOf(span, key);
  return Number.isSafeInteger(count) ? (count as number) : 0;
}

function numberOf(span: RecordedSpan, key: string): number | undefined {
  const value = span.attributes.get(key);
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

function timeOf(span: RecordedSpan, key: string): number | undefined {
  const value = numberOf(span, key);
  return value === undefined || value === 0 || value > 8.64e15 ? undefined : value;
}
