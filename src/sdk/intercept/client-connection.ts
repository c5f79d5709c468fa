import { type Attributes, type Context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import type { Operation } from '../operation/operation.ts';
import { unansweredOutcome } from '../operation/unanswered.ts';
import {
  isRecord,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type RequestId,
} from '../protocol/json-rpc.ts';
import { metaOf, metaProtocolVersion } from '../protocol/meta.ts';
import { isRequestToServer, type Subject, subjectOf } from '../protocol/methods.ts';
import { CANCELLED, CONNECTION_CLOSED, type Outcome, TIMEOUT, UNSENT } from '../protocol/outcome.ts';
import { activeContext, activeValue } from '../signals/active-context.ts';
import { errorName } from '../signals/exception.ts';
import { LINKED_ROOT } from '../signals/linked-context.ts';
import * as semconv from '../signals/semconv.ts';
import { afterRejection } from './afterwards.ts';
import { ClientFacts, isIntroducing } from './client-facts.ts';
import { abortSignalOf, awaitsAnswer } from './client-shapes.ts';
import { Exchange } from './exchange.ts';
import { newOperation, type Read } from './new-operation.ts';
import type { Observer } from './observer.ts';
import { type LowLevelServer, protocolIdOf, type Transport } from './shapes.ts';
import { scopeOfSent, startFromServer, startToServer } from './start-client-span.ts';

/** What is read of a message from the server. */
interface FromServer extends Read {
  params: unknown;
}

/**
 * The notification that is being sent, and over which connection. A transport that has signed in sends the message again that was
 * refused, while it sends it; the application may send the same object twice, which are two. Requests are known by their operations.
 */
const SENDING = createContextKey('mcp-sessionscope notification that is sent');

interface Sending {
  readonly message: JsonRpcNotification;
  readonly connectionId: string;
}

/** The request that a notification of progress tells of. */
const progressOf = new WeakMap<Operation, RequestId>();

/** What passes between one client and one transport. Of sessions a client tells nothing: its server does. */
export class ClientConnection extends Exchange<FromServer> {
  readonly isOfClient = true;
  readonly facts: ClientFacts;
  #scope: Context | undefined;
  /** The open request by which the client finds out what it talks to. */
  #introduction: Operation | undefined;
  #isClosing = false;

  /** @param facts - those of the connection that this is a part of. Default: none are known. */
  constructor(observer: Observer, low: LowLevelServer, transport: Transport, facts?: ClientFacts) {
    super(observer, low, transport);
    this.facts = facts ?? new ClientFacts(observer, low, transport);
  }

  get protocolSessionId(): string | undefined {
    return protocolIdOf(this.transport);
  }

  /** The application chooses what it sends; how many of its names are told apart is bounded all the same. */
  knowsMethod(method: string): boolean {
    return this.observer.limits.method.takes(method);
  }

  knowsSubject({ kind, value }: Subject): boolean {
    return kind !== 'resource' && this.observer.limits[kind].takes(value);
  }

  started(): void {
    if (this.observer.active) this.observer.clientSessions.open(this.facts);
  }

  override takeScope(): Context | undefined {
    const scope = this.#scope;
    this.#scope = undefined;
    return scope;
  }

  override sent(raw: unknown, sending: unknown): unknown {
    if (!isRecord(raw) || raw['method'] !== 'notifications/initialized') return super.sent(raw, sending);
    const { facts, observer } = this;
    const unsent = (error: unknown): void => facts.failed(errorName(error, observer.capture));
    if (sending instanceof Promise) return afterRejection(sending, unsent, () => facts.accepts(true));
    if (sending !== undefined) facts.accepts(true);
    return undefined;
  }

  override closing(): void {
    this.#isClosing = true;
  }

  startSending(method: string, id: RequestId | undefined, params: unknown): Operation {
    const meta = metaOf(params);
    const { facts, observer } = this;
    facts.look(method, this.low, this.transport);
    const operation = newOperation(this, 'client', id, undefined, facts.sending, {
      method,
      subject: subjectOf(method, params),
      meta,
      protocolVersion: facts.admitVersion(metaProtocolVersion(meta)) ?? facts.protocolVersion,
      size: undefined,
      conversationId: undefined,
    });
    startToServer(operation, facts, observer);
    observer.operations.captureArguments(operation, params);
    if (id === undefined) return operation;
    this.#scope = scopeOfSent(operation, observer);
    if (isIntroducing(method)) this.#introduce(operation);
    return operation;
  }

  override unsent(operation: Operation, error: unknown): void {
    if (error === undefined) this.finish(operation, unansweredOutcome(operation));
    else {
      operation.thrown ??= error;
      this.finish(operation, UNSENT);
    }
  }

  override finish(operation: Operation, outcome: Outcome, now = this.observer.clock.monotonic()): void {
    if (operation !== this.#introduction) {
      super.finish(operation, outcome, now);
      return;
    }
    this.#introduction = undefined;
    if (outcome.kind === 'ok') {
      const learned = guard('reading the server', () => this.facts.learn(operation, outcome.result)) ?? {};
      this.observer.operations.describe(operation, learned);
    }
    super.finish(
      operation,
      outcome.kind === 'connection_closed' ? this.#unanswered(operation) : outcome,
      now,
    );
  }

  protected override isNewRequest(message: JsonRpcRequest): boolean {
    return this.sentRequest(message.id)?.sent !== message;
  }

  /** What it answers is read by a server, and not by a model. */
  protected override sizeOfAnswer(): undefined {
    return undefined;
  }

  protected override isNewNotification(message: JsonRpcNotification): boolean {
    const { connectionId } = this.facts;
    const within = activeValue(SENDING) as Sending | undefined;
    if (within?.message === message && within.connectionId === connectionId) return false;
    const active = activeContext();
    const base = active === ROOT_CONTEXT ? LINKED_ROOT : active;
    this.#scope = base.setValue(SENDING, { message, connectionId } satisfies Sending);
    return true;
  }

  protected override requestSending(operation: Operation, message: unknown, options: unknown): void {
    operation.sent = message;
    abortSignalOf(options)?.addEventListener('abort', () => this.#gaveUp(operation), { once: true });
  }

  protected read({ method, params }: JsonRpcNotification): FromServer {
    return {
      method,
      params,
      meta: metaOf(params),
      subject: subjectOf(method, params),
      protocolVersion: this.facts.protocolVersion,
      size: undefined,
      conversationId: undefined,
    };
  }

  protected operationOf(heard: FromServer, id: RequestId | undefined): Operation {
    this.facts.look(heard.method, this.low, this.transport);
    return newOperation(this, 'server', id, undefined, this.facts.receiving, heard);
  }

  protected startHeard(operation: Operation, heard: FromServer): Context {
    const { facts, observer } = this;
    const isOurs = (spanId: string): boolean => this.hasSentIn(spanId);
    const scope = startFromServer(operation, heard.meta, facts, isOurs, observer);
    observer.operations.captureLogMessage(operation, heard.params);
    const token = isRecord(heard.params) ? heard.params['progressToken'] : undefined;
    if (operation.method === 'notifications/progress') progressOf.set(operation, Number(token));
    return scope;
  }

  protected propagates(method: string): boolean {
    return this.observer.propagateToServer && isRequestToServer(method);
  }

  protected cancelAsked(): void {}

  protected over(operation: Operation, ended: Attributes): void {
    if (operation.side === 'server') this.#lookForTimeout(progressOf.get(operation));
    else if (isIntroducing(operation.method)) {
      const errorType = ended[semconv.ATTR_ERROR_TYPE];
      this.facts.introduced(errorType === undefined ? undefined : String(errorType));
      // Only of that the client says that it takes the answer.
      if (operation.method === 'initialize') this.facts.accepts(false);
    }
  }

  protected end(): void {
    const { facts, observer } = this;
    if (!this.#isClosing) facts.failed('connection_closed');
    observer.clientSessions.end(facts, observer.clock.monotonic());
  }

  /** A probe that nobody has answered is over when the next request of its kind is sent. */
  #introduce(operation: Operation): void {
    const before = this.#introduction;
    this.#introduction = operation;
    if (before !== undefined) this.giveUp(before, TIMEOUT);
  }

  /** v2 does not say either that it gives up on an introduction: it closes. */
  #unanswered(operation: Operation): Outcome {
    return (this.isOutOfTime(operation) ?? this.#isClosing) ? TIMEOUT : CONNECTION_CLOSED;
  }

  /** v2 closes the stream of a request on which it gives up, over HTTP, and says nothing. */
  #gaveUp(operation: Operation): void {
    guard('noting an aborted request', () => {
      this.giveUp(operation, this.isOutOfTime(operation) ? TIMEOUT : CANCELLED);
    });
  }

  /** Both SDKs give up without a message when progress comes after the longest time that a request may take. */
  #lookForTimeout(id: RequestId | undefined): void {
    const operation = id === undefined ? undefined : this.sentRequest(id);
    if (operation !== undefined && !awaitsAnswer(this.low, id)) this.giveUp(operation, TIMEOUT);
  }
}
