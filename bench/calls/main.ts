/** `npm run bench`: what it costs to record a call, as ratios in one run. See `options.ts` for its usage. */
import { ensureBuilt } from '../../tools/support/built.ts';
import { killChildrenOnSignals } from '../../tools/support/children.ts';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';
import { Progress } from '../progress.ts';
import { type Check, checksOf } from './checks.ts';
import { startCollector } from './collector/collector.ts';
import { ensureInstalled } from './install.ts';
import { measureCalls } from './measure/calls.ts';
import { measureIdleSessions } from './measure/idle-sessions.ts';
import { measureImports } from './measure/imports.ts';
import { type Installed, installOurs, installPeer } from './measure/installed.ts';
import { measureStartup } from './measure/startup.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { reportOf } from './report.ts';
import type { Results } from './results.ts';
import { SUBJECTS } from './subjects.ts';

const options = readOptions(process.argv.slice(2));
if (options === undefined) process.stdout.write(USAGE);
else process.exitCode = await bench(options);

async function bench(chosen: Options): Promise<number> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  killChildrenOnSignals();
  const progress = new Progress();
  const results = await measure(chosen, progress, interrupted.signal);
  progress.end();
  process.stdout.write(`${reportOf(results, chosen)}\n`);
  const checks = checksOf(results);
  for (const check of checks) process.stdout.write(`${lineOf(check)}\n`);
  const missed = checks.filter(({ passed }) => !passed).length;
  process.stdout.write(`\n${checks.length - missed} targets met, ${missed} missed\n`);
  return missed === 0 ? 0 : 1;
}

async function measure(chosen: Options, progress: Progress, signal: AbortSignal): Promise<Results> {
  const say = (line: string): void => progress.say(line);
  await ensureInstalled(say);
  await ensureBuilt(say);
  say('packing this package and installing it in an empty application');
  const { entry, register, ...ours } = await installOurs();
  const collector = await startCollector();
  try {
    const imports = await measureImports(chosen.importRounds, entry, progress, signal);
    const startup = await measureStartup(chosen.importRounds, register, progress, signal);
    const idle = await measureIdleSessions(chosen, entry, collector, progress, signal);
    const calls = await measureCalls({ options: chosen, ours: entry, collector, progress, signal });
    const installed = new Map<string, Installed>([['mcp-sessionscope', { ...ours }]]);
    if (chosen.peerSizes) await addPeers(installed, progress);
    return { calls, imports, startup, idle, installed };
  } finally {
    collector.stop();
    removeFolderSync(ours.dir);
  }
}

async function addPeers(installed: Map<string, Installed>, progress: Progress): Promise<void> {
  for (const { role, package: name } of SUBJECTS) {
    if (role !== 'peer' || name === undefined) continue;
    progress.say(`installing ${name} in an empty application`);
    const found = await installPeer(name);
    installed.set(name, found);
    removeFolderSync(found.dir);
  }
}

function lineOf({ name, passed, measured }: Check): string {
  return `${passed ? 'met   ' : 'MISSED'}  ${name}: ${measured}`;
}
