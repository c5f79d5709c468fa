import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CACHE_DIR } from './cached-install.ts';
import { runOrThrow } from './children.ts';
import { removeFolder } from './remove-folder.ts';

/**
 * Installs what a file of requirements names into an environment of its own, once.
 *
 * @param requirements - the file's path
 * @returns the environment's Python
 */
export async function installPython(
  requirements: string,
  { say, name }: { say: (line: string) => void; name: string },
): Promise<string> {
  const key = createHash('sha256').update(await readFile(requirements));
  const { stdout } = await runOrThrow('python3', ['-c', 'import sys; print(sys.version, sys.prefix)']);
  const folder = join(CACHE_DIR, `python-${key.update(stdout).digest('hex').slice(0, 12)}`);
  const python = join(folder, 'bin/python');
  if (existsSync(join(folder, 'ready'))) return python;
  say(`installing ${name} …`);
  await removeFolder(folder);
  await runOrThrow('python3', ['-m', 'venv', folder]);
  await runOrThrow(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
  await mkdir(join(folder, 'ready'));
  return python;
}
