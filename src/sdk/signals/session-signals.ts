import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import { timeTold } from '../passing.ts';
import type { ClientSession, SessionTrace } from '../session/client-session.ts';
import type { SessionListener } from '../session/registry.ts';
import { metricIdentity, sessionIdentity } from './attributes.ts';
import { KEEP_SESSION } from './context-keys.ts';
import { LINKED_ROOT } from './linked-context.ts';
import * as semconv from './semconv.ts';
import type { SignalParts } from './signal-parts.ts';
import type { Waiting } from './waiting.ts';

/** A session's trace is closed after this many request spans, or this long: backends cap what one trace may hold. */
const MAX_TRACE_REQUESTS = 1_000;
const MAX_TRACE_AGE_MS = 3_600_000;

type SessionEvent = 'start' | 'update' | 'end';

const SPAN_NAMES: Readonly<Record<SessionEvent, string>> = {
  start: semconv.SPAN_SESSION_START,
  update: semconv.SPAN_SESSION_UPDATE,
  end: semconv.SPAN_SESSION_END,
};

/** Turns the life of a session into its short spans and its data points. */
export class SessionSignals implements SessionListener {
  readonly #parts: SignalParts;
  readonly #idleTimeoutMs: number;
  readonly #waiting: Waiting;

  constructor(parts: SignalParts, idleTimeoutMs: number, waiting: Waiting) {
    this.#parts = parts;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#waiting = waiting;
  }

  started(session: ClientSession, now: number): void {
    this.#tell(() => {
      this.#open(session, 1);
      this.#openTrace(session, 'start', now);
    });
  }

  resumed(session: ClientSession, now: number): void {
    this.#tell(() => this.#open(session, 1));
    this.updated(session, now);
  }

  updated(session: ClientSession, now: number): void {
    const { trace: current } = session;
    this.#tell(() => {
      if (current?.sampled && now - current.openedAt >= MAX_TRACE_AGE_MS)
        this.#openTrace(session, 'update', now);
      else this.#record(session, 'update', now, current?.context ?? ROOT_CONTEXT, []);
    });
  }

  /** A part is no session of its own in the metrics. */
  joined(session: ClientSession, now: number): void {
    this.#tell(() => this.#count(session, -1));
    this.updated(session, now);
  }

  left(session: ClientSession, now: number): void {
    this.#tell(() => this.#count(session, 1));
    this.updated(session, now);
  }

  ended(session: ClientSession, now: number): void {
    this.#tell(() => this.#end(session, now));
  }

  /** The application's own tracer or meter may throw; that is no reason to lose the session, or the next one. */
  #tell(record: () => void): void {
    guard('recording a session', record);
  }

  #end(session: ClientSession, now: number): void {
    const { enabled, instruments, identity, process } = this.#parts;
    this.#record(session, 'end', now, session.trace?.context ?? ROOT_CONTEXT, []);
    this.#open(session, -1);
    if (!enabled.metrics) return;
    const seconds = session.durationAt(now) / 1000;
    const { protocolVersion, networkProtocolName } = session.facts;
    const version =
      protocolVersion === undefined ? {} : { [semconv.ATTR_MCP_PROTOCOL_VERSION]: protocolVersion };
    if (session.partOf === undefined) {
      instruments.clientSessionDuration.record(
        seconds,
        process({
          ...this.#metricAttributes(session),
          ...version,
          [semconv.ATTR_MCP_CLIENT_SESSION_END_REASON]: session.endReason as string,
        }),
      );
    }
    // The convention's own meaning: one protocol session.
    if (identity.scope === 'client' && session.source === 'protocol') {
      const network =
        networkProtocolName === undefined
          ? {}
          : { [semconv.ATTR_NETWORK_PROTOCOL_NAME]: networkProtocolName };
      instruments.serverSessionDuration.record(seconds, process({ ...version, ...network }));
    }
  }

  /** The context in which the session's next request span starts; opens a new trace where the current one is full. */
  contextFor(session: ClientSession, now: number): Context | undefined {
    const { trace: current } = session;
    if (current === undefined) return undefined;
    if (current.sampled && isFull(current, now)) this.#openTrace(session, 'update', now);
    const place = session.trace as SessionTrace;
    place.requestSpans += 1;
    return place.context;
  }

  /** A link to the root of the session's trace. */
  linkTo(session: ClientSession | undefined): Link | undefined {
    const context = session?.trace === undefined ? undefined : trace.getSpanContext(session.trace.context);
    return context === undefined ? undefined : { context };
  }

  #openTrace(session: ClientSession, event: SessionEvent, now: number): void {
    const before = session.trace;
    const previous = this.linkTo(session);
    const context = before === undefined ? ROOT_CONTEXT : ROOT_CONTEXT.setValue(KEEP_SESSION, true);
    const span = this.#record(session, event, now, context, previous === undefined ? [] : [previous]);
    const spanContext = span.spanContext();
    const sampled = (spanContext.traceFlags & TraceFlags.SAMPLED) !== 0;
    if (before?.sampled === true && !sampled) {
      // The application's own sampler decided anew, against the session: its spans stay together in the old trace.
      before.requestSpans = 0;
      before.openedAt = now;
      return;
    }
    session.trace = {
      context: trace.setSpan(LINKED_ROOT, trace.wrapSpanContext(spanContext)),
      sampled,
      requestSpans: 0,
      openedAt: now,
    };
  }

  #record(session: ClientSession, event: SessionEvent, now: number, parent: Context, links: Link[]): Span {
    const { tracer, enabled, process } = this.#parts;
    const attributes = enabled.spans ? process(this.#attributes(session, event, now)) : {};
    const told = timeTold();
    // Neither before its session begins, nor after its first request.
    const startTime = event === 'start' && told !== undefined ? session.startedAt : told;
    const options: SpanOptions = { attributes, links };
    if (startTime !== undefined) options.startTime = startTime;
    const span = tracer.startSpan(SPAN_NAMES[event], options, parent);
    span.end(startTime);
    session.seq += 1;
    session.reportedAt = now;
    session.changed = false;
    session.openTold = session.openRequests;
    return span;
  }

  #attributes(session: ClientSession, event: SessionEvent, now: number): Attributes {
    const { facts } = session;
    const attributes: Attributes = {
      ...sessionIdentity(this.#parts.identity, session, facts.protocolSessionId),
      [semconv.ATTR_MCP_CLIENT_SESSION_EVENT]: event,
      [semconv.ATTR_MCP_CLIENT_SESSION_SEQ]: session.seq,
      [semconv.ATTR_MCP_CLIENT_SESSION_STATUS]: event === 'end' ? 'ended' : 'active',
      [semconv.ATTR_MCP_CLIENT_SESSION_START_UNIX_MS]: session.startedAt,
      [semconv.ATTR_MCP_CLIENT_SESSION_DURATION_MS]: session.durationAt(now),
      [semconv.ATTR_MCP_CLIENT_SESSION_CALLS]: session.calls,
      [semconv.ATTR_MCP_CLIENT_SESSION_ERRORS]: session.errors,
      [semconv.ATTR_MCP_CLIENT_SESSION_TOOLS]: session.toolsText,
      [semconv.ATTR_MCP_CLIENT_SESSION_TOOLS_LIST]: [...session.tools],
    };
    if (event === 'end') attributes[semconv.ATTR_MCP_CLIENT_SESSION_END_REASON] = session.endReason as string;
    if (session.openRequests > 0) Object.assign(attributes, this.#waiting.of(session));
    if (session.key !== undefined) {
      attributes[semconv.ATTR_MCP_CLIENT_SESSION_KEY] = session.key;
      attributes[semconv.ATTR_MCP_CLIENT_SESSION_IDLE_TIMEOUT_MS] = this.#idleTimeoutMs;
      if (session.openedBy !== undefined)
        attributes[semconv.ATTR_MCP_CLIENT_SESSION_OPENED_BY] = session.openedBy;
    }
    for (const [fact, attribute] of FACT_ATTRIBUTES) {
      if (facts[fact] !== undefined) attributes[attribute] = facts[fact];
    }
    return attributes;
  }

  #open(session: ClientSession, change: 1 | -1): void {
    if (session.partOf === undefined) this.#count(session, change);
  }

  #count(session: ClientSession, change: 1 | -1): void {
    if (!this.#parts.enabled.metrics) return;
    // Counted down where it was counted up, whatever was learned since.
    if (change === 1) session.activeUnder = this.#parts.process(this.#metricAttributes(session));
    this.#parts.instruments.clientSessionActive.add(change, session.activeUnder);
  }

  #metricAttributes(session: ClientSession): Attributes {
    const attributes = metricIdentity(this.#parts.identity);
    const { clientName, networkTransport } = session.facts;
    if (clientName !== undefined) {
      attributes[semconv.ATTR_MCP_CLIENT_NAME] = this.#parts.limits.clientName.admit(clientName);
    }
    if (networkTransport !== undefined) attributes[semconv.ATTR_NETWORK_TRANSPORT] = networkTransport;
    return attributes;
  }
}

const FACT_ATTRIBUTES = [
  ['clientName', semconv.ATTR_MCP_CLIENT_NAME],
  ['clientVersion', semconv.ATTR_MCP_CLIENT_VERSION],
  ['protocolVersion', semconv.ATTR_MCP_PROTOCOL_VERSION],
  ['networkTransport', semconv.ATTR_NETWORK_TRANSPORT],
  ['clientAddress', semconv.ATTR_CLIENT_ADDRESS],
  ['userAgent', semconv.ATTR_USER_AGENT_ORIGINAL],
  ['conversationId', semconv.ATTR_GEN_AI_CONVERSATION_ID],
] as const;

function isFull(current: SessionTrace, now: number): boolean {
  return current.requestSpans >= MAX_TRACE_REQUESTS || now - current.openedAt >= MAX_TRACE_AGE_MS;
}
