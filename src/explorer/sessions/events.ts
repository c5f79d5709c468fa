import {
  ATTR_GEN_AI_PROMPT_NAME,
  ATTR_GEN_AI_TOOL_CALL_ARGUMENTS,
  ATTR_GEN_AI_TOOL_CALL_RESULT,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_JSONRPC_REQUEST_ID,
  ATTR_MCP_METHOD_NAME,
  ATTR_MCP_REQUEST_ID,
  ATTR_MCP_REQUEST_SIZE,
  ATTR_MCP_RESOURCE_URI,
  ATTR_MCP_RESPONSE_SIZE,
  ATTR_MCP_TOOL_NAME,
} from '../../sdk/signals/semconv.ts';
import type { RecordedSpan } from '../recording/otlp.ts';
import { joinSides, type Sided, type Wait, withSides } from './both-sides.ts';
import { errorOf } from './error-text.ts';
import { messageOf } from './message.ts';
import { type Kinship, type Nested, nest } from './nesting.ts';
import { inOrder, type Placed } from './order.ts';
import { type Ending, isRequest, isUnanswered, statusOf } from './outcome.ts';
import type { EventKind, NestedEvent, SessionEvent } from './session-event.ts';
import { endingOf, reportOf, type SessionReport, textOf } from './session-span.ts';
import { sizeOf } from './sizes.ts';

/**
 * The events of one session's spans in the order of time, but each behind what it belongs to. Interim reports are left out
 * unless asked for.
 */
export function eventsOf(
  spans: Iterable<RecordedSpan>,
  { withUpdates }: { withUpdates: boolean },
): NestedEvent[] {
  const placed: PlacedEvent[] = [];
  for (const span of spans) {
    const event = placedEvent(span);
    if (withUpdates || !event.isUpdate) placed.push(event);
  }
  const { kept, peers, isServed } = joinSides(placed);
  return nestedInOrder(kept).map(({ item, depth }) => {
    const { event, isOfClient } = item;
    const peer = peers.get(item);
    if (peer !== undefined)
      return { ...event, depth, ...withSides(event, { ...peer.event, wait: peer.wait }) };
    return isOfClient && isServed ? { ...event, depth, side: 'client' } : { ...event, depth };
  });
}

/** What of an event decides where it hangs. */
export interface Kin {
  readonly kind: EventKind;
  readonly requestId: string | undefined;
}

/** In order, each below the event that it belongs to. */
export function nestedInOrder<T extends Placed & Kin>(all: readonly T[]): Nested<T>[] {
  return nest(inOrder(all), KINSHIP);
}

/**
 * By the ids of their spans. Requests hang below the session's start where nothing else is there: that is the session. A span of
 * the server's own code whose parent is of no session, as those of libraries are, names its request.
 */
const KINSHIP: Kinship<Placed & Kin> = {
  own: ({ span, kind, requestId }) => {
    if (kind === 'session') return [];
    const id = `${span.traceId} ${span.spanId}`;
    return kind === 'request' && requestId !== undefined ? [id, requestId] : [id];
  },
  above: ({ span, kind, requestId }) => {
    if (kind === 'session') return [];
    const ids = span.parentSpanId === undefined ? [] : [`${span.traceId} ${span.parentSpanId}`];
    return kind === 'custom' && requestId !== undefined ? [...ids, requestId] : ids;
  },
};

/** What a span is called: a message by its method and what that is about, `prompts/get greet`. */
export function namesOf(span: RecordedSpan) {
  const method = textOf(span, ATTR_MCP_METHOD_NAME);
  const target =
    textOf(span, ATTR_GEN_AI_TOOL_NAME) ??
    textOf(span, ATTR_MCP_TOOL_NAME) ??
    textOf(span, ATTR_GEN_AI_PROMPT_NAME) ??
    textOf(span, ATTR_MCP_RESOURCE_URI);
  const name = method === undefined ? span.name : target === undefined ? method : `${method} ${target}`;
  return { method, target, name };
}

export interface PlacedEvent extends Placed, Sided, Kin {
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
  return {
    span,
    event,
    timeMs: event.timeMs,
    rank,
    isUpdate: report?.event === 'update',
    isOfClient: span.clientSide !== undefined,
    kind: event.kind,
    requestId: event.requestId,
    method: event.method,
    rpcId: textOf(span, ATTR_JSONRPC_REQUEST_ID),
    wait: waitOf(span),
  };
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
  const { method, target, name } = namesOf(span);
  const ending = endingOf(span);
  const kind = kindOf(ending);
  return {
    ...eventBase(span),
    kind,
    timeMs: span.startMs,
    type: kind === 'sent' ? `→ ${name}` : name,
    method,
    target,
    latencyMs: span.endMs - span.startMs,
    ...outcomeOf(span, ending),
  };
}

function eventBase(span: RecordedSpan) {
  return {
    arguments: textOf(span, ATTR_GEN_AI_TOOL_CALL_ARGUMENTS),
    result: textOf(span, ATTR_GEN_AI_TOOL_CALL_RESULT),
    requestId: textOf(span, ATTR_MCP_REQUEST_ID),
    rpcId: textOf(span, ATTR_JSONRPC_REQUEST_ID),
    stacks: span.stacks || undefined,
    requestSize: sizeOf(span.attributes.get(ATTR_MCP_REQUEST_SIZE)),
    responseSize: sizeOf(span.attributes.get(ATTR_MCP_RESPONSE_SIZE)),
    traceId: span.traceId,
    spanId: span.spanId,
    message: messageOf(span),
    networkMs: undefined,
    clientError: undefined,
    side: undefined,
  };
}

function kindOf(ending: Ending): EventKind {
  const { kind, method } = ending;
  if (method !== undefined && kind === 'client') return 'sent';
  if (method !== undefined && kind === 'server') return isRequest(ending) ? 'request' : 'notification';
  return 'custom';
}

function waitOf(span: RecordedSpan): Wait {
  if (span.clientSide === undefined) return 'answered';
  if (span.clientSide.isEnriched) return 'unknown';
  return isUnanswered(endingOf(span)) ? 'given_up' : 'answered';
}

function outcomeOf(span: RecordedSpan, ending: Ending): Pick<SessionEvent, 'status' | 'error'> {
  return { status: statusOf(ending), error: errorOf(span, ending).text };
}
