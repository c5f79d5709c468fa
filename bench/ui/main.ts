/** npm run bench:ui: how fast the Sessions page opens, answers and receives, as ratios in one run. */

import { runCommand } from '../../tools/support/command.ts';
import { inScratchFolder, stopOnSignals } from '../../tools/support/stopping.ts';
import { Progress } from '../progress.ts';
import { measure } from './measure.ts';
import { HELP, type Options, readOptions } from './options.ts';
import { tablesOf, targetsOf } from './report.ts';

const stop = new AbortController();

await runCommand({ name: 'bench:ui', usage: HELP, readOptions, run, stop, failureCode: 1 });

async function run(options: Options): Promise<void> {
  const progress = new Progress();
  const say = (line: string): void => progress.say(line);
  stopOnSignals(stop, say);
  await inScratchFolder('bench-ui', stop, async (folder) => {
    const results = await measure(options, { folder, say, signal: stop.signal });
    progress.end();
    console.log(`${tablesOf(results)}\n`);
    const targets = targetsOf(results, options);
    for (const { name, isMet, measured } of targets)
      console.log(`${isMet ? 'met   ' : 'MISSED'}  ${name}: ${measured}`);
    const missed = targets.filter(({ isMet }) => !isMet).length;
    console.log(`\n${targets.length - missed} targets met, ${missed} missed`);
    if (missed > 0) process.exitCode = 1;
  });
}
