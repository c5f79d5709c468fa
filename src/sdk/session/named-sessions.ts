import type { ClientSession } from './client-session.ts';

/** Sessions by a name that is not their id. Bounded, for what the registry has forgotten is swept. */
export class NamedSessions {
  readonly #byName = new Map<string, ClientSession>();

  get(name: string): ClientSession | undefined {
    return this.#byName.get(name);
  }

  set(name: string, session: ClientSession): void {
    this.#byName.set(name, session);
  }

  /** Drops those that are gone; called with the registry's tick. */
  sweep(isGone: (session: ClientSession) => boolean): void {
    for (const [name, session] of this.#byName) if (isGone(session)) this.#byName.delete(name);
  }
}
