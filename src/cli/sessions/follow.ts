import { stat } from 'node:fs/promises';
import { matches } from '../../explorer/sessions/find.ts';
import type { SessionRow } from '../../explorer/sessions/row.ts';
import { openStore } from '../../explorer/store/open-store.ts';
import type { SessionStore } from '../../explorer/store/types.ts';
import { CliError, type CliIo } from '../io.ts';
import { jsonLine } from './json-view.ts';
import type { ListOptions } from './list.ts';
import { listLines } from './list-view.ts';
import { contextOf, note, print } from './output.ts';

/** Time alone makes an open session a lost one. */
const LOOK_MS = 1_000;
/** Of what was printed, so many lines tell how wide the columns are. */
const MAX_SAMPLE = 100;

/** The row, and which characters of its id tell it from the others. */
interface Followed {
  readonly row: SessionRow;
  readonly shortId: string;
}

/** Prints the sessions of a folder that match, and each again when it has changed, until Ctrl-C. */
export async function followSessions(dir: string, options: ListOptions, io: CliIo): Promise<void> {
  // A folder may come into being later.
  const info = await stat(dir).catch(() => undefined);
  if (info?.isFile() === true) throw new CliError('--follow takes a folder', 2);
  let stop: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const release = io.onStopSignal(() => stop());
  const store = openStore({ dir, lostAfterMs: options.lostAfterMs, now: io.now });
  const followed = new FollowedRows(store, options, io);
  let timer: NodeJS.Timeout | undefined;
  const begun = store.ready.then(() => {
    followed.printAll();
    store.onChange(({ changed }) => followed.printChanged(changed));
    timer = setInterval(() => followed.printLost(), LOOK_MS);
  });
  try {
    await Promise.race([begun.then(() => stopped), stopped]);
  } finally {
    release();
    await store.close();
    clearInterval(timer);
  }
}

class FollowedRows {
  readonly #store: SessionStore;
  readonly #options: ListOptions;
  readonly #io: CliIo;
  /** What was last printed of a session, by its number. */
  readonly #printed = new Map<number, string>();
  readonly #active = new Set<number>();
  #sample: Followed[] = [];

  constructor(store: SessionStore, options: ListOptions, io: CliIo) {
    this.#store = store;
    this.#options = options;
    this.#io = io;
  }

  /** What is there at the start: the newest last, where what comes next will stand. */
  printAll(): void {
    const { limit = Number.POSITIVE_INFINITY } = this.#options;
    const found = this.#changedAmong(this.#store.list({ order: 'asc' }));
    if (found.length === 0)
      note('no session is there yet that matches; they are shown as they come', this.#io);
    this.#print(found.slice(Math.max(0, found.length - limit)), true);
  }

  /** @param numbers - of sessions that may have changed; `undefined`: any */
  printChanged(numbers: readonly number[] = this.#store.list({ order: 'asc' })): void {
    this.#print(this.#changedAmong(numbers), false);
  }

  printLost(): void {
    if (this.#active.size > 0) this.printChanged([...this.#active]);
  }

  /** Those of them that match and look otherwise than when they were printed. */
  #changedAmong(numbers: readonly number[]): Followed[] {
    return this.#store.rows(numbers).flatMap(({ n, shortId, ...known }) => {
      // What is not known is absent here, and undefined there.
      const row = known as SessionRow;
      if (row.status === 'active') this.#active.add(n);
      else this.#active.delete(n);
      const look = lookOf(row);
      if (this.#printed.get(n) === look || !matches(row, this.#options.filter)) return [];
      this.#printed.set(n, look);
      return [{ row, shortId }];
    });
  }

  #print(found: readonly Followed[], withHeader: boolean): void {
    if (this.#options.json) for (const { row } of found) this.#io.stdout.write(jsonLine(row));
    else this.#printLines(found, withHeader);
  }

  /** With the columns of what was printed before. */
  #printLines(found: readonly Followed[], withHeader: boolean): void {
    if (found.length === 0 && !withHeader) return;
    const all = [...this.#sample, ...found];
    const shortIds = new Map(all.map(({ row, shortId }) => [row.id, shortId]));
    const context = contextOf(this.#io);
    const lines = listLines(
      all.map(({ row }) => row),
      shortIds,
      context,
    );
    const first = 1 + this.#sample.length;
    print([...(withHeader ? lines.slice(0, 1) : []), ...lines.slice(first, first + found.length)], this.#io);
    this.#sample = all.slice(-MAX_SAMPLE);
  }
}

/** What of a row is worth a line when it changes: not that time passes. */
function lookOf(row: SessionRow): string {
  return JSON.stringify({ ...row, durationMs: 0, lastSeenMs: 0 });
}
