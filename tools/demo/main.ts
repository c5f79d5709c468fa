/** npm run demo: real servers, real clients, what was recorded of them, and the page that shows it. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mayOpenBrowser, openInBrowser } from '../../src/cli/browser.ts';
import { ensureBuilt } from '../support/built.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { onStopSignals } from '../support/stop-signals.ts';
import type { UiProcess } from '../support/ui-process.ts';
import { keepComing } from './live.ts';
import { type DemoOptions, readOptions } from './options.ts';
import { askPage, startPage } from './page.ts';
import { ServerProcesses, serverScript } from './processes.ts';
import { type Session, waitForSessions } from './recording.ts';
import { shipRecording } from './shipped.ts';
import { pageThere, showSessions } from './show.ts';
import { Traffic } from './traffic.ts';
import { type Targets, VISITS } from './visits.ts';

/** Silence after which a session of the payments server ends. Longer than the longest pause of its clients. */
const IDLE_MS = 3_000;
const RECORDED_MS = 20_000;
/** Clients that come after the visits, where the demo is recorded: so many that the page's copy of it stays small. */
const RECORDED_VISITS = 7;

const stop = new AbortController();
let page: UiProcess | undefined;

await main().catch((error: unknown) => {
  if (stop.signal.aborted) return;
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (typeof options === 'number') {
    process.exitCode = options;
    return;
  }
  const dir = await recordingFolder(options.dir);
  const servers = new ServerProcesses(serverEnvironment(dir));
  stopOnSignals(servers);
  try {
    await ensureBuilt((line) => say(`${line} …`), stop.signal);
    await play(dir, servers, options);
  } finally {
    await servers.stop();
    await page?.stop();
    const isUnseen = options.records || (stop.signal.aborted && page === undefined);
    if (isUnseen && options.dir === undefined) await removeFolder(dir);
  }
}

async function play(dir: string, servers: ServerProcesses, options: DemoOptions): Promise<void> {
  const traffic = new Traffic(await startServers(dir, servers));
  stop.signal.addEventListener('abort', () => void traffic.stop());
  try {
    const sessions = await playVisits(dir, traffic);
    servers.release();
    if (options.records) await recordMore(dir, traffic);
    else {
      await showSessions(dir, sessions);
      await showPage(dir, sessions, traffic, options);
    }
  } finally {
    await traffic.stop();
  }
}

async function startServers(dir: string, servers: ServerProcesses): Promise<Targets> {
  say('starting server-everything (stdio and Streamable HTTP) and a server of protocol 2026-07-28 …');
  const [everythingHttp, payments] = await Promise.all([
    servers.start('everything-http'),
    servers.start('payments'),
  ]);
  stop.signal.throwIfAborted();
  const everythingStdio = {
    command: process.execPath,
    args: ['--import', 'tsx', serverScript('everything-stdio')],
    env: serverEnvironment(dir) as Record<string, string>,
  };
  return { everythingStdio, everythingHttp, payments };
}

async function playVisits(dir: string, traffic: Traffic): Promise<Session[]> {
  const since = Date.now();
  say(`sending ${VISITS.length} clients …`);
  await traffic.play(VISITS, ({ who, about, stays }) =>
    say(`  ${who.name} ${who.version}: ${about}${stays === true ? '' : ' - done'}`),
  );
  say(`waiting until the sessionless clients have been silent for ${IDLE_MS / 1000} s …`);
  return waitForSessions(dir, since, isComplete, { timeoutMs: RECORDED_MS, signal: stop.signal });
}

/** Every visit has its session; those that stay are active, and the others have ended. */
function isComplete(sessions: Session[]): boolean {
  return VISITS.every(({ who, stays }) =>
    sessions.some(
      ({ clientName, status }) => clientName === who.name && status === (stays === true ? 'active' : 'ended'),
    ),
  );
}

async function showPage(
  dir: string,
  sessions: Session[],
  traffic: Traffic,
  { port, opens, isLive, stays }: DemoOptions,
): Promise<void> {
  say('starting the page …');
  page = await startPage(dir, port);
  stop.signal.throwIfAborted();
  const answered = await checkPage(page.url, sessions);
  stop.signal.throwIfAborted();
  console.log(pageThere(page.url, dir, answered, stays ? (isLive ? 'live' : 'still') : 'ends'));
  if (!stays) return;
  if (opens && mayOpenBrowser({ env: process.env, isTTY: process.stdout.isTTY === true }))
    openInBrowser(page.url.href);
  if (isLive)
    void keepComing(
      traffic,
      sayOnce((error) => `a client failed: ${(error as Error).message}`),
    );
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  await Promise.race([stopped, page.ended]);
  if (!stop.signal.aborted) throw new Error('the page has ended');
}

/** Whether the page shows what was recorded; in a few words, what it answered. */
async function checkPage(url: URL, sessions: Session[]): Promise<string> {
  const { ids, scriptBytes } = await askPage(url);
  const missing = sessions.filter(({ id }) => !ids.includes(id));
  if (missing.length > 0)
    throw new Error(`the page does not show ${missing.map(({ clientName }) => clientName).join(', ')}`);
  return `all ${sessions.length} sessions are there; its script has ${Math.round(scriptBytes / 1000)} kB`;
}

async function recordMore(dir: string, traffic: Traffic): Promise<void> {
  const since = Date.now();
  say(`sending ${RECORDED_VISITS} more, about one every six seconds …`);
  const failures: unknown[] = [];
  await keepComing(traffic, (error) => failures.push(error), RECORDED_VISITS);
  if (failures.length > 0) throw failures[0];
  stop.signal.throwIfAborted();
  const ended = (sessions: Session[]): boolean =>
    sessions.filter(({ status }) => status === 'ended').length >= RECORDED_VISITS - 1;
  await waitForSessions(dir, since, ended, { timeoutMs: RECORDED_MS, signal: stop.signal });
  const { path, spans, bytes } = await shipRecording(dir);
  say(`wrote ${path}: ${spans} spans, ${Math.round(bytes / 1000)} kB`);
}

async function recordingFolder(named: string | undefined): Promise<string> {
  if (named === undefined) return mkdtemp(join(tmpdir(), 'mcp-sessionscope-demo-'));
  const dir = resolve(named);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return dir;
}

/**
 * Ctrl-C stops the clients, then the servers, then the page; a second one does not wait for them. Once the page is
 * there, being stopped is how the demo ends, and no failure.
 */
function stopOnSignals(servers: ServerProcesses): void {
  onStopSignals('on', (code) => {
    if (stop.signal.aborted) {
      servers.kill();
      page?.kill();
      process.exit(code);
    }
    say('stopping …');
    process.exitCode = page === undefined ? code : 0;
    stop.abort();
  });
}

/** Ours, without settings that the developer's shell may have for OpenTelemetry. */
function serverEnvironment(dir: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_'));
  return { ...Object.fromEntries(inherited), MCP_SESSIONSCOPE_DIR: dir, DEMO_IDLE_MS: String(IDLE_MS) };
}

function say(line: string): void {
  console.error(line);
}

function sayOnce(text: (error: unknown) => string): (error: unknown) => void {
  const said = new Set<string>();
  return (error) => {
    const line = text(error);
    if (said.has(line)) return;
    said.add(line);
    say(line);
  };
}
