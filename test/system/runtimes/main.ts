/** npm run test:runtimes: servers on Bun, Deno and workerd, bare and as docs/runtimes.md instruments them. */

import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { cachedInstall, installedVersion, pruneInstalls } from '../../../tools/support/cached-install.ts';
import { type Check, reportChecks, some } from '../../../tools/support/checks.ts';
import { killChildrenOnSignals } from '../../../tools/support/children.ts';
import { runCommand } from '../../../tools/support/command.ts';
import { type OtlpSink, readMetrics, readSpans, startOtlpSink } from '../../../tools/support/otlp-sink.ts';
import { inScratchFolder, stopOnSignals } from '../../../tools/support/stopping.ts';
import { installPacked } from '../../../tools/support/tarball.ts';
import { differences, type Visit } from '../../../tools/support/weather-client.ts';
import { onceArrived, problemsWith } from '../../../tools/support/weather-recording.ts';
import { type Application, layOut, type Parts } from './application.ts';
import { checkEndings } from './endings.ts';
import { checkLoad } from './load.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import type { Runtime, Visited } from './runtimes.ts';
import { visitServer } from './server.ts';

const stop = new AbortController();

await runCommand({ name: 'test:runtimes', usage: USAGE, readOptions, run: runAll, stop, failureCode: 2 });

async function runAll({ runtimes }: Options): Promise<void> {
  stopOnSignals(stop, say);
  killChildrenOnSignals();
  await pruneInstalls();
  await ensureBuilt(say, stop.signal);
  const packed = await installPacked();
  const sink = await startOtlpSink();
  const checks: Check[] = [];
  try {
    for (const runtime of runtimes) {
      say(`${runtime.name} …`);
      const installed = await cachedInstall(runtime.dependencies);
      const check = (scratch: string) => checkRuntime({ runtime, installed, packed, scratch }, sink);
      checks.push(...(await inScratchFolder('application', stop, check, installed)));
    }
  } finally {
    await sink.close();
  }
  reportChecks(checks);
}

async function checkRuntime(parts: Parts, sink: OtlpSink): Promise<Check[]> {
  const { runtime, installed } = parts;
  const version = await installedVersion(installed, runtime.name);
  const bare = await layOut(parts, false);
  const observed = await layOut(parts, true);
  const checks: Check[] = [];
  const register = path.join(parts.packed, 'node_modules/mcp-sessionscope/dist/register.cjs');
  const registered: Application = { ...bare, preload: register };
  for (const { name, run } of partsOf(runtime, { bare, observed, registered }, sink)) {
    stop.signal.throwIfAborted();
    say(`  ${name}`);
    const found = await run().catch((error: unknown): Check[] => {
      stop.signal.throwIfAborted();
      return [{ ok: false, name, found: error instanceof Error ? error.message : String(error) }];
    });
    checks.push(...found);
  }
  return checks.map((check) => ({ ...check, name: `${runtime.name} ${version}, ${check.name}` }));
}

interface Part {
  name: string;
  run: () => Promise<Check[]>;
}

/** The same servers as their author has them, instrumented in their code, and with `register` before them. */
type Applications = Record<'bare' | 'observed' | 'registered', Application>;

function partsOf(runtime: Runtime, { bare, observed, registered }: Applications, sink: OtlpSink): Part[] {
  const { visited, hasProcesses } = runtime;
  const [stdio] = visited.filter(({ over }) => over === 'stdio');
  const [sessionless] = visited.filter(({ main }) => main === 'documented');
  return [
    ...visited.map((each) => ({ name: each.name, run: () => checkVisit(each, bare, observed, sink) })),
    ...(stdio === undefined ? [] : [{ name: 'files', run: () => checkFiles(stdio, observed) }]),
    ...(stdio === undefined ? [] : [{ name: 'register', run: () => checkRegister(stdio, bare, registered) }]),
    ...(hasProcesses ? [{ name: 'endings', run: () => checkEndings(observed, sink) }] : []),
    ...(sessionless === undefined
      ? []
      : [{ name: 'calls', run: async () => [await checkLoad(observed, sessionless, sink, stop.signal)] }]),
  ];
}

async function checkVisit(
  visited: Visited,
  bare: Application,
  observed: Application,
  sink: OtlpSink,
): Promise<Check[]> {
  const { name } = visited;
  const before = await visitServer(bare, visited, {}, stop.signal);
  sink.clear();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
  const after = await visitServer(observed, visited, env, stop.signal);
  const problems = await onceArrived(() => [
    ...problemsWith(sink, visited, after),
    ...contextProblems(sink, visited),
  ]);
  const changed = differences(before, after);
  const answered = `${before.requests} requests, ${before.failures} of which fail`;
  return [
    { ok: changed.length === 0, name: `${name}: answers as bare`, found: some(changed) || answered },
    {
      ok: problems.length === 0,
      name: `${name}: recording`,
      found: some(problems) || `${sink.spans.length} spans`,
    },
  ];
}

/** The request's span is active in the handler after an `await` too, and the handler's own spans belong to it. */
function contextProblems({ spans }: Pick<OtlpSink, 'spans'>, { hasOwnSpans }: Visited): string[] {
  const calls = spans.filter(({ attributes }) => attributes['app.is_active_after_await'] === true);
  const ids = new Map(calls.map(({ spanId, attributes }) => [spanId, attributes['mcp.request.id']]));
  const own = spans
    .filter(({ name }) => name === 'look up')
    .filter(({ parentSpanId, attributes }) => ids.get(parentSpanId) === attributes['mcp.request.id']);
  return [
    ...(calls.length === 3 ? [] : [`active after an await in ${calls.length} of 3 calls`]),
    ...(own.length === (hasOwnSpans ? 3 : 0) ? [] : [`${own.length} own spans inside of a call`]),
  ];
}

async function checkFiles(stdio: Visited, observed: Application): Promise<Check[]> {
  const folder = await mkdtemp(path.join(observed.folder, 'recording-'));
  const visit: Visit = await visitServer(observed, stdio, { TO_FILES: folder }, stop.signal);
  const recording = await recordingIn(folder);
  const problems = [...problemsWith(recording, stdio, visit), ...contextProblems(recording, stdio)];
  const found = some(problems) || `${recording.spans.length} spans`;
  return [{ ok: problems.length === 0, name: 'files: recording', found }];
}

/** A server that knows nothing of telemetry: what its client does is recorded, and its answers are as without. */
async function checkRegister(stdio: Visited, bare: Application, registered: Application): Promise<Check[]> {
  const folder = await mkdtemp(path.join(bare.folder, 'recording-'));
  const env = { MCP_SESSIONSCOPE_EXPORTER_TYPE: 'file', MCP_SESSIONSCOPE_DIR: folder };
  const before = await visitServer(bare, stdio, {}, stop.signal);
  const after = await visitServer(registered, stdio, env, stop.signal);
  const recording = await recordingIn(folder);
  const problems = [...differences(before, after), ...problemsWith(recording, stdio, after)];
  const found = some(problems) || `${recording.spans.length} spans`;
  return [{ ok: problems.length === 0, name: 'register: answers as bare, and recording', found }];
}

async function recordingIn(folder: string) {
  return {
    spans: (await linesOf(folder, '.traces.jsonl')).flatMap(readSpans),
    metrics: (await linesOf(folder, '.metrics.jsonl')).flatMap(readMetrics),
  };
}

async function linesOf(folder: string, ending: string): Promise<unknown[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending));
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n').filter((line) => line !== ''))
    .map((line) => JSON.parse(line));
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
