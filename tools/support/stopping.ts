import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
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
