import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What a program has left running may still write into a folder that is being emptied (browsers and npm's helpers do): removing it is
 * tried again so often. Node's own `maxRetries` look at the names of the files once, where nothing can wait.
 */
const TRIES = 50;
const APART_MS = 100;

/** Removes a folder and all that is in it. One that is not there is fine. */
export async function removeFolder(folder: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await rm(folder, { recursive: true, force: true });
    } catch (error) {
      if (!isBusy(error) || tries === TRIES) throw error;
      await sleep(APART_MS);
    }
  }
}

/** The same, where nothing can wait: when a process exits. */
export function removeFolderSync(folder: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (!isBusy(error) || tries === TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, APART_MS);
    }
  }
}

function isBusy(error: unknown): boolean {
  return ['ENOTEMPTY', 'EBUSY', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
}
