import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runOrThrow } from './children.ts';

/** Folder that keeps installs between runs: `$XDG_CACHE_HOME`, else the system's folder for temporary files. */
export const CACHE_DIR = path.join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'mcp-sessionscope-tools');

/**
 * Installs packages into a folder of their own, once: the folder's name is a hash of what is in it, so a later run
 * with the same packages finds it ready. Two runs at a time do not disturb each other.
 *
 * @param dependencies name to version, or to `file:` and the absolute path of a tarball, whose bytes count.
 * @returns the folder that holds `node_modules`.
 */
export async function cachedInstall(dependencies: Record<string, string>): Promise<string> {
  const dir = path.join(CACHE_DIR, await keyOf(dependencies));
  if (existsSync(dir)) return dir;
  await mkdir(CACHE_DIR, { recursive: true });
  const staging = await mkdtemp(path.join(CACHE_DIR, 'installing-'));
  await writeFile(
    path.join(staging, 'package.json'),
    JSON.stringify({ name: 'scratch', private: true, dependencies }),
  );
  await runOrThrow('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: staging,
    timeoutMs: 400_000,
  });
  try {
    await rename(staging, dir);
  } catch (error) {
    // Another run was faster.
    await rm(staging, { recursive: true, force: true });
    if (!existsSync(dir)) throw error;
  }
  return dir;
}

/** The newest published version in a range, or `fallback` where the registry does not answer. */
export async function newestVersion(name: string, range: string, fallback: string): Promise<string> {
  try {
    const { stdout } = await runOrThrow('npm', ['view', `${name}@${range}`, 'version', '--json'], {
      timeoutMs: 60_000,
    });
    const versions: string | string[] = JSON.parse(stdout);
    return typeof versions === 'string' ? versions : (versions.at(-1) ?? fallback);
  } catch {
    console.error(`npm view ${name}@${range} gave no answer: taking ${fallback}`);
    return fallback;
  }
}

async function keyOf(dependencies: Record<string, string>): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const [name, version] of Object.entries(dependencies).sort()) {
    hash.update(`\n${name} `);
    hash.update(version.startsWith('file:') ? await readFile(version.slice('file:'.length)) : version);
  }
  return hash.digest('hex').slice(0, 20);
}
