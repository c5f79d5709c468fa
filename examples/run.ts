/**
 * Runs the checks of the examples, one after the other.
 *
 *     npm run examples [-- NAME ...]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../tools/support/built.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** Programs run from the root of the repository, where the package's name leads to `dist`. */
const ROOT = join(HERE, '..');
const TIME_LIMIT_MS = 60_000;

let current: ChildProcess | undefined;
const stop = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop.abort();
    // Of its servers, the stdio ones see stdin end and the others get the signal from the terminal.
    current?.kill(signal);
    process.exitCode = signal === 'SIGINT' ? 130 : 143;
  });
}
await main(process.argv.slice(2));

async function main(wanted: string[]): Promise<void> {
  const all = readdirSync(HERE).filter((name) => existsSync(join(HERE, name, 'check.ts')));
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    console.error(`no such example: ${unknown.join(', ')}. There are: ${all.join(', ')}`);
    process.exitCode = 2;
    return;
  }
  try {
    await ensureBuilt((line) => console.error(`${line} …`), stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  let passed = 0;
  let failed = 0;
  for (const name of wanted.length > 0 ? wanted : all) {
    if (stop.signal.aborted) return;
    if (await passes(name)) passed += 1;
    else failed += 1;
  }
  if (stop.signal.aborted) return;
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

async function passes(name: string): Promise<boolean> {
  const startedAt = Date.now();
  const check = relative(ROOT, join(HERE, name, 'check.ts'));
  const child = spawn(process.execPath, ['--import', 'tsx', check], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIME_LIMIT_MS,
  });
  current = child;
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const [code, signal] = await once(child, 'close');
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const isFine = code === 0;
  if (stop.signal.aborted) return false;
  if (isFine) console.log(`ok    ${stdout.trim()} (${seconds} s)`);
  else {
    const ending = signal === null ? `exit code ${code}` : `ended by ${signal} after ${seconds} s`;
    console.log(`FAIL  ${name}: ${ending}\n${`${stdout}${stderr}`.trim().replace(/^/gm, '      ')}`);
  }
  return isFine;
}
