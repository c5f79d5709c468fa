/** npm run test:agents: agents' libraries, and the trace from an agent's span to what a tool does. */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { putPackage, writeApp } from '../../../tools/support/app-folder.ts';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { cachedInstall, installedVersion, pruneInstalls } from '../../../tools/support/cached-install.ts';
import { type Check, reportChecks, some } from '../../../tools/support/checks.ts';
import { killChildrenOnSignals } from '../../../tools/support/children.ts';
import { runCommand } from '../../../tools/support/command.ts';
import { nodeAtLeast } from '../../../tools/support/node-runtime.ts';
import { type OtlpSink, startOtlpSink } from '../../../tools/support/otlp-sink.ts';
import { inScratchFolder, stopOnSignals } from '../../../tools/support/stopping.ts';
import { installPacked } from '../../../tools/support/tarball.ts';
import { onceArrived } from '../../../tools/support/weather-recording.ts';
import type { Agent } from './agents.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { type Over, type Stage, type Visit, visit, type Way } from './run.ts';
import { problemsWith } from './traces.ts';

const APPS = fileURLToPath(new URL('apps', import.meta.url));

const stop = new AbortController();

await runCommand({ name: 'test:agents', usage: USAGE, readOptions, run: runAll, stop, failureCode: 2 });

async function runAll({ agents }: Options): Promise<void> {
  stopOnSignals(stop, say);
  killChildrenOnSignals();
  await pruneInstalls();
  await ensureBuilt(say, stop.signal);
  say('installing what is not there yet …');
  const packed = await installPacked();
  const sink = await startOtlpSink();
  const checks: Check[] = [];
  try {
    for (const agent of agents) {
      stop.signal.throwIfAborted();
      say(`${agent.name} …`);
      const installed = await cachedInstall(agent.dependencies);
      const node = await nodeAtLeast(agent.node ?? 0);
      const title = `${agent.package} ${await installedVersion(installed, agent.package)}`;
      const check = async (folder: string): Promise<Check[]> => {
        await putPackage(true, packed, path.join(folder, 'node_modules'));
        await writeApp(APPS, folder);
        await writeFile(path.join(folder, 'package.json'), '{ "type": "module", "private": true }');
        return checkAgent(title, agent, { folder, node, otlp: sink.url, signal: stop.signal }, sink);
      };
      checks.push(...(await inScratchFolder('agent', stop, check, installed)));
    }
  } finally {
    await sink.close();
  }
  reportChecks(checks);
}

async function checkAgent(title: string, agent: Agent, stage: Stage, sink: OtlpSink): Promise<Check[]> {
  const checks: Check[] = [];
  const ways: Way[] = agent.handsOutClient ? ['register', 'instrumentClient'] : ['register'];
  for (const over of ['stdio', 'http'] as const) {
    try {
      const bare = await visit(agent, over, 'bare', stage);
      for (const way of ways) checks.push(...(await checkWay(title, agent, over, way, bare, stage, sink)));
    } catch (error) {
      stop.signal.throwIfAborted();
      const found = error instanceof Error ? error.message : String(error);
      checks.push({ ok: false, name: `${title}, ${over}`, found });
    }
  }
  return checks;
}

async function checkWay(
  title: string,
  agent: Agent,
  over: Over,
  way: Way,
  bare: Visit,
  stage: Stage,
  sink: OtlpSink,
): Promise<Check[]> {
  sink.clear();
  const seen = await visit(agent, over, way, stage);
  const changed = Object.keys({ ...bare.answers, ...seen.answers })
    .filter((step) => !isDeepStrictEqual(bare.answers[step], seen.answers[step]))
    .map(
      (step) =>
        `${step}: ${JSON.stringify(seen.answers[step])} instead of ${JSON.stringify(bare.answers[step])}`,
    );
  const said = seen.stderr.split('\n').filter((line) => line.includes('mcp-sessionscope:'));
  const problems = await onceArrived(() => [...problemsWith(sink.spans, way === 'register'), ...said]);
  const name = `${title}, ${over}, ${way}`;
  return [
    {
      ok: changed.length === 0,
      name: `${name}: answers as bare`,
      found: some(changed) || `${Object.keys(seen.answers).length} calls`,
    },
    {
      ok: problems.length === 0,
      name: `${name}: one trace from the agent's span to the tool's own`,
      found: some(problems) || `${sink.spans.length} spans`,
    },
  ];
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
