import type { ApiChange, ApiState } from '../../server/api.ts';
import { client, failureText } from './api-client.ts';
import { openLive } from './live.ts';
import { Observable } from './observable.ts';
import { createThrottle } from './throttle.ts';

export type Connection = 'connecting' | 'live' | 'lost';
type ChangeListener = (change: ApiChange | undefined) => void;

/** Milliseconds between two looks at the state while things change. */
const STATE_EVERY_MS = 2_000;

/** The recording that the server follows: its state, and word of what changes in it. */
export class Recording extends Observable {
  #state: ApiState | undefined;
  #failure: string | undefined;
  #connection: Connection = 'connecting';
  #indexing: ApiState['indexing'];
  #sessions = 0;
  #clockOffset = 0;
  readonly #changeListeners = new Set<ChangeListener>();
  readonly #refreshSoon = createThrottle(STATE_EVERY_MS, () => this.refresh());

  /** Absent until the first answer. */
  get state(): ApiState | undefined {
    return this.#state;
  }

  /** Why the state could not be had. */
  get failure(): string | undefined {
    return this.#failure;
  }

  get connection(): Connection {
    return this.#connection;
  }

  get indexing(): ApiState['indexing'] {
    return this.#indexing;
  }

  /** How many sessions there are. */
  get sessions(): number {
    return this.#sessions;
  }

  /** The server's clock: what durations of active sessions are counted by. */
  readonly now = (): number => Date.now() + this.#clockOffset;

  /** Told of each change, and with `undefined` when anything may have changed. Returns what ends it. */
  onChange(listener: ChangeListener): () => void {
    this.#changeListeners.add(listener);
    return () => {
      this.#changeListeners.delete(listener);
    };
  }

  /** Starts to listen. Returns what ends it. */
  open(): () => void {
    void this.refresh();
    return openLive({
      onChange: (change) => this.#onChange(change),
      onOpen: () => this.#onOpen(),
      onLost: () => this.#connect('lost'),
    });
  }

  async refresh(): Promise<void> {
    try {
      const state = await client.state();
      this.#state = state;
      this.#indexing = state.indexing;
      this.#sessions = state.sessions;
      this.#clockOffset = state.now - Date.now();
      this.#failure = undefined;
    } catch (failure) {
      this.#failure = failureText(failure);
    }
    this.changed();
  }

  #onOpen(): void {
    this.#connect('live');
    void this.refresh();
    // What changed before was not heard, at the start neither: the page asks while it connects.
    this.#tell(undefined);
  }

  #onChange(change: ApiChange): void {
    this.#indexing = change.indexing;
    this.#sessions = change.sessions;
    this.changed();
    this.#refreshSoon();
    this.#tell(change);
  }

  #connect(connection: Connection): void {
    this.#connection = connection;
    this.changed();
  }

  #tell(change: ApiChange | undefined): void {
    for (const listener of [...this.#changeListeners]) listener(change);
  }
}
