import type { Context } from '@opentelemetry/api';
import type { Operation } from '../operation/operation.ts';
import type { JsonRpcNotification, RequestId } from '../protocol/json-rpc.ts';
import { metaOf } from '../protocol/meta.ts';
import { isRequestToClient, type Subject, subjectOf } from '../protocol/methods.ts';
import { currentOperation } from '../signals/current-operation.ts';
import { Exchange } from './exchange.ts';
import { currentHttpPeer } from './http-peer.ts';
import { newOperation } from './new-operation.ts';
import type { Observer } from './observer.ts';
import { Received } from './received.ts';
import { hasHandler, isRegistered } from './registered.ts';
import { SessionBinding } from './session-binding.ts';
import {
  type HighLevelServer,
  type Introduced,
  type LowLevelServer,
  requestSignalOf,
  stdinOf,
  type Transport,
  type TransportKind,
  transportKind,
} from './shapes.ts';
import { startReceived, startSent } from './start-span.ts';
import { wireFor } from './wires.ts';

/** What passes between one server and one transport, and the client sessions that it belongs to. */
export class Connection extends Exchange<Received> {
  readonly high: HighLevelServer | undefined;
  #kind: TransportKind = 'other';
  #binding: SessionBinding | undefined;
  readonly #introduced: Introduced | undefined;

  /** @param introduced what the client had told before the server was instrumented. */
  constructor(
    observer: Observer,
    low: LowLevelServer,
    high: HighLevelServer | undefined,
    transport: Transport,
    introduced?: Introduced,
  ) {
    super(observer, low, transport);
    this.high = high;
    this.#introduced = introduced;
  }

  get protocolSessionId(): string | undefined {
    return this.#binding?.protocolId;
  }

  knowsMethod(method: string): boolean {
    return hasHandler(this.low, method, this.observer.limits);
  }

  knowsSubject(subject: Subject): boolean {
    return isRegistered(this.high, subject, this.observer.limits);
  }

  /** Stdin may end before the first message. */
  started(): void {
    if (stdinOf(this.transport) !== undefined) this.#bind(undefined);
  }

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

  protected read(message: JsonRpcNotification, extra: unknown): Received {
    return new Received(message, extra, this);
  }

  protected operationOf(received: Received, id: RequestId | undefined, extra: unknown): Operation {
    const binding = this.#bind(extra);
    const session = id === undefined ? binding.forNotification(received) : binding.forRequest(received);
    const wire = wireFor(this.#kind, received.httpVersion);
    const operation = newOperation(this, 'server', id, session, wire, received);
    if (id !== undefined && received.modern && this.#kind === 'http') {
      operation.hangUp = requestSignalOf(extra);
    }
    return operation;
  }

  protected startHeard(operation: Operation, received: Received): Context {
    return startReceived(operation, received, this.#kind, this.observer);
  }

  protected propagates(method: string): boolean {
    return this.observer.propagateToClient && isRequestToClient(method);
  }

  protected cancelAsked({ session }: Operation): void {
    if (session !== undefined) session.lastActivityAt = this.observer.clock.now();
  }

  protected over({ session, requestUuid, cancelRequested }: Operation): void {
    // The client was waiting until now, unless it had cancelled.
    if (requestUuid !== undefined && session !== undefined && !cancelRequested) {
      session.lastActivityAt = this.observer.clock.now();
    }
    this.#binding?.answered();
  }

  protected end(): void {
    this.#binding?.closed();
  }

  /** Which kind of transport this is shows with its first message. */
  #bind(extra: unknown): SessionBinding {
    if (this.#binding === undefined) {
      this.#kind = transportKind(this.transport, extra);
      this.#binding = new SessionBinding(
        this.observer,
        this.transport,
        this.#kind,
        this.inbound,
        this.#introduced,
      );
    }
    return this.#binding;
  }
}
