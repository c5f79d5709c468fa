import { setTimeout as delay } from 'node:timers/promises';
import type { SessionStore } from '../store/types.ts';

/** What the tools answer from. */
export interface Recorded {
  readonly store: SessionStore;
  /** The folder, as it is told to people. */
  readonly dir: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Milliseconds that an answer waits for the first reading of the files. */
  readonly maxWaitMs: number;
}

/**
 * Waits for what is in the files by now.
 *
 * @returns what whoever reads the answer must know of the recording
 */
export async function lookAgain({ store, dir, maxWaitMs }: Recorded): Promise<string[]> {
  if (await isRead(store, maxWaitMs)) await store.refresh();
  const { indexing, sessions, problems } = store.state();
  const notes: string[] = [];
  if (indexing !== undefined) {
    const share = Math.floor((100 * indexing.done) / Math.max(1, indexing.total));
    notes.push(
      `The recording is still being read (${share} %): the answer covers only that part. Ask again soon.`,
    );
  } else if (sessions === 0) {
    notes.push(
      `No session is recorded in ${dir}. MCP servers record there with instrumentServer(server, { exporterType: 'file' }).`,
    );
  }
  const [first] = problems.first;
  if (first !== undefined) {
    const place = first.line === 0 ? first.file : `${first.file}:${first.line}`;
    notes.push(`${problems.count} lines or files could not be read, the first: ${place} ${first.reason}.`);
  }
  return notes;
}

async function isRead(store: SessionStore, maxWaitMs: number): Promise<boolean> {
  const waiting = new AbortController();
  const tooLong = delay(maxWaitMs, false, { signal: waiting.signal, ref: false }).catch(() => false);
  const isReady = await Promise.race([store.ready.then(() => true), tooLong]);
  waiting.abort();
  return isReady;
}
