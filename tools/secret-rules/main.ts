/** npm run generate:secret-rules [-- --check]: writes the shapes of keys that gitleaks knows. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runOrThrow } from '../support/children.ts';
import { rulesOf } from './rules.ts';

const MODULE = 'github.com/zricethezav/gitleaks/v8';
const VERSION = '8.30.1';
const FOLDER = fileURLToPath(new URL('../../src/sdk/privacy/gitleaks', import.meta.url));

const USAGE = `Usage: npm run generate:secret-rules -- [options]

Writes src/sdk/privacy/gitleaks from the rules of ${MODULE} ${VERSION}.
Needs Go, and the network for the first time.

  --check  write nothing; exit with 1 where a file is not what would be written
  --help   this text
`;

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const made = await generate();
  const stale: string[] = [];
  for (const [name, text] of made) {
    const file = path.join(FOLDER, name);
    if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
    stale.push(name);
    if (values.check !== true) await put(file, text);
  }
  for (const name of stale) console.log(values.check === true ? `out of date: ${name}` : `wrote ${name}`);
  return values.check === true && stale.length > 0 ? 1 : 0;
}

async function generate(): Promise<Map<string, string>> {
  const { stdout } = await runOrThrow('go', ['mod', 'download', '-json', `${MODULE}@v${VERSION}`]);
  const module = JSON.parse(stdout) as { Dir: string };
  const [toml, license] = await Promise.all(
    ['config/gitleaks.toml', 'LICENSE'].map((name) => readFile(path.join(module.Dir, name), 'utf8')),
  );
  const manifest = { name: 'gitleaks', version: VERSION, license: 'MIT', private: true, type: 'module' };
  return new Map([
    ['rules.ts', rulesOf(toml!, `${MODULE} ${VERSION}`)],
    ['LICENSE', license!],
    ['package.json', `${JSON.stringify(manifest, undefined, 2)}\n`],
  ]);
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

process.exitCode = await main(process.argv.slice(2));
