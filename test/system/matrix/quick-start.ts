import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, tail } from '../../../tools/support/children.ts';
import { removeFolder } from '../../../tools/support/remove-folder.ts';
import type { Tarball } from '../../../tools/support/tarball.ts';
import type { Finding } from './fresh-install.ts';

const README = fileURLToPath(new URL('../../../README.md', import.meta.url));
/** The row that the README promises: client, two calls, the tool. */
const ROW = /^\S+ +first-hour 1\.0\.0 +connection .* 2 +0 +ended +get_weather$/m;

/** The README's first block, run as a reader would who copies it; but for the package, which is the packed one. */
export async function checkQuickStart({ file }: Tarball): Promise<Finding> {
  const [, block] = /^```sh\n(mkdir weather .*?)^```$/ms.exec(await readFile(README, 'utf8')) ?? [];
  const script = block?.replace(/^npm install mcp-sessionscope /m, `npm install file:${file} `);
  const name = 'quick start';
  if (script === undefined || script === block) {
    return { name, found: '-', problems: ['the README has no block that installs the package'] };
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-sessionscope-quick-start-'));
  // A client hands few variables on to its server; the home folder is one of them.
  const settings = {
    HOME: folder,
    MCP_SESSIONSCOPE_DIR: path.join(folder, '.mcp-sessionscope'),
    NO_COLOR: '1',
  };
  try {
    const ended = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env: settings });
    if (ended.code !== 0)
      return { name, found: '-', problems: [`exits with ${ended.code}\n${tail(ended.stderr)}`] };
    const row = ROW.exec(ended.stdout)?.[0].replaceAll(/ {2,}/g, '  ');
    const problems = row === undefined ? [`shows no such session\n${tail(ended.stdout)}`] : [];
    return { name, found: row ?? '-', problems };
  } finally {
    await removeFolder(folder);
  }
}
