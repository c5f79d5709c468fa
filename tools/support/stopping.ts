import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder, removeFolderSync } from './remove-folder.ts';
import { onStopSignals } from './stop-signals.ts';

/** What is not over so long after Ctrl-C is killed. */
const GRACE_MS = 5_000;

/**
 * Runs a tool in a folder of its own that is gone afterwards, also after Ctrl-C and SIGTERM, which `stop` tells of.
 *
 * @param parent - where the folder is made
 */
export async function inScratchFolder<T>(
  name: string,
  stop: AbortController,
  work: (folder: string) => Promise<T>,
  parent = tmpdir(),
): Promise<T> {
  const folder = await mkdtemp(join(parent, `mcp-sessionscope-${name}-`));
  stop.signal.addEventListener('abort', () => {
    // Added last, so it runs when the handlers of the children have killed them.
    process.once('exit', () => removeFolderSync(folder));
  });
  try {
    return await work(folder);
  } finally {
    await removeFolder(folder);
  }
}

/** On Ctrl-C and SIGTERM: aborts, and ends this process soon. */
export function stopOnSignals(stop: AbortController, say: (line: string) => void): void {
  onStopSignals('once', (code) => {
    say('stopping …');
    process.exitCode = code;
    stop.abort(new Error('stopped'));
    setTimeout(() => process.exit(code), GRACE_MS).unref();
  });
}
