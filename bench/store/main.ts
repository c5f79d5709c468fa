/** `npm run bench:store`: what the dashboards' queries cost in ClickHouse. See `options.ts` for its usage. */

import { installFolder, programPath } from '../../tools/stack/places.ts';
import { reportChecks } from '../../tools/support/checks.ts';
import { runCommand } from '../../tools/support/command.ts';
import { inScratchFolder, stopOnSignals } from '../../tools/support/stopping.ts';
import { Progress } from '../progress.ts';
import { measure } from './measure.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { checksOf, reportOf } from './report.ts';

const stop = new AbortController();

await runCommand({ name: 'bench:store', usage: USAGE, readOptions, run, stop, failureCode: 1 });

async function run(options: Options): Promise<void> {
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
