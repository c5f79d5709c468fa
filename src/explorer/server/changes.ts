import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SessionStore } from '../store/types.ts';
import type { ApiChange } from './api.ts';
import { RequestError } from './request-error.ts';

export interface ChangesOptions {
  /** Milliseconds between two signs of life. Default: 15,000. */
  readonly heartbeatMs?: number | undefined;
  /** Default: 100. */
  readonly maxListeners?: number | undefined;
  /** Bytes that may wait for a listener before it is sent away. Default: 1 MiB. */
  readonly maxWaitingBytes?: number | undefined;
}

const RETRY_MS = 2_000;

/**
 * Server-sent events of what changes. One that came back after it missed something is told to ask for everything anew;
 * one that does not keep up is sent away, and comes back.
 */
export class Changes {
  readonly #store: Pick<SessionStore, 'onChange' | 'state'>;
  readonly #maxListeners: number;
  readonly #maxWaitingBytes: number;
  readonly #listeners = new Set<ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  /** Of changes so far. */
  #number = 0;

  constructor(store: Pick<SessionStore, 'onChange' | 'state'>, options: ChangesOptions = {}) {
    const { heartbeatMs = 15_000, maxListeners = 100, maxWaitingBytes = 1024 * 1024 } = options;
    this.#store = store;
    this.#maxListeners = maxListeners;
    this.#maxWaitingBytes = maxWaitingBytes;
    this.#unsubscribe = store.onChange((change) => this.#tell(change));
    this.#heartbeat = setInterval(() => this.#sendAll(':\n\n'), heartbeatMs);
    this.#heartbeat.unref();
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** @throws {@link RequestError} where there are too many */
  listen(request: IncomingMessage, response: ServerResponse): void {
    if (this.#listeners.size >= this.#maxListeners) {
      throw new RequestError(503, 'too many pages are open: close some', { 'retry-after': '10' });
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.socket?.setNoDelay(true);
    response.write(this.#greeting(request.headers['last-event-id']?.toString()));
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#unsubscribe();
    for (const response of this.#listeners) response.end();
  }

  /** An id without data: what the browser gives when it comes back. */
  #greeting(seen: string | undefined): string {
    const { epoch, sessions, spans, indexing } = this.#store.state();
    const id = this.#idOf(epoch);
    const head = `retry: ${RETRY_MS}\nid: ${id}\n\n`;
    if (seen === undefined || seen === id) return head;
    return head + eventOf({ epoch, sessions, spans, ...(indexing && { indexing }) }, id);
  }

  #tell(change: ApiChange): void {
    this.#number += 1;
    this.#sendAll(eventOf(change, this.#idOf(change.epoch)));
  }

  #sendAll(text: string): void {
    for (const response of this.#listeners) {
      if (response.writableLength > this.#maxWaitingBytes) response.destroy();
      else response.write(text);
    }
  }

  #idOf(epoch: string): string {
    return `${epoch}-${this.#number}`;
  }
}

function eventOf(change: ApiChange, id: string): string {
  return `event: change\nid: ${id}\ndata: ${JSON.stringify(change)}\n\n`;
}
