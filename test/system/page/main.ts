/** npm run test:page: the Sessions page in a real browser, compared with what real clients did. */
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { runCommand } from '../../../tools/support/command.ts';
import { onStopSignals } from '../../../tools/support/stop-signals.ts';
import { inScratchFolder } from '../../../tools/support/stopping.ts';
import { launchBrowser } from './browser.ts';
import type { PageCheck } from './check.ts';
import { CHECKS } from './checks/all.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { createShared, type Result, runCheck, type Settings } from './stage.ts';

const stop = new AbortController();

await runCommand({ name: 'test:page', usage: USAGE, readOptions, run, stop, failureCode: 2 });

async function run(options: Options): Promise<number> {
  const checks = CHECKS.filter(({ name }) => name.toLowerCase().includes(options.only.toLowerCase()));
  if (checks.length === 0) throw new Error(`no check has ${options.only} in its name`);
  if (options.list) {
    console.log(checks.map(({ name }) => name).join('\n'));
    return 0;
  }
  onStopSignals('once', (code) => {
    process.exitCode = code;
    stop.abort();
  });
  await ensureBuilt((line) => console.error(`${line} …`), stop.signal);
  return inScratchFolder('page-test', stop, (folder) => runAll(checks, options, folder));
}

async function runAll(checks: readonly PageCheck[], options: Options, folder: string): Promise<number> {
  const browser = await launchBrowser(options.headed);
  const failures = join(tmpdir(), `mcp-sessionscope-page-test-failures-${process.pid}`);
  const screenshots = options.screenshots === undefined ? undefined : resolve(options.screenshots);
  if (screenshots !== undefined) await mkdir(screenshots, { recursive: true });
  const shared = createShared(folder, stop.signal);
  // What is under way ends with it: every action in a page that is gone fails.
  stop.signal.addEventListener('abort', () => void browser.close());
  try {
    const results = await runEach(checks, options.workers, { browser, shared, screenshots, failures });
    const failed = results.filter(({ ok }) => !ok).length;
    console.log(`${results.length - failed} passed, ${failed} failed`);
    if (failed > 0) console.log(`pictures of what failed: ${failures}`);
    return failed === 0 ? 0 : 1;
  } finally {
    await shared.end();
    await browser.close();
  }
}

async function runEach(checks: readonly PageCheck[], workers: number, settings: Settings): Promise<Result[]> {
  const left = [...checks];
  const results: Result[] = [];
  const work = async (): Promise<void> => {
    for (let check = left.shift(); check !== undefined; check = left.shift()) {
      stop.signal.throwIfAborted();
      const result = await runCheck(check, settings);
      results.push(result);
      const seconds = (result.millis / 1000).toFixed(1);
      console.log(`${result.ok ? 'ok    ' : 'FAILED'} ${check.name}: ${result.found} (${seconds} s)`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return results;
}
