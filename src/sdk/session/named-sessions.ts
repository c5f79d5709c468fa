import type { ClientSession } from './client-session.ts';

/** More than there are sessions at once; a flood of names between two sweeps cannot fill the memory. */
const MAX_NAMES = 150_000;

/** Sessions by a name that is not their id. */
export class NamedSessions {
  readonly #byName = new Map<string, ClientSession>();

  get(name: string): ClientSession | undefined {
    return this.#byName.get(name);
  }

  set(name: string, session: ClientSession): void {
    this.#byName.set(name, session);
    if (this.#byName.size <= MAX_NAMES) return;
    for (const oldest of this.#byName.keys()) return void this.#byName.delete(oldest);
  }

  /** Drops those that are gone; called with the registry's tick. */
  sweep(isGone: (session: ClientSession) => boolean): void {
    for (const [name, session] of this.#byName) if (isGone(session)) this.#byName.delete(name);
  }
}
