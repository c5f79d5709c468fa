import { guard } from '../diagnostics/guard.ts';
import { InFlight } from '../operation/in-flight.ts';
import type { Operation } from '../operation/operation.ts';
import { unansweredOutcome } from '../operation/unanswered.ts';
import {
  isRecord,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
} from '../protocol/json-rpc.ts';
import { CANCELLED, type Outcome, outcomeOf, SENT, TIMEOUT } from '../protocol/outcome.ts';
import { afterRejection } from './afterwards.ts';

/** What starts and finishes the operations of a connection. */
export interface Recorder {
  startSending(method: string, id: RequestId | undefined, params: unknown): Operation;
  /** Bytes of a message, where they can be told. */
  sizeOf(message: unknown): number | undefined;
  /** A request could not be sent, because of `error` where it is known. */
  unsent(operation: Operation, error: unknown): void;
  /** Whether who asked has waited for as long as it would; `undefined` where nobody knows how long that is. */
  isOutOfTime(operation: Operation): boolean | undefined;
  finish(operation: Operation, outcome: Outcome): void;
}

/** What one end of a connection sends on its own account: requests, until they are answered, and notifications. */
export class Outbound {
  readonly #recorder: Recorder;
  /** An idle connection holds as little as it can: most servers send notifications only. */
  #open: InFlight | undefined;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** A request is about to be sent. */
  request({ method, id, params }: JsonRpcRequest): Operation {
    const operation = this.#recorder.startSending(method, id, params);
    this.#open ??= new InFlight();
    this.#endUnanswered(this.#open.add(id, operation));
    return operation;
  }

  /**
   * A request was handed to the transport, which returned `sending`. Nobody will answer one that could not be sent. Returns what
   * goes to the host in the place of `sending`, if anything.
   */
  sent(id: RequestId, sending: unknown): unknown {
    const unsent = (error: unknown): void =>
      void guard('noting a failed request', () => {
        const operation = this.#open?.take(id);
        if (operation !== undefined) this.#recorder.unsent(operation, error);
      });
    if (sending === undefined) unsent(undefined);
    return sending instanceof Promise ? afterRejection(sending, unsent) : undefined;
  }

  answered(message: JsonRpcResponse): void {
    const { id } = message;
    // Both SDKs count their requests by numbers, and take the answer to 1 for one to "1" too.
    const operation =
      this.#open?.take(id) ?? (typeof id === 'string' ? this.#open?.take(Number(id)) : undefined);
    if (operation === undefined) return;
    operation.responseSize = this.#recorder.sizeOf(message);
    this.#recorder.finish(operation, outcomeOf(message));
  }

  notification(message: JsonRpcNotification): void {
    const { method, params } = message;
    if (method === 'notifications/cancelled') this.#cancelled(params);
    const operation = this.#recorder.startSending(method, undefined, params);
    operation.requestSize = this.#recorder.sizeOf(message);
    this.#recorder.finish(operation, SENT);
  }

  get(id: RequestId): Operation | undefined {
    return this.#open?.get(id);
  }

  hasSpan(spanId: string): boolean {
    return this.#open?.some(({ span }) => span.spanContext().spanId === spanId) === true;
  }

  /** Nothing will come that ends `operation`. */
  giveUp(operation: Operation, outcome: Outcome): void {
    if (this.#open?.remove(operation)) this.#recorder.finish(operation, outcome);
  }

  closed(): void {
    for (const operation of this.#open?.takeAll() ?? []) this.#endUnanswered(operation);
  }

  /** Its sender gives up on a request: by a timeout, or because its caller aborted it. */
  #cancelled(params: unknown): void {
    if (!isRecord(params)) return;
    const operation = this.#open?.take(params['requestId'] as RequestId);
    if (operation === undefined) return;
    // An application may hand on the time-out of another request as its reason.
    const says = typeof params['reason'] === 'string' && /timed? ?out/i.test(params['reason']);
    const isTimeout = says && this.#recorder.isOutOfTime(operation) !== false;
    this.#recorder.finish(operation, isTimeout ? TIMEOUT : CANCELLED);
  }

  #endUnanswered(operation: Operation | undefined): void {
    if (operation !== undefined) this.#recorder.finish(operation, unansweredOutcome(operation));
  }
}
