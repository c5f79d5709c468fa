import { setTimeout as sleep } from 'node:timers/promises';
import { Clients } from './clients.ts';
import type { Scene, Targets, Visit } from './visits.ts';

/** Real clients at work, until they are done or stopped. */
export class Traffic {
  readonly #connected = new Set<Clients>();
  readonly #stopped = new AbortController();
  readonly #targets: Targets;

  constructor(targets: Targets) {
    this.#targets = targets;
  }

  /** Aborted when the traffic is stopped. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  /**
   * Plays the visits, all at the same time.
   *
   * @param done - told of each visit that is over
   * @throws what the first visit throws that fails
   */
  async play(visits: readonly Visit[], done: (visit: Visit) => void): Promise<void> {
    await Promise.all(
      visits.map(async (visit) => {
        await this.visit(visit);
        done(visit);
      }),
    );
  }

  /** Plays one visit. Its clients are closed when it is over, unless it stays. */
  async visit(visit: Visit): Promise<void> {
    this.#stopped.signal.throwIfAborted();
    const clients = new Clients();
    this.#connected.add(clients);
    try {
      await visit.play(this.#sceneOf(clients));
    } catch (error) {
      throw new Error(`${visit.who.name}: ${String(error)}`, { cause: error });
    } finally {
      if (visit.stays !== true) {
        await clients.closeAll();
        this.#connected.delete(clients);
      }
    }
  }

  /** Waits as a user or a model would; rejects when the traffic is stopped. */
  pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#stopped.signal });
  }

  /** Closes every client that is still connected. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all([...this.#connected].map((clients) => clients.closeAll()));
  }

  #sceneOf(clients: Clients): Scene {
    return { clients, targets: this.#targets, pause: (ms) => this.pause(ms) };
  }
}
