import { useEffect, useState } from 'react';
import type { ApiChange } from '../../server/api.ts';
import { Observable } from '../data/observable.ts';
import type { Recording } from '../data/recording.ts';
import { SessionEvents } from './session-events.ts';

/** The events of the sessions that are open. */
export class OpenSessions extends Observable {
  readonly #byId = new Map<string, SessionEvents>();

  get all(): readonly SessionEvents[] {
    return [...this.#byId.values()];
  }

  /** The session's events, from the moment on at which they are first asked for. */
  of(id: string): SessionEvents {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const events = new SessionEvents(id);
    events.subscribe(() => this.changed());
    this.#byId.set(id, events);
    return events;
  }

  /** Forgets what is not open any more. */
  keep(ids: readonly string[]): void {
    const gone = [...this.#byId.keys()].filter((id) => !ids.includes(id));
    for (const id of gone) this.#byId.delete(id);
    if (gone.length > 0) this.changed();
  }

  readonly onChange = (change: ApiChange | undefined): void => {
    for (const events of this.all) events.onChange(change);
  };
}

export function useOpenSessions(recording: Recording, ids: readonly string[]): OpenSessions {
  const [sessions] = useState(() => new OpenSessions());
  useEffect(() => recording.onChange(sessions.onChange), [recording, sessions]);
  useEffect(() => {
    for (const id of ids) sessions.of(id);
    sessions.keep(ids);
  }, [sessions, ids]);
  return sessions;
}
