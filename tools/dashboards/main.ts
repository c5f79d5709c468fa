/** npm run dashboards [-- --check]: writes the files of the folder dashboards from their sources. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generatedFiles } from './files.ts';

const USAGE = `Usage: npm run dashboards -- [options]

Writes the Grafana dashboards and the alert rules into the folder dashboards.

  --check      write nothing; exit with 1 where a file is not what would be written
  --dir <dir>  another folder
  --help       this text
`;

const FOLDER = fileURLToPath(new URL('../../dashboards', import.meta.url));

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      check: { type: 'boolean' },
      dir: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const folder = values.dir ?? FOLDER;
  const stale: string[] = [];
  for (const [name, content] of generatedFiles()) {
    const file = path.join(folder, name);
    const before = await readFile(file, 'utf8').catch(() => undefined);
    if (before === content) continue;
    stale.push(name);
    if (values.check === true) continue;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return report(stale, values.check === true);
}

function report(stale: readonly string[], isCheck: boolean): number {
  if (stale.length === 0) {
    console.log('the dashboards and alert rules are up to date');
    return 0;
  }
  for (const name of stale) console.log(`${isCheck ? 'differs' : 'written'}: ${name}`);
  if (isCheck) console.error('Run "npm run dashboards" and commit what it writes.');
  return isCheck ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof TypeError ? `${error.message}\n\n${USAGE}` : error);
  return 2;
});
