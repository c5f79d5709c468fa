import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedInstall } from './cached-install.ts';
import { runOrThrow } from './children.ts';
import { removeFolder } from './remove-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm pack` made. */
export interface Tarball {
  /** Absolute path. */
  file: string;
  /** Paths inside the package. */
  contents: string[];
  remove(): Promise<void>;
}

/** Packs the project as it would be published. */
export async function packProject(): Promise<Tarball> {
  await mkdir(tmpdir(), { recursive: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-sessionscope-pack-'));
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder];
  const { stdout } = await runOrThrow('npm', args, { cwd: ROOT });
  const [packed] = JSON.parse(stdout);
  return {
    file: path.join(folder, packed.filename),
    contents: packed.files.map((entry: { path: string }) => entry.path),
    remove: () => removeFolder(folder),
  };
}

/** The project as it would be published, installed. @returns the folder that holds `node_modules`. */
export async function installPacked(): Promise<string> {
  const tarball = await packProject();
  try {
    return await cachedInstall({ 'mcp-sessionscope': `file:${tarball.file}` });
  } finally {
    await tarball.remove();
  }
}
