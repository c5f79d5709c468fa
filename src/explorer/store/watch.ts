import { type FSWatcher, watch } from 'node:fs';

/** After the file system told of a change: more of it comes at once, most often. */
const SETTLE_MS = 100;
/** Where nothing is told, a look is followed by a pause of so many times its length, up to a limit. */
const [PAUSES, MAX_PAUSE_MS] = [9, 10_000];

/** Looks at a folder now and then, and soon after the file system tells of a change; never twice at a time. */
export class Watch {
  readonly #dir: string;
  readonly #pollMs: number;
  readonly #onLook: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #watcher: FSWatcher | undefined;
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #isClosed = false;
  /** What the last look took: a folder of very many files takes a while. */
  #lastMs = 0;

  constructor(dir: string, pollMs: number, onLook: () => Promise<void>) {
    this.#dir = dir;
    this.#pollMs = pollMs;
    this.#onLook = onLook;
  }

  /** Resolves when a look that began after this call is over. */
  look(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    if (this.#current === undefined) {
      this.#current = this.#run();
      return this.#current;
    }
    this.#next ??= this.#current.then(() => this.look());
    return this.#next;
  }

  /** Resolves when the look under way is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#watcher = undefined;
    await this.#current;
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    const startedAt = performance.now();
    this.#watcher ??= this.#startWatcher();
    try {
      await this.#onLook();
    } finally {
      this.#current = undefined;
      this.#next = undefined;
      this.#lastMs = performance.now() - startedAt;
      this.#lookIn(Math.max(this.#pollMs, Math.min(PAUSES * this.#lastMs, MAX_PAUSE_MS)));
    }
  }

  #lookIn(ms: number): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    // What failed now is tried again at the next look.
    this.#timer = setTimeout(() => void this.look().catch(() => {}), ms);
    this.#timer.unref();
  }

  /** `undefined` where it cannot be watched, because it is not there yet, for one: then polling must do. */
  #startWatcher(): FSWatcher | undefined {
    try {
      const watcher = watch(this.#dir, { persistent: false }, () => {
        if (this.#current === undefined)
          this.#lookIn(Math.max(this.#lastMs, Math.min(SETTLE_MS, this.#pollMs)));
      });
      watcher.on('error', () => this.#stopWatcher());
      return watcher;
    } catch {
      return undefined;
    }
  }

  #stopWatcher(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
