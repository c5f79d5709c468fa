import { guard } from '../diagnostics/guard.ts';
import type { Operation } from '../operation/operation.ts';

/** Notifications of one connection whose handlers are awaited. */
const MAX_NOTIFIED = 1_000;

/** The notifications of one connection whose handlers are at work: nothing is sent when they are done. */
export class Notified {
  readonly #open = new Set<Operation>();
  readonly #finish: (operation: Operation) => void;

  constructor(finish: (operation: Operation) => void) {
    this.#finish = finish;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Both SDKs call the handler in the next microtask, unless they drop the notification. */
  add(operation: Operation): void {
    const [oldest] = this.#open.size >= MAX_NOTIFIED ? this.#open : [];
    if (oldest !== undefined) this.over(oldest);
    this.#open.add(operation);
    const look = (): void => {
      if (!operation.handled) guard('ending a notification', () => this.over(operation));
    };
    queueMicrotask(() => queueMicrotask(look));
  }

  /** Ends `operation`, once. */
  over(operation: Operation): void {
    if (this.#open.delete(operation)) this.#finish(operation);
  }

  allOver(): void {
    for (const operation of this.#open) this.over(operation);
  }
}
