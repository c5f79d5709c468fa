import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';

/**
 * A folder in which programs ran, and what is in it. What a program has left running may still write there while it is being
 * emptied (browsers and npm's helpers do), so what fails for that is tried again: 11 times within 5.5 seconds.
 */
const OPTIONS = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

/** Removes a folder and all that is in it. One that is not there is fine. */
export function removeFolder(folder: string): Promise<void> {
  return rm(folder, OPTIONS);
}

/** The same, where nothing can wait: when a process exits. */
export function removeFolderSync(folder: string): void {
  rmSync(folder, OPTIONS);
}
