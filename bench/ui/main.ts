/** npm run bench:ui: how fast the Sessions page opens, answers and receives, as ratios in one run. */

import { inScratchFolder, stopOnSignals } from '../../tools/support/stopping.ts';
import { Progress } from '../progress.ts';
import { measure } from './measure.ts';
import { HELP, readOptions, UsageError } from './options.ts';
import { tablesOf, targetsOf } from './report.ts';

const stop = new AbortController();

await main().catch((error: unknown) => {
  if (stop.signal.aborted) return;
  const isUsage = error instanceof UsageError;
  console.error(
    `bench:ui: ${error instanceof Error ? error.message : String(error)}${isUsage ? `\n\n${HELP}` : ''}`,
  );
  process.exitCode = isUsage ? 2 : 1;
});

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const progress = new Progress();
  const say = (line: string): void => progress.say(line);
  stopOnSignals(stop, say);
  await inScratchFolder('bench-ui', stop, async (folder) => {
    const results = await measure(options, { folder, say, signal: stop.signal });
    progress.end();
    console.log(`${tablesOf(results)}\n`);
    const targets = targetsOf(results);
    for (const { name, isMet, measured } of targets)
      console.log(`${isMet ? 'met   ' : 'MISSED'}  ${name}: ${measured}`);
    const missed = targets.filter(({ isMet }) => !isMet).length;
    console.log(`\n${targets.length - missed} targets met, ${missed} missed`);
    if (missed > 0) process.exitCode = 1;
  });
}
