import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { removeFolder } from '../../support/remove-folder.ts';

/** Where data waits for the engine. */
export interface Incoming {
  /** Calls with the path of a file that is not there yet, and removes the file afterwards. */
  withFile<T>(use: (path: string) => Promise<T>): Promise<T>;
}

/**
 * Makes the folder, without what a server that was killed has left there.
 *
 * @param folder - without * ? { } in its path: the engine takes the name of a file for a pattern
 */
export async function createIncoming(folder: string): Promise<Incoming> {
  await removeFolder(folder);
  await mkdir(folder, { recursive: true });
  let count = 0;
  return {
    async withFile(use) {
      count += 1;
      const path = join(resolve(folder), `${count}.data`);
      try {
        return await use(path);
      } finally {
        await rm(path, { force: true });
      }
    },
  };
}
