/** npm run test:frameworks: servers of frameworks, bare and as docs/frameworks.md instruments them. */

import { join } from 'node:path';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { cachedInstall, installedVersion, pruneInstalls } from '../../../tools/support/cached-install.ts';
import { type Check, reportChecks, some } from '../../../tools/support/checks.ts';
import { killChildrenOnSignals } from '../../../tools/support/children.ts';
import { runCommand } from '../../../tools/support/command.ts';
import { nodeAtLeast } from '../../../tools/support/node-runtime.ts';
import { type OtlpSink, startOtlpSink } from '../../../tools/support/otlp-sink.ts';
import { inScratchFolder, stopOnSignals } from '../../../tools/support/stopping.ts';
import { installPacked } from '../../../tools/support/tarball.ts';
import { differences } from '../../../tools/support/weather-client.ts';
import { onceArrived, problemsWith } from '../../../tools/support/weather-recording.ts';
import { layOut, type Parts } from './application.ts';
import type { Way } from './frameworks.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { run } from './run.ts';

/** The newest that a framework asks for. */
const NODE = 24;

const stop = new AbortController();

await runCommand({ name: 'test:frameworks', usage: USAGE, readOptions, run: runAll, stop, failureCode: 2 });

async function runAll({ frameworks }: Options): Promise<void> {
  stopOnSignals(stop, say);
  killChildrenOnSignals();
  await pruneInstalls();
  await ensureBuilt(say, stop.signal);
  const node = await nodeAtLeast(NODE);
  const packed = await installPacked();
  const sink = await startOtlpSink();
  const checks: Check[] = [];
  try {
    for (const framework of frameworks) {
      say(`${framework.name} …`);
      const installed = await cachedInstall(framework.dependencies, framework.overrides);
      const check = (scratch: string) =>
        checkFramework({ framework, installed, packed, scratch, node }, sink);
      checks.push(...(await inScratchFolder('application', stop, check, installed)));
    }
  } finally {
    await sink.close();
  }
  reportChecks(checks);
}

async function checkFramework(parts: Parts, sink: OtlpSink): Promise<Check[]> {
  const { framework, installed } = parts;
  const version = await installedVersion(installed, framework.package);
  const checks: Check[] = [];
  for (const way of framework.ways) {
    stop.signal.throwIfAborted();
    const name = `${framework.package} ${version}, ${way.name}`;
    try {
      checks.push(...(await checkWay(name, way, parts, sink)));
    } catch (error) {
      stop.signal.throwIfAborted();
      checks.push({ ok: false, name, found: error instanceof Error ? error.message : String(error) });
    }
  }
  return checks;
}

async function checkWay(name: string, way: Way, parts: Parts, sink: OtlpSink): Promise<Check[]> {
  const { framework, node, scratch } = parts;
  const settings = { node, framework, way, signal: stop.signal };
  const bare = await run(await layOut(parts, way, false), { ...settings, env: {} });
  sink.clear();
  const observed = await run(await layOut(parts, way, true), {
    ...settings,
    // What is undelivered at an exit stays in here, and nothing of earlier runs is in the way.
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, MCP_SESSIONSCOPE_DIR: join(scratch, 'recordings') },
  });
  const problems = await onceArrived(() => problemsWith(sink, way, observed));
  const changed = differences(bare, observed);
  return [
    {
      ok: changed.length === 0,
      name: `${name}: answers as bare`,
      found: some(changed) || `${bare.requests} requests, ${bare.failures} of which fail`,
    },
    {
      ok: problems.length === 0,
      name: `${name}: recording`,
      found: some(problems) || `${sink.spans.length} spans`,
    },
  ];
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
