import type { Attributes, Context } from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import { InFlight } from '../operation/in-flight.ts';
import type { HandlerOutcome, Operation } from '../operation/operation.ts';
import { unansweredOutcome } from '../operation/unanswered.ts';
import {
  isRecord,
  isWellFormed,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  messageKind,
  type RequestId,
} from '../protocol/json-rpc.ts';
import type { Subject } from '../protocol/methods.ts';
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
import { awaitHandler, handlesNotification, handlesRequest } from './handlers.ts';
import type { Ends } from './new-operation.ts';
import { Notified } from './notified.ts';
import type { Observer } from './observer.ts';
import { Outbound, type Recorder } from './outbound.ts';
import type { LowLevelServer, Transport } from './shapes.ts';
import { isAborted, timeoutOf } from './shapes.ts';
import { withTraceContext } from './trace-context.ts';

/**
 * What passes between one end of MCP and one transport, from `connect` to close: what both ends, a server and a client, do
 * with it. `Heard` is what is read of a message from the peer.
 */
export abstract class Exchange<Heard> implements Ends, Recorder {
  readonly observer: Observer;
  readonly low: LowLevelServer;
  protected readonly transport: Transport;
  protected readonly inbound = new InFlight();
  #outbound: Outbound | undefined;
  #notified: Notified | undefined;
  /** Whether what is sent can be seen; else requests end with their handlers, as those do whose answers are queued. */
  answersSeen = true;

  constructor(observer: Observer, low: LowLevelServer, transport: Transport) {
    this.observer = observer;
    this.low = low;
    this.transport = transport;
  }

  abstract get protocolSessionId(): string | undefined;
  abstract knowsMethod(method: string): boolean;
  abstract knowsSubject(subject: Subject): boolean;
  /** The transport starts. */
  abstract started(): void;
  /** Starts the operation of a message that this end sends on its own account. */
  abstract startSending(method: string, id: RequestId | undefined, params: unknown): Operation;
  protected abstract read(message: JsonRpcNotification, extra: unknown): Heard;
  /** The operation of a message from the peer, without its span. */
  protected abstract operationOf(heard: Heard, id: RequestId | undefined, extra: unknown): Operation;
  /** Starts its span. Returns the context in which its handler runs. */
  protected abstract startHeard(operation: Operation, heard: Heard): Context;
  /** Whether a request that is sent carries the trace context; in others, a peer may refuse what it does not know. */
  protected abstract propagates(method: string): boolean;
  /** The peer has asked to cancel `operation`. */
  protected abstract cancelAsked(operation: Operation): void;
  /** An operation is over; `ended` is what its span and its data point say of how. */
  protected abstract over(operation: Operation, ended: Attributes): void;
  /** The transport closed, and no operation is open any more. */
  protected abstract end(): void;

  /** Notes a message from the peer. Returns the context in which the SDK handles it, where it has one of its own. */
  received(raw: unknown, extra: unknown): Context | undefined {
    if (!this.observer.active) return undefined;
    const kind = messageKind(raw);
    if (kind === undefined) return undefined;
    if (kind === 'response') {
      this.#outbound?.answered(raw as JsonRpcResponse);
      return undefined;
    }
    const message = raw as JsonRpcRequest;
    if (!isWellFormed(message)) return undefined;
    return kind === 'request'
      ? this.#requestReceived(message, extra)
      : this.#notificationReceived(message, extra);
  }

  /**
   * Notes a message to the peer before it is sent. Returns the message to send: the same, or for a request of the
   * specification a copy that carries the trace context.
   */
  sending(raw: unknown, options?: unknown): unknown {
    if (!this.observer.active) return raw;
    const kind = messageKind(raw);
    if (kind === 'request') return this.#requestSending(raw as JsonRpcRequest, options);
    if (kind === 'notification') this.#notificationSending(raw as JsonRpcNotification);
    return raw;
  }

  /**
   * Notes a response once it is on its way: the peer does not wait for telemetry. A request that cannot be sent is over.
   *
   * @param raw what was sent: the copy, where there is one.
   * @param sending what the transport returned; `undefined` where it threw, `null` where it returned nothing.
   * @returns what goes to the host in the place of `sending`, if anything.
   */
  sent(raw: unknown, sending: unknown): unknown {
    const kind = messageKind(raw);
    if (kind === 'request') return this.#outbound?.sent((raw as JsonRpcRequest).id, sending);
    if (kind === 'response') this.#responseSent(raw as JsonRpcResponse);
    return undefined;
  }

  /** Where no response follows, the operation ends when its handler settles. */
  settled(operation: Operation, extra: unknown, outcome: HandlerOutcome): void {
    if (operation.id === undefined) this.#notified?.over(operation);
    if ('error' in outcome) operation.thrown ??= outcome.error;
    const aborted = isAborted(extra);
    if ((!aborted && !operation.taskRelated) || !this.inbound.remove(operation)) return;
    if (aborted) this.finish(operation, CANCELLED);
    else if ('error' in outcome) this.finish(operation, errorOutcome(outcome.error));
    else this.finish(operation, resultOutcome(outcome.result));
  }

  /** The owner of this end closes the transport. */
  closing(): void {}

  /** The context in which the message goes out that was noted last, where it has one of its own. */
  takeScope(): Context | undefined {
    return undefined;
  }

  abandoned(operation: Operation): void {
    // v1 does not cancel a request with the id 0.
    if (operation.extra !== undefined && !isAborted(operation.extra)) return;
    if (this.inbound.remove(operation)) this.finish(operation, ABANDONED);
  }

  closed(): void {
    if (!this.observer.active) return;
    for (const operation of this.inbound.takeAll()) this.finish(operation, unansweredOutcome(operation));
    this.#notified?.allOver();
    this.#outbound?.closed();
    this.end();
  }

  sizeOf(message: unknown): number | undefined {
    return this.observer.operations.sizeOf(message);
  }

  /** Ends `operation`, once. */
  finish(operation: Operation, outcome: Outcome, now = this.observer.clock.monotonic()): void {
    const ended = this.observer.operations.finish(operation, outcome, now);
    // What the handler left running goes on in the context of the request, and would keep all of this.
    operation.returned = operation.sent = operation.extra = operation.newestStep = undefined;
    this.over(operation, ended);
  }

  unsent(operation: Operation, _error: unknown): void {
    this.finish(operation, unansweredOutcome(operation));
  }

  isOutOfTime({ timeout }: Operation): boolean | undefined {
    // Timers have whole milliseconds.
    return timeout && this.observer.clock.now() - timeout.since >= timeout.after - 1;
  }

  /** The open request of this end with that id. */
  protected sentRequest(id: RequestId): Operation | undefined {
    return this.#outbound?.get(id);
  }

  /** Whether an open request of this end has the span with that id. */
  protected hasSentIn(spanId: string): boolean {
    return this.#outbound?.hasSpan(spanId) === true;
  }

  /** Whether a request is sent for the first time. */
  protected isNewRequest(_message: JsonRpcRequest): boolean {
    return true;
  }

  /** Bytes of an answer of this end, where they are told. */
  protected sizeOfAnswer(raw: JsonRpcResponse): number | undefined {
    return this.sizeOf(raw);
  }

  /** Whether a notification is sent for the first time; it is asked once for each time, and remembers. */
  protected isNewNotification(_message: JsonRpcNotification): boolean {
    return true;
  }

  /** A request of this end is about to go out as `message`, with what the SDK gives the transport beside it. */
  protected requestSending(_operation: Operation, _message: unknown, _options: unknown): void {}

  /** Ends an open request of this end that no message will end. */
  protected giveUp(operation: Operation, outcome: Outcome): void {
    this.#outbound?.giveUp(operation, outcome);
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

  #requestSending(raw: JsonRpcRequest, options: unknown): unknown {
    if (!this.isNewRequest(raw)) return raw;
    this.#outbound ??= new Outbound(this);
    const operation = this.#outbound.request(raw);
    operation.timeout = timeoutOf(this.low, raw.id);
    const message = this.propagates(raw.method)
      ? withTraceContext(raw, operation.context, this.observer.propagator)
      : raw;
    operation.requestSize = this.sizeOf(message);
    this.requestSending(operation, message, options);
    return message;
  }

  #notificationSending(raw: JsonRpcNotification): void {
    if (!this.isNewNotification(raw)) return;
    this.#outbound ??= new Outbound(this);
    this.#outbound.notification(raw);
  }

  #responseSent(raw: JsonRpcResponse): void {
    const outcome = outcomeOf(raw);
    const operation = this.inbound.take(raw.id);
    if (operation === undefined) return;
    operation.responseSize = this.sizeOfAnswer(raw);
    this.#answered(operation, outcome);
  }

  #requestReceived(message: JsonRpcRequest, extra: unknown): Context {
    const heard = this.read(message, extra);
    const operation = this.operationOf(heard, message.id, extra);
    const displaced = this.inbound.add(message.id, operation);
    if (displaced !== undefined) this.finish(displaced, unansweredOutcome(displaced));
    const handled = handlesRequest(this.low, message.method);
    const scope = this.startHeard(operation, heard);
    this.observer.operations.captureArguments(operation, message.params);
    // Refused at once; nothing settles, and what is related to a task is not sent either.
    if (operation.taskRelated && !handled && this.inbound.remove(operation)) {
      this.finish(operation, METHOD_NOT_FOUND);
    }
    return scope;
  }

  #notificationReceived(message: JsonRpcNotification, extra: unknown): Context {
    const heard = this.read(message, extra);
    const operation = this.operationOf(heard, undefined, extra);
    if (message.method === 'notifications/cancelled') this.#cancelRequested(message.params);
    const watched = handlesNotification(this.low, message.method);
    const scope = this.startHeard(operation, heard);
    if (watched) {
      this.#notified ??= new Notified((over) => this.#notificationOver(over));
      this.#notified.add(operation);
    } else this.finish(operation, SENT);
    return scope;
  }

  /** An idle connection holds as little as it can: there may be ten thousand. */
  #notificationOver(operation: Operation): void {
    if (this.#notified?.size === 0) this.#notified = undefined;
    this.finish(operation, SENT);
  }

  #cancelRequested(params: unknown): void {
    const operation = isRecord(params) ? this.inbound.get(params['requestId'] as RequestId) : undefined;
    if (operation === undefined) return;
    operation.cancelRequested = true;
    this.cancelAsked(operation);
    // Of a server that is not ours nothing tells when its handler settles, and it does not answer.
    if (this.low.introducing !== undefined) {
      if (this.inbound.remove(operation)) this.finish(operation, CANCELLED);
      return;
    }
    this.observer.operations.cancelled(operation, this.observer.clock.monotonic());
    awaitHandler(operation);
  }
}
