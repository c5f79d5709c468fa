import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLICKHOUSE_PACKAGE, COLLECTOR_MANIFEST, readVersions } from './versions.ts';

const RECIPES = fileURLToPath(new URL('./recipes.ts', import.meta.url));
const [KEY_LENGTH, EXTENSION] = [12, process.platform === 'win32' ? '.exe' : ''];

const IMAGES_ONLY = ['CLICKHOUSE_VERSION', 'CLICKHOUSE_PLUGIN_VERSION', 'GRAFANA_VERSION', 'NODE_VERSION'];

/** Everything that the stack keeps outside the repository. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  // Its specification says to ignore a relative path.
  return join(base?.startsWith('/') === true ? base : join(homedir(), '.cache'), 'mcp-sessionscope', 'stack');
}

/** Where the programs of these versions, built by this recipe for this platform, are. */
export function installFolder(env: NodeJS.ProcessEnv = process.env): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  // Of the versions only those that are built: another image for Docker is no reason to build anything.
  const versions = Object.entries(readVersions()).filter(([name]) => !IMAGES_ONLY.includes(name));
  hash.update(JSON.stringify(versions));
  for (const path of [COLLECTOR_MANIFEST, `${CLICKHOUSE_PACKAGE}/package-lock.json`, RECIPES])
    hash.update(readFileSync(path));
  return join(cacheFolder(env), hash.digest('hex').slice(0, KEY_LENGTH));
}

/** The file of a built program. */
export function programPath(folder: string, program: string): string {
  return join(folder, 'bin', `${program}${EXTENSION}`);
}
