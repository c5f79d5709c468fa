import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILT = ['index.js', 'index.cjs', 'load-sdk.cjs', 'sdk.cjs', 'cli.js', 'page/page.js'].map((name) =>
  join(ROOT, 'dist', name),
);
const SOURCES = ['src', 'package.json', 'tsup.config.ts'].map((name) => join(ROOT, name));

/** The built command, to be run by node. */
export const BUILT_CLI = join(ROOT, 'dist/cli.js');

/**
 * Builds the package where a file of `dist` is missing or older than the sources, without its type declarations:
 * nothing that runs needs them, and they take most of the time.
 *
 * @param say - told that it is being built
 * @param signal - aborts the build
 */
export async function ensureBuilt(say: (line: string) => void, signal?: AbortSignal): Promise<void> {
  if (isFresh()) return;
  say('building dist');
  const tsup = join(
    dirname(createRequire(import.meta.url).resolve('tsup/package.json')),
    'dist/cli-default.js',
  );
  await promisify(execFile)(process.execPath, [tsup, '--no-dts', '--silent'], {
    cwd: ROOT,
    ...(signal !== undefined && { signal }),
  });
}

function isFresh(): boolean {
  if (!BUILT.every((path) => existsSync(path))) return false;
  const builtAt = Math.min(...BUILT.map((path) => statSync(path).mtimeMs));
  return SOURCES.every((path) => newestIn(path) <= builtAt);
}

/** When a file, or the newest in a folder, changed. */
function newestIn(path: string): number {
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
