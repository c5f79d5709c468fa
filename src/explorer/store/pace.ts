import { setImmediate } from 'node:timers/promises';

const SLICE_MS = 15;

/** Long work in slices, so that what else waits in the process gets its turn. */
export class Pace {
  readonly #between: (() => Promise<void>) | undefined;
  #until = 0;

  /** @param between - called between two slices */
  constructor(between?: () => Promise<void>) {
    this.#between = between;
  }

  /** Whether it is time for others: then {@link pause}. */
  get isOver(): boolean {
    return performance.now() > this.#until;
  }

  async pause(): Promise<void> {
    await this.#between?.();
    await setImmediate();
    this.#until = performance.now() + SLICE_MS;
  }
}
