import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
} from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import type { Operation } from '../operation/operation.ts';
import { unansweredOutcome, unseenOutcome } from '../operation/unanswered.ts';
import { bytesTold, timeTold } from '../passing.ts';
import { isRecord } from '../protocol/json-rpc.ts';
import { protocolVersion } from '../protocol/meta.ts';
import { isFailure, type Outcome } from '../protocol/outcome.ts';
import { listedTools } from '../protocol/tools.ts';
import { argumentAttributes } from './arguments.ts';
import {
  isServerError,
  methodLabel,
  outcomeAttributes,
  type Peer,
  setSizes,
  spanName,
  startAttributes,
} from './attributes.ts';
import { addException, errorName } from './exception.ts';
import { jsonSize } from './json-size.ts';
import { LOG_MESSAGE_METHOD, logMessageAttributes } from './log-message.ts';
import { PointAttributeSets } from './point-attributes.ts';
import { resultAttributes } from './result-attributes.ts';
import * as semconv from './semconv.ts';
import type { SignalParts } from './signal-parts.ts';
import { statusMessage } from './status-message.ts';

/** Where the span of an operation hangs. */
export interface Placement {
  parent: Context;
  links: Link[];
}

/** Requests open at once in one process; a server that never answers cannot make it more. */
const MAX_OPEN = 100_000;
/** Milliseconds that the handler of a cancelled request has to settle, until it is recorded without. */
const ABANDONED_AFTER_MS = 30_000;

/** Turns operations into spans and data points. */
export class OperationSignals {
  readonly #parts: SignalParts;
  readonly #points: PointAttributeSets;
  /** Started and not finished: what shutdown has to end. */
  readonly #open = new Set<Operation>();
  /** How many of the open ones were received. */
  #received = 0;
  /** Those whose client cancelled them, and when; the oldest first. */
  readonly #cancelled = new Map<Operation, number>();
  readonly #whenIdle: (() => void)[] = [];

  constructor(parts: SignalParts) {
    this.#parts = parts;
    this.#points = new PointAttributeSets(parts.identity);
  }

  /** Starts the span, and counts a request as open. */
  start(operation: Operation, placement: Placement, peer: Peer | undefined, extra?: Attributes): Span {
    const { tracer, identity, process, enabled, openRequests, capture, resourceUriInSpanName } = this.#parts;
    this.#hold(operation);
    if (operation.side === 'server' && operation.id !== undefined)
      openRequests?.change(methodLabel(operation), 1);
    const attributes = enabled.spans
      ? process(Object.assign(startAttributes(identity, operation, peer, capture.label), extra))
      : {};
    const kind = operation.side === 'server' ? SpanKind.SERVER : SpanKind.CLIENT;
    // As the data processors left it: what they took off the span does not come back in its name.
    const uri = resourceUriInSpanName ? attributes[semconv.ATTR_MCP_RESOURCE_URI] : undefined;
    const options: SpanOptions = { kind, attributes, links: placement.links };
    const startTime = timeTold();
    if (startTime !== undefined) options.startTime = startTime;
    return tracer.startSpan(spanName(operation, uri), options, placement.parent);
  }

  /** Takes the span of another instrumentation for that of `operation`: it gets what it does not say itself. */
  borrow(operation: Operation, span: Span, extra: Attributes): void {
    const { identity, enabled, capture } = this.#parts;
    this.#hold(operation);
    operation.span = span;
    operation.borrowed = true;
    if (enabled.spans)
      this.describe(
        operation,
        Object.assign(startAttributes(identity, operation, undefined, capture.label), extra),
      );
  }

  /** What is found out about an operation while it goes on. */
  describe({ span, borrowed }: Operation, attributes: Attributes): void {
    this.#set(span, borrowed ? withoutKnown(span, attributes) : attributes);
  }

  /** Arguments are read only where a span records them. */
  captureArguments(operation: Operation, params: unknown): void {
    const { collect, capture } = this.#parts;
    if (!collect.arguments || !operation.span.isRecording()) return;
    this.describe(operation, argumentAttributes(operation.method, params, capture));
  }

  /** What the server tells its client as a log line: the text is recorded where results are. */
  captureLogMessage(operation: Operation, params: unknown): void {
    const { collect, capture } = this.#parts;
    if (operation.method !== LOG_MESSAGE_METHOD || !operation.span.isRecording()) return;
    this.#set(operation.span, logMessageAttributes(params, capture, collect.results));
  }

  /** Bytes of a message, where they can be told and are recorded. */
  sizeOf(message: unknown): number | undefined {
    const { spans, metrics } = this.#parts.enabled;
    return spans || metrics ? (bytesTold() ?? jsonSize(message)) : undefined;
  }

  /**
   * Ends the span and records the duration, in seconds. `now` is on the monotonic clock, in milliseconds.
   *
   * @returns what span and data point say of the outcome.
   */
  finish(operation: Operation, outcome: Outcome, now: number): Attributes {
    if (!this.#release(operation)) return {};
    // What a handler returned or threw may resist being looked at; the request is over all the same.
    const ended = guard('describing a request', () => this.#conclude(operation, outcome, now)) ?? {};
    guard('ending a request', () => {
      if (!operation.borrowed) operation.span.end(now);
      if (this.#parts.enabled.metrics) this.#measure(operation, ended, now);
    });
    if (this.#received === 0 && this.#whenIdle.length > 0)
      for (const tell of this.#whenIdle.splice(0)) tell();
    return ended;
  }

  /** Ends what is still open: no response will be seen any more. */
  finishAll(now: number): void {
    for (const operation of [...this.#open]) this.finish(operation, unseenOutcome(operation), now);
  }

  /** The client has cancelled `operation`, whose handler may never settle. */
  cancelled(operation: Operation, now: number): void {
    if (this.#open.has(operation)) this.#cancelled.set(operation, now);
  }

  /** Gives up on the handlers that went on for too long after their request was cancelled. Called from time to time. */
  endAbandoned(now: number): void {
    for (const [operation, cancelledAt] of this.#cancelled) {
      if (now - cancelledAt < ABANDONED_AFTER_MS) return;
      this.#cancelled.delete(operation);
      operation.connection.abandoned(operation);
    }
  }

  /** What is open, the oldest first. */
  open(): Iterable<Operation> {
    return this.#open;
  }

  /** Resolves when no received request is open. Those of the server itself may wait for a client that has gone. */
  idle(): Promise<void> {
    return this.#received === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #hold(operation: Operation): void {
    if (this.#open.size >= MAX_OPEN) this.#endOldest(operation.startedAt);
    this.#open.add(operation);
    this.#countReceived(operation, 1);
  }

  #endOldest(now: number): void {
    for (const oldest of this.#open) {
      this.finish(oldest, unansweredOutcome(oldest), now);
      return;
    }
  }

  /** Says whether the operation was open still. */
  #release(operation: Operation): boolean {
    if (!this.#open.delete(operation)) return false;
    if (operation.cancelRequested) this.#cancelled.delete(operation);
    this.#countReceived(operation, -1);
    return true;
  }

  #countReceived({ side, id, session }: Operation, change: 1 | -1): void {
    if (side !== 'server' || id === undefined) return;
    this.#received += change;
    if (session !== undefined) session.openRequests += change;
  }

  /** What the outcome says of session and span. Returns the attributes that spans and data points share. */
  #conclude(operation: Operation, outcome: Outcome, now: number): Attributes {
    if (isFailure(outcome) && operation.side === 'server') operation.session?.noteFailure();
    this.#learn(operation, outcome);
    const ended = outcomeAttributes(operation, outcome);
    if (operation.thrown !== undefined && isServerError(operation, outcome)) {
      const name = errorName(operation.thrown, this.#parts.capture);
      ended[semconv.ATTR_EXCEPTION_TYPE] = name;
      if (outcome.kind === 'unsent' && name !== 'Error') ended[semconv.ATTR_ERROR_TYPE] = name;
    }
    if (operation.span.isRecording()) this.#endSpan(operation, outcome, ended, now);
    return ended;
  }

  #endSpan(operation: Operation, outcome: Outcome, ended: Attributes, now: number): void {
    const { span } = operation;
    const failed = isServerError(operation, outcome);
    const attributes: Attributes = { ...ended };
    setSizes(attributes, operation);
    if (outcome.kind === 'ok' || outcome.kind === 'tool_error')
      Object.assign(attributes, resultAttributes(operation, outcome.result, this.#parts));
    if (operation.borrowed) {
      this.describe(operation, attributes);
      return;
    }
    const message = statusMessage(operation, outcome, this.#parts);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
    // Only the status of an error can have a description.
    else if (message !== undefined && message !== '') attributes[semconv.ATTR_MCP_ERROR_MESSAGE] = message;
    this.#set(span, attributes);
    if (failed && operation.thrown !== undefined) addException(span, operation.thrown, this.#parts, now);
  }

  /** Takes from a good response what it tells: which tools there are, which version was agreed on. */
  #learn(operation: Operation, outcome: Outcome): void {
    if (outcome.kind !== 'ok' || operation.side !== 'server') return;
    const { limits } = this.#parts;
    const { subject } = operation;
    if (operation.method === 'tools/list') {
      for (const name of listedTools(outcome.result)?.names ?? []) limits.tool.admit(name);
    }
    if (operation.method === 'initialize' && isRecord(outcome.result)) {
      const version = protocolVersion(outcome.result['protocolVersion']);
      if (version !== undefined) {
        operation.protocolVersion = limits.protocolVersion.admit(version);
        operation.session?.learn({ protocolVersion: operation.protocolVersion });
      }
    }
    // A name that was answered well is a registered one, even where the server cannot be asked.
    if (
      !operation.subjectKnown &&
      subject !== undefined &&
      subject.kind !== 'resource' &&
      operation.id !== undefined
    ) {
      operation.subjectKnown = limits[subject.kind].takes(subject.value);
      operation.span.updateName(spanName(operation));
    }
  }

  #measure(operation: Operation, ended: Attributes, now: number): void {
    const { instruments, openRequests, process } = this.#parts;
    const isServer = operation.side === 'server';
    const points = this.#points.of(operation, this.#subjectLabel(operation));
    if (isServer) this.#measureSizes(operation, points.sizes);
    if (isServer && operation.id !== undefined) openRequests?.change(methodLabel(operation), -1);
    const histogram = isServer ? instruments.serverOperationDuration : instruments.clientOperationDuration;
    const attributes = process(this.#withOutcome(points.duration, ended));
    histogram.record((now - operation.startedAt) / 1000, attributes, operation.context);
  }

  /** With how it ended, where that was not well. */
  #withOutcome(attributes: Attributes, ended: Attributes): Attributes {
    const { limits } = this.#parts;
    const {
      [semconv.ATTR_ERROR_TYPE]: errorType,
      [semconv.ATTR_EXCEPTION_TYPE]: exceptionType,
      [semconv.ATTR_RPC_RESPONSE_STATUS_CODE]: code,
    } = ended;
    if (errorType === undefined && code === undefined) return attributes;
    const withOutcome = { ...attributes };
    if (errorType !== undefined)
      withOutcome[semconv.ATTR_ERROR_TYPE] = limits.errorType.admit(String(errorType));
    if (errorType === semconv.ERROR_TYPE_TOOL && exceptionType !== undefined)
      withOutcome[semconv.ATTR_EXCEPTION_TYPE] = limits.exceptionType.admit(String(exceptionType));
    if (code !== undefined)
      withOutcome[semconv.ATTR_RPC_RESPONSE_STATUS_CODE] = limits.statusCode.admit(String(code));
    return withOutcome;
  }

  #measureSizes({ requestSize, responseSize, context }: Operation, attributes: Attributes): void {
    if (requestSize === undefined && responseSize === undefined) return;
    const { instruments, process } = this.#parts;
    const processed = process(attributes);
    if (requestSize !== undefined) instruments.serverRequestSize.record(requestSize, processed, context);
    if (responseSize !== undefined) instruments.serverResponseSize.record(responseSize, processed, context);
  }

  #subjectLabel(operation: Operation): string | undefined {
    const { subject, subjectKnown } = operation;
    if (subject === undefined || subject.kind === 'resource') return undefined;
    return subjectKnown ? this.#parts.limits[subject.kind].admit(subject.value) : semconv.OTHER;
  }

  #set(span: Span, attributes: Attributes): void {
    for (const _ in attributes) {
      span.setAttributes(this.#parts.process(attributes));
      return;
    }
  }
}

/** What somebody else has said of their own span stays. */
function withoutKnown(span: Span, attributes: Attributes): Attributes {
  const known: unknown = Reflect.get(span, 'attributes');
  if (!isRecord(known)) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !Object.hasOwn(known, name)));
}
