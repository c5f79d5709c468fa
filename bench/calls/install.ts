import { existsSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../../tools/support/children.ts';

const BENCH = fileURLToPath(new URL('.', import.meta.url));

/** Installs what the bench compares with, below `bench/` only, where that is missing or not what the lock file says. */
export async function ensureInstalled(say: (line: string) => void): Promise<void> {
  const lock = join(BENCH, 'package-lock.json');
  const installed = join(BENCH, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say('installing the packages to compare with (about 560 MB, below bench/)');
  await runOrThrow('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'], {
    cwd: BENCH,
  });
  utimesSync(installed, new Date(), new Date());
}
