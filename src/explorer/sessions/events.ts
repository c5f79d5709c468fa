import {
  ATTR_ERROR_TYPE,
  ATTR_GEN_AI_PROMPT_NAME,
  ATTR_GEN_AI_TOOL_CALL_ARGUMENTS,
  ATTR_GEN_AI_TOOL_CALL_RESULT,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_MCP_METHOD_NAME,
  ATTR_MCP_REQUEST_ID,
  ATTR_MCP_RESOURCE_URI,
  ATTR_MCP_TOOL_NAME,
  ATTR_RPC_RESPONSE_STATUS_CODE,
  ERROR_TYPE_CANCELLED,
} from '../../sdk/signals/semconv.ts';
import type { RecordedSpan } from '../recording/otlp.ts';
import { inOrder, type Placed } from './order.ts';
import { isFailed, isRequest, reportOf, type SessionReport, textOf } from './session-span.ts';

/** `sent`: by the server to the client. `custom`: the server author's own span. */
export type EventKind = 'session' | 'request' | 'notification' | 'sent' | 'custom';
export type EventStatus = 'ok' | 'error' | 'cancelled';

/** Something that happened in a session. */
export interface SessionEvent {
  readonly kind: EventKind;
  /** Unix milliseconds, with fractions. */
  readonly timeMs: number;
  /** `session start`, `initialize`, `tools/call get_weather`, `session end (stdin_eof)` … */
  readonly type: string;
  readonly method: string | undefined;
  /** The tool, prompt or resource that it was about. */
  readonly target: string | undefined;
  /** Milliseconds; `undefined` for what takes no time. */
  readonly latencyMs: number | undefined;
  readonly status: EventStatus | undefined;
  readonly error: string | undefined;
  /** JSON text, where arguments and results were captured. */
  readonly arguments: string | undefined;
  readonly result: string | undefined;
  readonly requestId: string | undefined;
  readonly traceId: string;
  readonly spanId: string;
}

const ERROR_CODES: Readonly<Record<string, string>> = {
  '-32700': 'parse error',
  '-32600': 'invalid request',
  '-32601': 'method not found',
  '-32602': 'invalid params',
  '-32603': 'internal error',
  '-32002': 'resource not found',
};

/** The events of one session's spans in the order of time. Interim reports are left out unless asked for. */
export function eventsOf(
  spans: Iterable<RecordedSpan>,
  { withUpdates }: { withUpdates: boolean },
): SessionEvent[] {
  const placed: PlacedEvent[] = [];
  for (const span of spans) {
    const event = placedEvent(span);
    if (withUpdates || !event.isUpdate) placed.push(event);
  }
  return inOrder(placed).map(({ event }) => event);
}

export interface PlacedEvent extends Placed {
  readonly event: SessionEvent;
  /** An interim report. */
  readonly isUpdate: boolean;
}

/** The event of a span, with what {@link inOrder} needs. */
export function placedEvent(span: RecordedSpan): PlacedEvent {
  const report = reportOf(span);
  const event = report === undefined ? messageEvent(span) : sessionEvent(span, report);
  // A start comes before the request that caused it.
  const rank = report?.event === 'start' ? 0 : report?.event === 'end' ? 2 : 1;
  return { span, event, timeMs: event.timeMs, rank, isUpdate: report?.event === 'update' };
}

function sessionEvent(span: RecordedSpan, report: SessionReport): SessionEvent {
  const reason = report.event === 'end' && report.endReason !== undefined ? ` (${report.endReason})` : '';
  return {
    ...eventBase(span),
    kind: 'session',
    timeMs: report.event === 'start' ? Math.min(span.startMs, report.startedMs ?? span.startMs) : span.endMs,
    type: `session ${report.event}${reason}`,
    method: undefined,
    target: undefined,
    latencyMs: undefined,
    status: undefined,
    error: undefined,
  };
}

function messageEvent(span: RecordedSpan): SessionEvent {
  const method = textOf(span, ATTR_MCP_METHOD_NAME);
  const target =
    textOf(span, ATTR_GEN_AI_TOOL_NAME) ??
    textOf(span, ATTR_MCP_TOOL_NAME) ??
    textOf(span, ATTR_GEN_AI_PROMPT_NAME) ??
    textOf(span, ATTR_MCP_RESOURCE_URI);
  const kind = kindOf(span, method);
  const name = method === undefined ? span.name : target === undefined ? method : `${method} ${target}`;
  return {
    ...eventBase(span),
    kind,
    timeMs: span.startMs,
    type: kind === 'sent' ? `→ ${name}` : name,
    method,
    target,
    latencyMs: span.endMs - span.startMs,
    ...outcomeOf(span),
  };
}

function eventBase(span: RecordedSpan) {
  return {
    arguments: textOf(span, ATTR_GEN_AI_TOOL_CALL_ARGUMENTS),
    result: textOf(span, ATTR_GEN_AI_TOOL_CALL_RESULT),
    requestId: textOf(span, ATTR_MCP_REQUEST_ID),
    traceId: span.traceId,
    spanId: span.spanId,
  };
}

function kindOf(span: RecordedSpan, method: string | undefined): EventKind {
  if (method !== undefined && span.kind === 'client') return 'sent';
  if (method !== undefined && span.kind === 'server') return isRequest(span) ? 'request' : 'notification';
  return 'custom';
}

function outcomeOf(span: RecordedSpan): Pick<SessionEvent, 'status' | 'error'> {
  if (textOf(span, ATTR_ERROR_TYPE) === ERROR_TYPE_CANCELLED)
    return { status: 'cancelled', error: undefined };
  if (!isFailed(span)) return { status: 'ok', error: undefined };
  return { status: 'error', error: errorTextOf(span) };
}

function errorTextOf(span: RecordedSpan): string | undefined {
  const code = span.attributes.get(ATTR_RPC_RESPONSE_STATUS_CODE);
  const type = textOf(span, ATTR_ERROR_TYPE) ?? (code === undefined ? undefined : String(code));
  const message =
    span.statusMessage ??
    span.exceptionMessage ??
    (code === undefined ? undefined : ERROR_CODES[String(code)]);
  const parts = [type, message].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : parts.join(': ');
}
