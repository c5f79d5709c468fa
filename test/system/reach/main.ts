/** npm run test:reach: servers of others, bare and observed without a change of theirs. */

import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { lockedInstall, pruneInstalls } from '../../../tools/support/cached-install.ts';
import { type Check, reportChecks } from '../../../tools/support/checks.ts';
import { killChildrenOnSignals } from '../../../tools/support/children.ts';
import { runCommand } from '../../../tools/support/command.ts';
import { nodeAtLeast } from '../../../tools/support/node-runtime.ts';
import { installPython } from '../../../tools/support/python-venv.ts';
import { inScratchFolder, stopOnSignals } from '../../../tools/support/stopping.ts';
import { installPacked } from '../../../tools/support/tarball.ts';
import { checkChaos } from './chaos.ts';
import { checkConformance } from './conformance.ts';
import { type Options, readOptions, USAGE, WAYS } from './options.ts';
import { checkSdks } from './sdks.ts';
import type { Server } from './servers.ts';
import { type Stage, setStage, titleOf } from './stage.ts';
import { allows, checkWay, visitBare } from './ways.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

const stop = new AbortController();

await runCommand({ name: 'test:reach', usage: USAGE, readOptions, run: runAll, stop, failureCode: 2 });

async function runAll(options: Options): Promise<void> {
  stopOnSignals(stop, say);
  killChildrenOnSignals();
  await pruneInstalls();
  await ensureBuilt(say, stop.signal);
  say('installing what is not there yet …');
  const packed = await installPacked();
  const installed = await lockedInstall(HERE);
  const python = await installPython(`${HERE}python/requirements.txt`, {
    say,
    name: 'the servers from PyPI',
  });
  const nodeOf = (major: number | undefined): Promise<string> => nodeAtLeast(major ?? 0);
  const check = async (scratch: string): Promise<Check[]> => {
    const stage = { installed, scratch, python, nodeOf, signal: stop.signal };
    await setStage(stage, packed);
    return checkAll(stage, options);
  };
  reportChecks(await inScratchFolder('reach', stop, check, installed));
}

async function checkAll(stage: Stage, { parts, servers, isShort }: Options): Promise<Check[]> {
  const checks: Check[] = [];
  const ways = WAYS.filter((way) => parts.includes(way));
  for (const server of servers) {
    const wanted = ways.filter((way) => allows(server, way));
    if (wanted.length > 0) checks.push(...(await checkServer(stage, server, wanted)));
  }
  if (parts.includes('sdks')) checks.push(...(await attempt('sdks', () => checkSdks(stage))));
  if (parts.includes('chaos')) checks.push(...(await attempt('chaos', () => checkChaos(stage, isShort))));
  if (parts.includes('conformance'))
    checks.push(...(await attempt('conformance', () => checkConformance(stage, isShort))));
  return checks;
}

async function checkServer(
  stage: Stage,
  server: Server,
  ways: readonly (typeof WAYS)[number][],
): Promise<Check[]> {
  say(`${server.name} …`);
  const title = await titleOf(stage, server);
  return attempt(title, async () => {
    const bare = await visitBare(stage, server);
    const checks: Check[] = [];
    for (const way of ways) {
      const found = await attempt('', () => checkWay(way, stage, server, bare));
      checks.push(...found.map((check) => ({ ...check, name: `${way}, ${title}: ${check.name}` })));
    }
    return checks;
  });
}

/** What cannot be done is a check that fails. */
async function attempt(name: string, work: () => Promise<Check[]>): Promise<Check[]> {
  stop.signal.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    stop.signal.throwIfAborted();
    return [{ ok: false, name, found: error instanceof Error ? error.message : String(error) }];
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
