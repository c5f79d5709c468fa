import { type Attributes, type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import { InFlight } from '../operation/in-flight.ts';
import type { HandlerOutcome, Operation, OperationConnection, Wire } from '../operation/operation.ts';
import {
  isNotification,
  isRecord,
  isRequest,
  isResponse,
  isWellFormed,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type RequestId,
} from '../protocol/json-rpc.ts';
import { isTaskRelated, metaOf } from '../protocol/meta.ts';
import { isSpecMethod, type Subject, subjectOf } from '../protocol/methods.ts';
import {
  CANCELLED,
  CONNECTION_CLOSED,
  errorOutcome,
  METHOD_NOT_FOUND,
  type Outcome,
  outcomeOf,
  resultOutcome,
  SENT,
} from '../protocol/outcome.ts';
import type { ClientSession } from '../session/client-session.ts';
import { clientAttributes, type Peer } from '../signals/attributes.ts';
import { CURRENT_OPERATION } from '../signals/context-keys.ts';
import { currentOperation } from '../signals/current-operation.ts';
import { LinkedContext } from '../signals/linked-context.ts';
import * as semconv from '../signals/semconv.ts';
import { awaitHandler, handlesNotification, handlesRequest } from './handlers.ts';
import { currentHttpPeer } from './http-peer.ts';
import { Notified } from './notified.ts';
import type { Observer } from './observer.ts';
import { Outbound, type Recorder } from './outbound.ts';
import { placeReceived, placeSent } from './placement.ts';
import { type Received, readReceived } from './received.ts';
import { hasHandler, isRegistered } from './registered.ts';
import { newRequestId } from './request-id.ts';
import { SessionBinding } from './session-binding.ts';
import {
  type HighLevelServer,
  headerOf,
  type Introduced,
  isAborted,
  type LowLevelServer,
  requestSignalOf,
  stdinOf,
  type Transport,
  type TransportKind,
  transportKind,
} from './shapes.ts';
import { withTraceContext } from './trace-context.ts';

const WIRES: Readonly<Record<TransportKind, Wire>> = {
  stdio: { networkTransport: 'pipe', networkProtocolName: undefined },
  http: { networkTransport: 'tcp', networkProtocolName: 'http' },
  'in-memory': { networkTransport: undefined, networkProtocolName: undefined },
  other: { networkTransport: undefined, networkProtocolName: undefined },
};

/** What passes between one server and one transport, from `connect` to close. */
export class Connection implements OperationConnection, Recorder {
  readonly #observer: Observer;
  readonly #low: LowLevelServer;
  readonly #high: HighLevelServer | undefined;
  readonly #transport: Transport;
  readonly #inbound = new InFlight();
  #outbound: Outbound | undefined;
  #notified: Notified | undefined;
  #kind: TransportKind | undefined;
  #binding: SessionBinding | undefined;
  #answersSeen = true;
  readonly #introduced: Introduced | undefined;

  /** @param introduced what the client had told before the server was instrumented. */
  constructor(
    observer: Observer,
    low: LowLevelServer,
    high: HighLevelServer | undefined,
    transport: Transport,
    introduced?: Introduced,
  ) {
    this.#observer = observer;
    this.#low = low;
    this.#high = high;
    this.#transport = transport;
    this.#introduced = introduced;
  }

  /** What is sent cannot be seen: requests end with their handlers, as those do whose answers are queued. */
  answersUnseen(): void {
    this.#answersSeen = false;
  }

  /** The transport starts. Stdin may end before the first message. */
  started(): void {
    if (stdinOf(this.#transport) !== undefined) this.#bind(undefined);
  }

  /** Notes a message from the client. Returns the context in which the SDK handles it, where it has one of its own. */
  received(raw: unknown, extra: unknown): Context | undefined {
    if (!this.#observer.active) return undefined;
    if (isRequest(raw)) return isWellFormed(raw) ? this.#requestReceived(raw, extra) : undefined;
    if (isNotification(raw)) return isWellFormed(raw) ? this.#notificationReceived(raw, extra) : undefined;
    if (isResponse(raw)) this.#outbound?.answered(raw);
    return undefined;
  }

  /**
   * Notes a message to the client before it is sent. Returns the message to send: the same, or for a request a copy
   * that carries the trace context.
   */
  sending(raw: unknown): unknown {
    if (!this.#observer.active) return raw;
    if (isRequest(raw)) {
      const operation = this.#outgoing().request(raw);
      return withTraceContext(raw, operation.context, this.#observer.propagator);
    }
    if (isNotification(raw)) this.#outgoing().notification(raw);
    return raw;
  }

  /**
   * Notes a response once it is on its way: the client does not wait for telemetry. A request that cannot be sent is
   * over.
   *
   * @param sending what the transport returned; `undefined` where it threw.
   */
  sent(raw: unknown, sending: unknown): void {
    if (isResponse(raw)) {
      const outcome = outcomeOf(raw);
      const operation = this.#inbound.take(raw.id);
      if (operation !== undefined) this.#answered(operation, outcome);
    } else if (isRequest(raw)) this.#requestSent(raw.id, sending);
  }

  #requestSent(id: RequestId, sending: unknown): void {
    const unsent = (): void => void guard('noting a failed request', () => this.#outbound?.unsent(id));
    if (sending === undefined) unsent();
    if (sending instanceof Promise) sending.then(undefined, unsent);
  }

  /** The promise of the handler that failed has rejected by now: what it threw is known in the next microtask. */
  #answered(operation: Operation, outcome: Outcome): void {
    const { returned } = operation;
    if (outcome.kind !== 'rpc_error' || returned === undefined) {
      this.finish(operation, outcome);
      return;
    }
    const now = this.#observer.clock.monotonic();
    returned.then(undefined, (error: unknown) => {
      operation.thrown ??= error;
    });
    queueMicrotask(() => guard('ending a request', () => this.finish(operation, outcome, now)));
  }

  /** Where no response follows, the operation ends when its handler settles. */
  settled(operation: Operation, extra: unknown, outcome: HandlerOutcome): void {
    if (operation.id === undefined) this.#notified?.over(operation);
    if ('error' in outcome) operation.thrown ??= outcome.error;
    const aborted = isAborted(extra);
    if ((!aborted && !operation.taskRelated) || !this.#inbound.remove(operation)) return;
    if (aborted) this.finish(operation, CANCELLED);
    else if ('error' in outcome) this.finish(operation, errorOutcome(outcome.error));
    else this.finish(operation, resultOutcome(outcome.result));
  }

  closed(): void {
    if (!this.#observer.active) return;
    for (const operation of this.#inbound.takeAll()) {
      this.finish(operation, isCancelled(operation) ? CANCELLED : CONNECTION_CLOSED);
    }
    this.#notified?.allOver();
    this.#outbound?.closed();
    this.#binding?.closed();
  }

  /** Starts the operation of a message that the server sends on its own account. */
  startSending(method: string, id: RequestId | undefined, params: unknown): Operation {
    const within = currentOperation();
    // Requests of several sessions can be open on one connection; another connection's request says nothing here.
    const session = within?.connection === this ? within.session : this.#binding?.current;
    const meta = metaOf(params);
    const subject = subjectOf(method, params);
    const operation = this.#operation('client', method, id, session, {
      subject,
      meta,
      protocolVersion: undefined,
    });
    const placement = placeSent(session, this.#observer);
    operation.span = this.#observer.operations.start(operation, placement, undefined, this.#uriOf(subject));
    operation.context = trace.setSpan(placement.parent, operation.span);
    return operation;
  }

  /** Ends `operation`, once. */
  finish(operation: Operation, outcome: Outcome, now = this.#observer.clock.monotonic()): void {
    const { operations, clock } = this.#observer;
    operations.finish(operation, outcome, now);
    // What the handler left running goes on in the context of the request, and would keep all of this.
    operation.returned = operation.extra = operation.newestStep = undefined;
    // The client was waiting until now.
    if (operation.requestUuid !== undefined && operation.session !== undefined) {
      operation.session.lastActivityAt = clock.now();
    }
    this.#binding?.answered();
  }

  #requestReceived(message: JsonRpcRequest, extra: unknown): Context {
    const received = this.#read(message, extra);
    const session = this.#bind(extra).forRequest(received);
    const operation = this.#operation('server', message.method, message.id, session, received);
    if (received.modern && this.#kind === 'http') operation.hangUp = requestSignalOf(extra);
    const displaced = this.#inbound.add(message.id, operation);
    if (displaced !== undefined) this.finish(displaced, CONNECTION_CLOSED);
    const handled = handlesRequest(this.#low, message.method);
    this.#startReceived(operation, received, extra);
    this.#observer.operations.captureArguments(operation, message.params);
    // Refused at once; nothing settles, and what is related to a task is not sent either.
    if (operation.taskRelated && !handled && this.#inbound.remove(operation)) {
      this.finish(operation, METHOD_NOT_FOUND);
    }
    return operation.context;
  }

  #notificationReceived(message: JsonRpcNotification, extra: unknown): Context {
    const received = this.#read(message, extra);
    const session = this.#bind(extra).forNotification(received);
    if (message.method === 'notifications/cancelled') this.#cancelRequested(message.params);
    const operation = this.#operation('server', message.method, undefined, session, received);
    const watched = handlesNotification(this.#low, message.method);
    this.#startReceived(operation, received, extra);
    if (watched) {
      this.#notified ??= new Notified((over) => this.#notificationOver(over));
      this.#notified.add(operation);
    } else this.finish(operation, SENT);
    return operation.context;
  }

  /** An idle connection holds as little as it can: there may be ten thousand. */
  #notificationOver(operation: Operation): void {
    if (this.#notified?.size === 0) this.#notified = undefined;
    this.finish(operation, SENT);
  }

  #outgoing(): Outbound {
    this.#outbound ??= new Outbound(this);
    return this.#outbound;
  }

  #cancelRequested(params: unknown): void {
    const operation = isRecord(params) ? this.#inbound.get(params['requestId'] as RequestId) : undefined;
    if (operation === undefined) return;
    operation.cancelRequested = true;
    awaitHandler(operation);
  }

  #read(message: JsonRpcNotification, extra: unknown): Received {
    return readReceived(message, extra, this.#observer);
  }

  /** Which kind of transport this is shows with its first message. */
  #bind(extra: unknown): SessionBinding {
    this.#kind ??= transportKind(this.#transport, extra);
    this.#binding ??= new SessionBinding(
      this.#observer,
      this.#transport,
      this.#kind,
      this.#wire(),
      this.#inbound,
      this.#introduced,
    );
    return this.#binding;
  }

  #wire(): Wire {
    return WIRES[this.#kind ?? 'other'];
  }

  #operation(
    side: 'server' | 'client',
    method: string,
    id: RequestId | undefined,
    session: ClientSession | undefined,
    { subject, meta, protocolVersion }: Pick<Received, 'subject' | 'meta' | 'protocolVersion'>,
  ): Operation {
    const { limits, clock } = this.#observer;
    return {
      side,
      method,
      id,
      connection: this,
      requestUuid: side === 'server' && id !== undefined ? newRequestId() : undefined,
      session,
      subject,
      wire: this.#wire(),
      protocolVersion: protocolVersion ?? session?.facts.protocolVersion,
      methodKnown: isSpecMethod(method) || hasHandler(this.#low, method, limits),
      subjectKnown: subject !== undefined && isRegistered(this.#high, subject, limits),
      taskRelated: id !== undefined && side === 'server' && (!this.#answersSeen || isTaskRelated(meta)),
      startedAt: clock.monotonic(),
      cancelRequested: false,
      handled: false,
      returned: undefined,
      extra: undefined,
      hangUp: undefined,
      thrown: undefined,
      newestStep: undefined,
      span: NO_SPAN,
      context: ROOT_CONTEXT,
    };
  }

  #startReceived(operation: Operation, received: Received, extra: unknown): void {
    const http = this.#kind === 'http' ? currentHttpPeer() : undefined;
    const peer: Peer | undefined =
      this.#kind === 'http'
        ? {
            address: http?.address,
            port: http?.port,
            userAgent: headerOf(extra, 'user-agent')?.slice(0, 256),
          }
        : undefined;
    const placement = placeReceived(operation, received, this.#kind, this.#observer);
    operation.span = this.#observer.operations.start(
      operation,
      placement,
      peer,
      this.#extraOf(received, extra, operation.session),
    );
    const inSpan = trace.setSpan(placement.parent, operation.span);
    operation.context = new LinkedContext(inSpan, CURRENT_OPERATION, operation);
  }

  #extraOf(received: Received, extra: unknown, session: ClientSession | undefined): Attributes {
    const attributes = this.#uriOf(received.subject);
    // With a session, its facts say it.
    if (session === undefined) Object.assign(attributes, clientAttributes(received.client));
    const user = this.#observer.identifyUser(isRecord(extra) ? extra['authInfo'] : undefined);
    if (user !== undefined) attributes[semconv.ATTR_ENDUSER_PSEUDO_ID] = user;
    return attributes;
  }

  #uriOf(subject: Subject | undefined): Attributes {
    return subject?.kind === 'resource'
      ? { [semconv.ATTR_MCP_RESOURCE_URI]: this.#observer.capture.text(subject.value) }
      : {};
  }
}

function isCancelled({ cancelRequested, hangUp }: Operation): boolean {
  return cancelRequested || hangUp?.aborted === true;
}

/** Stands until the span is started. */
const NO_SPAN = trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 });
