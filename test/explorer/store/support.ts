import { openStore } from '../../../src/explorer/store/open-store.ts';
import type { SessionStore, StoreOptions } from '../../../src/explorer/store/types.ts';
import { NOW, withRecording } from '../support.ts';

/** All that a session is exported as; `undefined` where there is none. */
export async function exported(store: SessionStore, id: string): Promise<object | undefined> {
  const exporting = store.otlp(id);
  if (exporting === undefined) return undefined;
  const resourceSpans: object[] = [];
  for await (const each of exporting) resourceSpans.push(each);
  return { resourceSpans };
}

/** Writes the files into a new folder, opens a store on it that looks only when told to, and ends both. */
export function withStore<T>(
  files: Record<string, string | readonly string[]>,
  run: (store: SessionStore, folder: string) => Promise<T>,
  options: Partial<StoreOptions> = {},
): Promise<T> {
  return withRecording(files, async (dir) => {
    const store = openStore({ dir, now: () => NOW, pollMs: 1e9, ...options });
    try {
      await store.ready;
      return await run(store, dir);
    } finally {
      await store.close();
    }
  });
}
