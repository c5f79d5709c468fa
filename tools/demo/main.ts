import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../support/built.ts';
import { onStopSignals } from '../support/stop-signals.ts';
import { ServerProcesses, serverScript } from './processes.ts';
import { type Session, showCommand, waitForSessions } from './recording.ts';
import { Traffic, VISITS } from './traffic.ts';

const HELP = `Usage: npm run demo [-- options]

Starts three MCP servers, instrumented by mcp-sessionscope, sends real clients to them, and shows what was recorded:
the table of sessions, and the events of the one in which a payment failed.

Options:
  --dir DIR   record into this folder (default: a new one among the temporary files)
  -h, --help  print this help
`;

/** Silence after which a session of the payments server ends. Longer than the longest pause of its clients. */
const IDLE_MS = 3_000;
const RECORDED_MS = 20_000;

const stop = new AbortController();

await main().catch((error: unknown) => {
  if (stop.signal.aborted) return;
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return;
  const dir = await recordingFolder(options.dir);
  const servers = new ServerProcesses(serverEnvironment(dir));
  stopOnSignals(servers);
  try {
    await ensureBuilt((line) => say(`${line} …`), stop.signal);
    await record(dir, servers);
  } finally {
    await servers.stop();
    if (stop.signal.aborted && options.dir === undefined) await rm(dir, { recursive: true, force: true });
  }
}

async function record(dir: string, servers: ServerProcesses): Promise<void> {
  const env = serverEnvironment(dir);
  say('starting server-everything (stdio and Streamable HTTP) and a server of protocol 2026-07-28 …');
  const [everythingHttp, payments] = await Promise.all([
    servers.start('everything-http'),
    servers.start('payments'),
  ]);
  stop.signal.throwIfAborted();
  const everythingStdio = {
    command: process.execPath,
    args: ['--import', 'tsx', serverScript('everything-stdio')],
    env: env as Record<string, string>,
  };
  const traffic = new Traffic({ everythingStdio, everythingHttp, payments });
  stop.signal.addEventListener('abort', () => void traffic.stop());
  const since = Date.now();
  try {
    say(`sending ${VISITS.length} clients …`);
    await traffic.play(VISITS, ({ who, about, stays }) =>
      say(`  ${who.name} ${who.version}: ${about}${stays === true ? '' : ' - done'}`),
    );
    say(`waiting until the sessionless clients have been silent for ${IDLE_MS / 1000} s …`);
    const wait = { timeoutMs: RECORDED_MS, signal: stop.signal };
    await show(dir, await waitForSessions(dir, since, isComplete, wait));
  } finally {
    await traffic.stop();
  }
}

async function recordingFolder(named: string | undefined): Promise<string> {
  if (named === undefined) return mkdtemp(join(tmpdir(), 'mcp-sessionscope-demo-'));
  const dir = resolve(named);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return dir;
}

/** Every visit has its session; those that stay are active, and the others have ended. */
function isComplete(sessions: Session[]): boolean {
  return VISITS.every(({ who, stays }) =>
    sessions.some(
      ({ clientName, status }) => clientName === who.name && status === (stays === true ? 'active' : 'ended'),
    ),
  );
}

async function show(dir: string, sessions: Session[]): Promise<void> {
  const failed = sessions.find(({ errors, tools }) => errors > 0 && tools.includes('create_payment'));
  if (failed === undefined) throw new Error('the failed payment was not recorded');
  const place = quoted(dir);
  heading(`npx mcp-sessionscope sessions ${place}`);
  await showCommand(['sessions', dir]);
  heading(`npx mcp-sessionscope sessions ${place} --session ${failed.id}`);
  await showCommand(['sessions', dir, '--session', failed.id]);
  console.log(`
The recording stays in ${dir}. The servers are stopped now, and so support-chat has ended, too:

  npx mcp-sessionscope sessions ${place}

Further commands:

  npx mcp-sessionscope sessions ${place} --errors
  npx mcp-sessionscope sessions ${place} --client inspector --json
  npx mcp-sessionscope sessions ${place} --session ID      (its first characters are enough)
  npx mcp-sessionscope sessions --help

The files are OTLP JSON: the otlpjsonfile receiver of an OpenTelemetry Collector reads them, too.
To observe a server of your own, see examples/README.md.`);
}

function readOptions(): { dir?: string } | undefined {
  try {
    const { values } = parseArgs({
      options: { dir: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help !== true) return values;
    process.stdout.write(HELP);
  } catch (error) {
    console.error(`demo: ${(error as Error).message}\n\n${HELP}`);
    process.exitCode = 2;
  }
  return undefined;
}

/** Ctrl-C stops the clients, then the servers; a second one does not wait for them. */
function stopOnSignals(servers: ServerProcesses): void {
  onStopSignals('on', (code) => {
    if (stop.signal.aborted) {
      servers.kill();
      process.exit(code);
    }
    say('stopping …');
    process.exitCode = code;
    stop.abort();
  });
}

/** Ours, without settings that the developer's shell may have for OpenTelemetry. */
function serverEnvironment(dir: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_'));
  return { ...Object.fromEntries(inherited), MCP_SESSIONSCOPE_DIR: dir, DEMO_IDLE_MS: String(IDLE_MS) };
}

function quoted(path: string): string {
  return /^[\w./:\\-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function say(line: string): void {
  console.error(line);
}

function heading(command: string): void {
  console.log(`\n$ ${command}\n`);
}
