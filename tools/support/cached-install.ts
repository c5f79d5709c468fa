import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runOrThrow } from './children.ts';
import { removeFolder } from './remove-folder.ts';

/** Folder that keeps installs between runs: in `$XDG_CACHE_HOME`, else in the system's folder for temporary files. */
export const CACHE_DIR = path.join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'mcp-sessionscope-tools');

const HOUR_MS = 3_600_000;
/** "The newest 1.x" is looked up anew after this long. */
const RANGE_IS_FRESH_MS = 7 * 24 * HOUR_MS;
/** Installs of a tarball are of use until the next build. */
const TARBALL_PREFIX = 'tarball-';
const STAGING_PREFIX = 'installing-';
const TARBALL_IS_KEPT_MS = 3 * HOUR_MS;
const QUIETLY = ['--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Installs packages into a folder of their own, once: the folder's name is a hash of what is in it, so a later run
 * with the same packages finds it ready. Two runs at a time do not disturb each other.
 *
 * @param dependencies name to version or range, or to `file:` and the absolute path of a tarball, whose bytes count.
 * @param overrides what npm takes of a package instead of what others ask for.
 * @returns the folder that holds `node_modules`.
 */
export async function cachedInstall(
  dependencies: Record<string, string>,
  overrides: Record<string, string> = {},
): Promise<string> {
  const dir = path.join(CACHE_DIR, await keyOf(dependencies, overrides));
  return once(dir, async (staging) => {
    const manifest = { name: 'scratch', private: true, dependencies, overrides };
    await writeFile(path.join(staging, 'package.json'), JSON.stringify(manifest));
    await runOrThrow('npm', ['install', ...QUIETLY], { cwd: staging });
  });
}

/**
 * Installs what a folder's lock file says, once for all checkouts: exact versions of everything, as `npm ci` does.
 *
 * @param folder the one with `package.json` and `package-lock.json`.
 * @returns the folder that holds `node_modules`.
 */
export async function lockedInstall(folder: string): Promise<string> {
  const names = ['package.json', 'package-lock.json'];
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const name of names) hash.update(await readFile(path.join(folder, name)));
  return once(path.join(CACHE_DIR, `locked-${hash.digest('hex').slice(0, 20)}`), async (staging) => {
    for (const name of names) await copyFile(path.join(folder, name), path.join(staging, name));
    await runOrThrow('npm', ['ci', '--ignore-scripts', ...QUIETLY], { cwd: staging });
  });
}

/** Removes installs that nobody used for long; those of a tarball earlier than the others. */
export async function pruneInstalls(): Promise<void> {
  for (const name of await readdir(CACHE_DIR).catch(() => [])) {
    const dir = path.join(CACHE_DIR, name);
    const info = await stat(dir).catch(() => undefined);
    if (info === undefined) continue;
    const isShortLived = name.startsWith(TARBALL_PREFIX) || name.startsWith(STAGING_PREFIX);
    const keptMs = isShortLived ? TARBALL_IS_KEPT_MS : 2 * RANGE_IS_FRESH_MS;
    if (Date.now() - info.mtimeMs > keptMs) await removeFolder(dir);
  }
}

/** The version of a package that an install holds. */
export async function installedVersion(dir: string, name: string): Promise<string> {
  const manifest = await readFile(path.join(dir, 'node_modules', name, 'package.json'), 'utf8');
  return JSON.parse(manifest).version;
}

async function keyOf(
  dependencies: Record<string, string>,
  overrides: Record<string, string>,
): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  let prefix = '';
  for (const [name, version] of Object.entries(dependencies).sort()) {
    hash.update(`\n${name} ${version}`);
    if (version.startsWith('file:')) {
      prefix = TARBALL_PREFIX;
      hash.update(await readFile(version.slice('file:'.length)));
    } else if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
      hash.update(` as of ${Math.floor(Date.now() / RANGE_IS_FRESH_MS)}`);
    }
  }
  for (const [name, version] of Object.entries(overrides).sort())
    hash.update(`\noverride ${name} ${version}`);
  return prefix + hash.digest('hex').slice(0, 20);
}

/** Fills a folder, where it is not there yet. @returns the folder. */
async function once(dir: string, fill: (staging: string) => Promise<void>): Promise<string> {
  if (existsSync(dir)) {
    await utimes(dir, new Date(), new Date());
    return dir;
  }
  await mkdir(CACHE_DIR, { recursive: true });
  const staging = await mkdtemp(path.join(CACHE_DIR, STAGING_PREFIX));
  try {
    await fill(staging);
    await rename(staging, dir);
  } catch (error) {
    await removeFolder(staging);
    // Another run may have been faster.
    if (!existsSync(dir)) throw error;
  }
  return dir;
}
