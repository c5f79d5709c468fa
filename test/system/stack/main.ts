/** npm run test:stack: every panel, compared with what real clients did. */
import { join } from 'node:path';
import {
  type Binaries,
  ensureInstalled,
  freePorts,
  type Stack,
  startStack,
} from '../../../tools/stack/index.ts';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { tail } from '../../../tools/support/children.ts';
import { runCommand } from '../../../tools/support/command.ts';
import { onStopSignals } from '../../../tools/support/stop-signals.ts';
import { inScratchFolder } from '../../../tools/support/stopping.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { report } from './report.ts';
import { comeToRest, judge, type Scene } from './scene.ts';
import { Traffic } from './traffic/play.ts';

/** So short that "lost", after ten of them, shows in a run. */
const INTERVALS = { updateMs: 1_000, metricsMs: 1_000 };

const stop = new AbortController();
const traffic = new Traffic();

await runCommand({ name: 'test:stack', usage: USAGE, readOptions, run, stop, failureCode: 2 });

async function run(options: Options): Promise<number> {
  stopOnSignals();
  await ensureBuilt((line) => say(`${line} …`), stop.signal);
  const binaries = await ensureInstalled(say, { signal: stop.signal });
  return inScratchFolder('stack-test', stop, (folder) => runIn(folder, binaries, options));
}

async function runIn(folder: string, binaries: Binaries, options: Options): Promise<number> {
  let stack: Stack | undefined;
  try {
    stack = await startStack({
      binaries,
      dataDir: join(folder, 'data'),
      logsDir: join(folder, 'logs'),
      ports: await freePorts(),
      say,
      signal: stop.signal,
    });
    return await compare(stack, options);
  } finally {
    await traffic.stop();
    await stack?.stop();
  }
}

async function compare(stack: Stack, options: Options): Promise<number> {
  const { urls } = stack;
  const truth = await traffic.play({
    otlpUrl: urls.otlpHttp,
    intervals: INTERVALS,
    sessions: options.sessions,
    say,
  });
  stop.signal.throwIfAborted();
  const scene: Scene = { urls, truth, updateMs: INTERVALS.updateMs, say, signal: stop.signal };
  const view = await comeToRest(scene);
  const judged = await judge(scene, view, options.record);
  const isPassed = report(judged);
  if (options.keep) await keep(stack);
  return isPassed ? 0 : 1;
}

/** Until Ctrl-C. */
async function keep({ urls }: Stack): Promise<void> {
  console.log(`\nThe stack and the clients go on until Ctrl-C:
  ClickHouse  ${urls.clickhouse}
  Prometheus  ${urls.prometheus}
  Jaeger      ${urls.jaeger}
  OTLP        ${urls.otlpHttp}`);
  // Without a timer nothing would hold the process.
  const timer = setInterval(() => {}, 60_000);
  await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
  clearInterval(timer);
}

/** Ctrl-C ends the clients, the servers and the stack in order; a second one does not wait. */
function stopOnSignals(): void {
  onStopSignals('on', (code) => {
    if (stop.signal.aborted) {
      traffic.kill();
      process.exit(code);
    }
    say('stopping …');
    process.exitCode = code;
    stop.abort();
    void traffic.stop();
  });
}

function say(line: string): void {
  process.stderr.write(`${tail(line)}`);
}
