/** `npm run bench:proxy`: what `run` and `proxy` add to a call. See `options.ts` for its usage. */

import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../../tools/support/built.ts';
import { lockedInstall } from '../../tools/support/cached-install.ts';
import { reportChecks } from '../../tools/support/checks.ts';
import { runCommand } from '../../tools/support/command.ts';
import { inScratchFolder, stopOnSignals } from '../../tools/support/stopping.ts';
import { Progress } from '../progress.ts';
import { measure } from './measure.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { checksOf, reportOf } from './report.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

const stop = new AbortController();

await runCommand({ name: 'bench:proxy', usage: USAGE, readOptions, run, stop, failureCode: 1 });

async function run(options: Options): Promise<void> {
  const progress = new Progress();
  const say = (line: string): void => progress.say(line);
  stopOnSignals(stop, say);
  await ensureBuilt(say, stop.signal);
  say('installing the packages to compare with, where they are not there yet');
  const peers = await lockedInstall(HERE);
  await inScratchFolder('bench-proxy', stop, async (folder) => {
    const runs = await measure(options, { peers, folder, say, signal: stop.signal });
    progress.end();
    console.log(`${reportOf(runs, options)}\n`);
    reportChecks(checksOf(runs));
  });
}
