import { isRequest, isResponse, type RequestId } from '../../sdk/protocol/json-rpc.ts';
import type { ObservedConnection } from '../observed-connection.ts';

/** Ids of events that one session remembers: a client that lost its stream asks for the newest. */
const MAX_EVENTS = 1_000;
/** Longer ones are not remembered. */
const MAX_EVENT_ID = 256;
/** Requests whose answers are awaited. */
const MAX_OPEN = 10_000;
/** What a request that got no answer over HTTP is recorded with, as both SDKs say that a connection is gone. */
const CONNECTION_CLOSED = -32_000;
/** What stands for a result of which nothing is known, its size neither: nobody looks into a proxy. */
const NOT_READ = new Proxy({}, {});

/** The messages of one client with the server, over any number of HTTP requests. */
export class ServedSession {
  readonly #connection: ObservedConnection;
  readonly #open = new Set<RequestId>();
  /** Ids of the events that brought what the server sent on its own account: answers count once anyway. */
  #events: Set<string> | undefined;
  /** On the monotonic clock. */
  usedAt = performance.now();

  constructor(connection: ObservedConnection) {
    this.#connection = connection;
  }

  /** Whether a request waits for its answer. */
  get isWaiting(): boolean {
    return this.#open.size > 0;
  }

  isOpen(id: RequestId): boolean {
    return this.#open.has(id);
  }

  fromClient(message: unknown, extra: unknown): void {
    if (isRequest(message) && this.#open.size < MAX_OPEN) this.#open.add(message.id);
    this.#connection.fromClient(message, extra);
  }

  /** @param eventId of the event that brought it: one that is sent again, for a client that lost it, counts once. */
  fromServer(message: unknown, eventId: string | undefined): void {
    if (isResponse(message)) this.#open.delete(message.id);
    else if (eventId !== undefined && this.#isRepeated(eventId)) return;
    this.#connection.fromServer(message);
  }

  /** The request was answered, with what could not be read: nothing is known of that, and it is no failure. */
  answeredUnread(id: RequestId): void {
    this.fromServer({ jsonrpc: '2.0', id, result: NOT_READ }, undefined);
  }

  /** Nobody will answer the request any more. */
  fail(id: RequestId, message: string): void {
    this.fromServer({ jsonrpc: '2.0', id, error: { code: CONNECTION_CLOSED, message } }, undefined);
  }

  close(): void {
    this.#connection.close();
  }

  #isRepeated(eventId: string): boolean {
    if (eventId.length > MAX_EVENT_ID) return false;
    this.#events ??= new Set();
    if (this.#events.has(eventId)) return true;
    this.#events.add(eventId);
    if (this.#events.size > MAX_EVENTS) {
      const [oldest] = this.#events;
      this.#events.delete(oldest as string);
    }
    return false;
  }
}
