import type { Context } from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import { InFlight } from '../operation/in-flight.ts';
import type { HandlerOutcome, Operation } from '../operation/operation.ts';
import { unansweredOutcome } from '../operation/unanswered.ts';
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
import { metaOf } from '../protocol/meta.ts';
import { isRequestToClient, subjectOf } from '../protocol/methods.ts';
import {
  ABANDONED,
  CANCELLED,
  errorOutcome,
  METHOD_NOT_FOUND,
  type Outcome,
  outcomeOf,
  resultOutcome,
  SENT,
} from '../protocol/outcome.ts';
import type { ClientSession } from '../session/client-session.ts';
import { currentOperation } from '../signals/current-operation.ts';
import { awaitHandler, handlesNotification, handlesRequest } from './handlers.ts';
import { currentHttpPeer } from './http-peer.ts';
import { type Ends, newOperation } from './new-operation.ts';
import { Notified } from './notified.ts';
import type { Observer } from './observer.ts';
import { Outbound, type Recorder } from './outbound.ts';
import { type Received, readReceived } from './received.ts';
import { SessionBinding } from './session-binding.ts';
import {
  type HighLevelServer,
  type Introduced,
  isAborted,
  type LowLevelServer,
  requestSignalOf,
  stdinOf,
  type Transport,
  type TransportKind,
  transportKind,
} from './shapes.ts';
import { startReceived, startSent } from './start-span.ts';
import { withTraceContext } from './trace-context.ts';
import { wireFor } from './wires.ts';

/** What passes between one server and one transport, from `connect` to close. */
export class Connection implements Ends, Recorder {
  readonly observer: Observer;
  readonly low: LowLevelServer;
  readonly high: HighLevelServer | undefined;
  readonly #transport: Transport;
  readonly #inbound = new InFlight();
  #outbound: Outbound | undefined;
  #notified: Notified | undefined;
  #kind: TransportKind = 'other';
  #binding: SessionBinding | undefined;
  readonly #introduced: Introduced | undefined;
  /** Whether what is sent can be seen; else requests end with their handlers, as those do whose answers are queued. */
  answersSeen = true;

  /** @param introduced what the client had told before the server was instrumented. */
  constructor(
    observer: Observer,
    low: LowLevelServer,
    high: HighLevelServer | undefined,
    transport: Transport,
    introduced?: Introduced,
  ) {
    this.observer = observer;
    this.low = low;
    this.high = high;
    this.#transport = transport;
    this.#introduced = introduced;
  }

  get protocolSessionId(): string | undefined {
    return this.#binding?.protocolId;
  }

  /** The transport starts. Stdin may end before the first message. */
  started(): void {
    if (stdinOf(this.#transport) !== undefined) this.#bind(undefined);
  }

  /** Notes a message from the client. Returns the context in which the SDK handles it, where it has one of its own. */
  received(raw: unknown, extra: unknown): Context | undefined {
    if (!this.observer.active) return undefined;
    if (isRequest(raw)) return isWellFormed(raw) ? this.#requestReceived(raw, extra) : undefined;
    if (isNotification(raw)) return isWellFormed(raw) ? this.#notificationReceived(raw, extra) : undefined;
    if (isResponse(raw)) this.#outbound?.answered(raw);
    return undefined;
  }

  /**
   * Notes a message to the client before it is sent. Returns the message to send: the same, or for a request of the
   * specification a copy that carries the trace context. In others, a client may refuse what it does not know.
   */
  sending(raw: unknown): unknown {
    if (!this.observer.active || isResponse(raw)) return raw;
    this.#outbound ??= new Outbound(this);
    if (isRequest(raw)) {
      const operation = this.#outbound.request(raw);
      const { propagateToClient, propagator } = this.observer;
      const isTraced = propagateToClient && isRequestToClient(raw.method);
      const message = isTraced ? withTraceContext(raw, operation.context, propagator) : raw;
      operation.requestSize = this.sizeOf(message);
      return message;
    }
    if (isNotification(raw)) this.#outbound.notification(raw);
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
      if (operation === undefined) return;
      operation.responseSize = this.sizeOf(raw);
      this.#answered(operation, outcome);
    } else if (isRequest(raw)) this.#outbound?.sent(raw.id, sending);
  }

  /** The promise of the handler that failed has rejected by now: what it threw is known in the next microtask. */
  #answered(operation: Operation, outcome: Outcome): void {
    const { returned } = operation;
    if (outcome.kind !== 'rpc_error' || returned === undefined) {
      this.finish(operation, outcome);
      return;
    }
    const now = this.observer.clock.monotonic();
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

  abandoned(operation: Operation): void {
    // v1 does not cancel a request with the id 0.
    if (operation.extra !== undefined && !isAborted(operation.extra)) return;
    if (this.#inbound.remove(operation)) this.finish(operation, ABANDONED);
  }

  closed(): void {
    if (!this.observer.active) return;
    for (const operation of this.#inbound.takeAll()) this.finish(operation, unansweredOutcome(operation));
    this.#notified?.allOver();
    this.#outbound?.closed();
    this.#binding?.closed();
  }

  /** Starts the operation of a message that the server sends on its own account. */
  startSending(method: string, id: RequestId | undefined, params: unknown): Operation {
    const current = currentOperation();
    // Requests of several sessions can be open on one connection; another connection's request says nothing here.
    const within = current?.connection === this ? current : undefined;
    const session = within === undefined ? this.#binding?.current : within.session;
    const wire = within?.wire ?? wireFor(this.#kind, undefined);
    const operation = newOperation(this, 'client', id, session, wire, {
      method,
      subject: subjectOf(method, params),
      meta: metaOf(params),
      protocolVersion: undefined,
      size: undefined,
      conversationId: within === undefined ? session?.facts.conversationId : within.conversationId,
    });
    const http = within !== undefined && this.#kind === 'http' ? currentHttpPeer() : undefined;
    startSent(operation, http, this.observer);
    this.observer.operations.captureLogMessage(operation, params);
    return operation;
  }

  sizeOf(message: unknown): number | undefined {
    return this.observer.operations.sizeOf(message);
  }

  /** Ends `operation`, once. */
  finish(operation: Operation, outcome: Outcome, now = this.observer.clock.monotonic()): void {
    const { operations, clock } = this.observer;
    operations.finish(operation, outcome, now);
    // What the handler left running goes on in the context of the request, and would keep all of this.
    operation.returned = operation.extra = operation.newestStep = undefined;
    // The client was waiting until now, unless it had cancelled.
    const { session, requestUuid, cancelRequested } = operation;
    if (requestUuid !== undefined && session !== undefined && !cancelRequested) {
      session.lastActivityAt = clock.now();
    }
    this.#binding?.answered();
  }

  #requestReceived(message: JsonRpcRequest, extra: unknown): Context {
    const received = readReceived(message, extra, this);
    const session = this.#bind(extra).forRequest(received);
    const operation = this.#operationOf(received, message.id, session);
    if (received.modern && this.#kind === 'http') operation.hangUp = requestSignalOf(extra);
    const displaced = this.#inbound.add(message.id, operation);
    if (displaced !== undefined) this.finish(displaced, unansweredOutcome(displaced));
    const handled = handlesRequest(this.low, message.method);
    const scope = startReceived(operation, received, this.#kind, this.observer);
    this.observer.operations.captureArguments(operation, message.params);
    // Refused at once; nothing settles, and what is related to a task is not sent either.
    if (operation.taskRelated && !handled && this.#inbound.remove(operation)) {
      this.finish(operation, METHOD_NOT_FOUND);
    }
    return scope;
  }

  #notificationReceived(message: JsonRpcNotification, extra: unknown): Context {
    const received = readReceived(message, extra, this);
    const session = this.#bind(extra).forNotification(received);
    if (message.method === 'notifications/cancelled') this.#cancelRequested(message.params);
    const operation = this.#operationOf(received, undefined, session);
    const watched = handlesNotification(this.low, message.method);
    const scope = startReceived(operation, received, this.#kind, this.observer);
    if (watched) {
      this.#notified ??= new Notified((over) => this.#notificationOver(over));
      this.#notified.add(operation);
    } else this.finish(operation, SENT);
    return scope;
  }

  #operationOf(received: Received, id: RequestId | undefined, session: ClientSession | undefined): Operation {
    return newOperation(this, 'server', id, session, wireFor(this.#kind, received.httpVersion), received);
  }

  /** An idle connection holds as little as it can: there may be ten thousand. */
  #notificationOver(operation: Operation): void {
    if (this.#notified?.size === 0) this.#notified = undefined;
    this.finish(operation, SENT);
  }

  #cancelRequested(params: unknown): void {
    const operation = isRecord(params) ? this.#inbound.get(params['requestId'] as RequestId) : undefined;
    if (operation === undefined) return;
    const { operations, clock } = this.observer;
    operation.cancelRequested = true;
    if (operation.session !== undefined) operation.session.lastActivityAt = clock.now();
    // Of a server that is not ours nothing tells when its handler settles, and it does not answer.
    if (this.low.introducing !== undefined) {
      if (this.#inbound.remove(operation)) this.finish(operation, CANCELLED);
      return;
    }
    operations.cancelled(operation, clock.monotonic());
    awaitHandler(operation);
  }

  /** Which kind of transport this is shows with its first message. */
  #bind(extra: unknown): SessionBinding {
    if (this.#binding === undefined) {
      this.#kind = transportKind(this.#transport, extra);
      this.#binding = new SessionBinding(
        this.observer,
        this.#transport,
        this.#kind,
        this.#inbound,
        this.#introduced,
      );
    }
    return this.#binding;
  }
}
