import { setTimeout as sleep } from 'node:timers/promises';
import { CountingClient } from '../scaling/client.ts';

/** What a client did in its session; the server answered all of it. */
export interface Sent {
  id: string;
  /** `initialize` included. */
  requests: number;
  /** Whether the client could end it. */
  ended: boolean;
}

/** Spans of a session besides those of its requests: its start, `notifications/initialized`, its end. */
const FURTHER_SPANS = 3;

/** How many spans the server recorded of a session. */
export function spansOf({ requests, ended }: Sent): number {
  return requests + FURTHER_SPANS - (ended ? 0 : 1);
}

export interface Pace {
  /** Sessions at a time. */
  clients: number;
  requestsPerSession: number;
  /** Between two requests of a client. */
  pauseMs: number;
}

/** Clients that use a server, session after session, until they are told to stop. */
export class Traffic {
  readonly #url: URL;
  readonly #pace: Pace;
  readonly #workers: Promise<void>[];
  readonly sent: Sent[] = [];
  /** Requests that were not answered. */
  failed = 0;
  #stopped = false;

  constructor(url: URL, pace: Pace) {
    this.#url = url;
    this.#pace = pace;
    this.#workers = Array.from({ length: pace.clients }, () => this.#work());
  }

  /** Lets the sessions that are open come to their end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#session();
      } catch {
        this.failed += 1;
        // The server has gone; it will not come back.
        if (this.failed >= this.#pace.clients) return;
      }
    }
  }

  async #session(): Promise<void> {
    const client = await CountingClient.connect(this.#url, 'reliability');
    const sent: Sent = { id: client.sessionId, requests: client.requests, ended: false };
    this.sent.push(sent);
    while (client.requests < this.#pace.requestsPerSession) {
      await sleep(this.#pace.pauseMs);
      await client.call('add_note', { text: 'a note' });
      sent.requests = client.requests;
    }
    await client.end();
    sent.ended = true;
  }
}
