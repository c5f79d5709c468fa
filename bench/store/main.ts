/** `npm run bench:store`: what the dashboards' queries cost in ClickHouse. See `options.ts` for its usage. */

import { installFolder, programPath } from '../../tools/stack/places.ts';
import { reportChecks } from '../../tools/support/checks.ts';
import { inScratchFolder, stopOnSignals } from '../../tools/support/stopping.ts';
import { Progress } from '../progress.ts';
import { measure } from './measure.ts';
import { readOptions, USAGE } from './options.ts';
import { checksOf, reportOf } from './report.ts';

const stop = new AbortController();

await main().catch((error: unknown) => {
  if (stop.signal.aborted) return;
  console.error(`bench:store: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof TypeError ? 2 : 1;
});

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  const progress = new Progress();
  const say = (line: string): void => progress.say(line);
  stopOnSignals(stop, say);
  await inScratchFolder('bench-store', stop, async (folder) => {
    const engineFolder = programPath(installFolder(), 'chdb');
    const results = await measure(options, { engineFolder, folder, say, signal: stop.signal });
    progress.end();
    console.log(`${reportOf(results)}\n`);
    reportChecks(checksOf(results));
  });
}
