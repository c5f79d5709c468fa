/** npm run test:agents: agents' libraries, and the trace from an agent's span to what a tool does. */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { putPackage, writeApp } from '../../../tools/support/app-folder.ts';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { cachedInstall, installedVersion, pruneInstalls } from '../../../tools/support/cached-install.ts';
import { type Check, reportChecks } from '../../../tools/support/checks.ts';
import { killChildrenOnSignals } from '../../../tools/support/children.ts';
import { runCommand } from '../../../tools/support/command.ts';
import { nodeAtLeast } from '../../../tools/support/node-runtime.ts';
import { inScratchFolder, stopOnSignals } from '../../../tools/support/stopping.ts';
import { installPacked } from '../../../tools/support/tarball.ts';
import { OF_SERVERS } from './agents.ts';
import { checkAgent } from './check.ts';
import { type Options, readOptions, USAGE } from './options.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

const stop = new AbortController();

await runCommand({ name: 'test:agents', usage: USAGE, readOptions, run: runAll, stop, failureCode: 2 });

async function runAll({ agents }: Options): Promise<void> {
  stopOnSignals(stop, say);
  killChildrenOnSignals();
  await pruneInstalls();
  await ensureBuilt(say, stop.signal);
  say('installing what is not there yet …');
  const packed = await installPacked();
  const check = async (servers: string): Promise<Check[]> => {
    await layOut('servers', servers, packed);
    const checks: Check[] = [];
    for (const agent of agents) {
      stop.signal.throwIfAborted();
      say(`${agent.name} …`);
      const installed = await cachedInstall(agent.dependencies);
      const node = await nodeAtLeast(agent.node ?? 0);
      const title = `${agent.package} ${await installedVersion(installed, agent.package)}`;
      const checkOne = async (folder: string): Promise<Check[]> => {
        await layOut('apps', folder, packed);
        return checkAgent(title, agent, { folder, servers, node, signal: stop.signal });
      };
      checks.push(...(await inScratchFolder('agent', stop, checkOne, installed)));
    }
    return checks;
  };
  reportChecks(await inScratchFolder('servers', stop, check, await cachedInstall(OF_SERVERS)));
}

/** Programs, compiled, in a folder that finds the packed package. */
async function layOut(programs: 'apps' | 'servers', folder: string, packed: string): Promise<void> {
  await putPackage(true, packed, path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module", "private": true }');
  await writeApp(path.join(HERE, programs), folder);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
