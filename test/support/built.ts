import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, stat, utimes } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { removeFolder } from '../../tools/support/remove-folder.ts';

const ROOT = join(__dirname, '../..');
const DIST = join(ROOT, 'dist');
const SOURCES = ['src', 'package.json', 'tsup.config.ts'];
const BUILT = [
  'index.js',
  'index.cjs',
  'instrumentation.js',
  'instrumentation.cjs',
  'load-sdk.cjs',
  'sdk.cjs',
  'cli.js',
  'register.cjs',
  'register-hooks.js',
];
/** Held while building: test files run in several processes. */
const LOCK = join(ROOT, 'node_modules/.mcp-sessionscope-build-lock');

/** Files of the built package. */
export const built = {
  esm: join(DIST, 'index.js'),
  cjs: join(DIST, 'index.cjs'),
  cli: join(DIST, 'cli.js'),
};

/** Call in `beforeAll`: builds the package where `dist` is older than the sources. `npm test` builds it before. */
export async function ensureBuilt(): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isFresh())) {
    if (await lock()) {
      try {
        if (!(await isFresh())) await build();
      } finally {
        await removeFolder(LOCK);
      }
    } else if (Date.now() > deadline) throw new Error(`another build does not end: remove ${LOCK}`);
    else await delay(50);
  }
}

async function isFresh(): Promise<boolean> {
  const outputs = await Promise.all(BUILT.map((name) => changedAt(join(DIST, name))));
  const sources = await Promise.all(SOURCES.map((name) => changedAt(join(ROOT, name))));
  return Math.min(...outputs) >= Math.max(...sources);
}

/** Builds beside and moves in place, file by file, so that nobody loads half a file. */
async function build(): Promise<void> {
  const started = new Date();
  await mkdir(DIST, { recursive: true });
  const beside = await mkdtemp(join(DIST, '.building-'));
  try {
    const tsup = join(ROOT, 'node_modules/tsup/dist/cli-default.js');
    await promisify(execFile)(process.execPath, [tsup, '--no-dts', '--silent', '--out-dir', beside], {
      cwd: ROOT,
    });
    for (const entry of await readdir(beside, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const built = join(entry.parentPath, entry.name);
      const path = join(DIST, relative(beside, built));
      await utimes(built, started, started);
      await mkdir(dirname(path), { recursive: true });
      await rename(built, path);
    }
  } finally {
    await removeFolder(beside);
  }
}

async function lock(): Promise<boolean> {
  try {
    await mkdir(LOCK);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds; of a folder, when the newest file in it changed. 0 where there is nothing. */
async function changedAt(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.mtimeMs;
  const names = await readdir(path);
  return Math.max(info.mtimeMs, ...(await Promise.all(names.map((name) => changedAt(join(path, name))))));
}
