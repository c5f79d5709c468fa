/** npm run test:conversations: one row for each conversation, whatever the wire says, in every view. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { randomFrom } from '../../../bench/ui/random.ts';
import { API, type ApiState } from '../../../src/explorer/server/api.ts';
import { type Binaries, ensureInstalled, freePorts, startStack } from '../../../tools/stack/index.ts';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { type Check, reportChecks } from '../../../tools/support/checks.ts';
import { runCommand } from '../../../tools/support/command.ts';
import { inScratchFolder, stopOnSignals } from '../../../tools/support/stopping.ts';
import { startUiProcess } from '../../../tools/support/ui-process.ts';
import { queryClickHouse } from '../scaling/clickhouse.ts';
import { judgeEvents, judgeIds, judgeLive, judgeRows, judgeSame } from './judge.ts';
import { conversations } from './play/conversations.ts';
import { Ledger } from './play/ledger.ts';
import { play } from './play/play.ts';
import { Stage } from './play/stage.ts';
import { POOLS, Pools } from './pools.ts';
import { type Relay, startRelay } from './relay.ts';
import { type Expected, expectedRows } from './rows.ts';
import { commandView } from './views/command.ts';
import { dashboardsView } from './views/dashboards.ts';
import { mcpView } from './views/mcp.ts';
import { pageView } from './views/page.ts';
import type { View } from './views/view.ts';
import { judgeSecrets, judgeSpans } from './wire.ts';

const USAGE = `Usage: npm run test:conversations -- [options]

Has 60 conversations of six kinds with three replicas each of a stateful server, of a stateless one, and of a stateless
one whose replicas share no secret, behind a round robin, by clients of both SDKs and both protocols. Then asks the page's
API, sessions --json, the mcp command and the dashboards for ClickHouse for their rows: each must be what the clients
did. Installs the native stack where it is missing (npm run stack:install). Exits with 1 where a check fails.

Options:
  --seed N    what happens by chance (default: 1)
  -h, --help  print this help
`;

interface Options {
  seed: number;
}

const ARRIVES_MS = 30_000;
const POLL_MS = 200;
const BEFORE_MS = 60_000;

const stop = new AbortController();
const say = (line: string): void => void process.stderr.write(`${line}\n`);

await runCommand({ name: 'test:conversations', usage: USAGE, readOptions, run, stop, failureCode: 1 });

async function run(options: Options): Promise<void> {
  stopOnSignals(stop, say);
  await ensureBuilt(say, stop.signal);
  const only = ['otelcol', 'chdb'] as const;
  const binaries = await ensureInstalled(say, { signal: stop.signal, only });
  await inScratchFolder('conversations', stop, async (folder) => {
    reportChecks(await check(options, binaries, folder));
  });
}

async function check({ seed }: Options, binaries: Binaries, folder: string): Promise<Check[]> {
  const dir = join(folder, 'recording');
  await mkdir(dir);
  const ends: (() => unknown)[] = [];
  try {
    const [stack, ui] = await Promise.all([
      startStack({
        binaries,
        dataDir: join(folder, 'data'),
        logsDir: join(folder, 'logs'),
        ports: await freePorts(),
        services: ['clickhouse', 'collector'],
        signal: stop.signal,
      }),
      startUiProcess(['--dir', dir, '--port', '0', '--otlp-port', '0']),
    ]);
    ends.push(() => stack.stop(), ui.stop);
    const relay = await startRelay([stack.urls.otlpHttp, ui.otlpUrl?.origin ?? '']);
    ends.push(relay.close);
    const from = Date.now() - BEFORE_MS;
    const page = pageView(ui.url);
    const { expected, live } = await converse(relay, seed, page);
    await untilStored(relay, () => storedIn(stack.urls.clickhouse));
    await untilStored(relay, () => readBy(ui.url));
    const mcp = await mcpView(dir);
    ends.push(mcp.close);
    const range = { from, to: Date.now() };
    const views = [
      page,
      commandView(dir),
      mcp,
      dashboardsView(stack.urls.clickhouse, range, Object.keys(POOLS)),
    ];
    return [live, ...(await judge(views.map(untilStopped), expected, relay))];
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** Has all conversations, looks at them, and ends the servers. */
async function converse(
  relay: Relay,
  seed: number,
  page: View,
): Promise<{ expected: Expected[]; live: Check }> {
  const pools = new Pools();
  const kill = (): void => pools.kill();
  process.once('exit', kill);
  try {
    say('starting nine servers');
    await pools.start(relay.url);
    const random = randomFrom(seed);
    const ledger = new Ledger();
    const happenings = conversations(new Stage(pools, ledger, random));
    await play(happenings, () => randomFrom(1 + random.below(2 ** 31)), stop.signal);
    say(`sent ${ledger.sent.length} requests; looking while the servers run`);
    const expected = expectedRows(ledger.sent);
    return { expected, live: await judgeLive(page, expected, pause) };
  } finally {
    await pools.stop();
    process.removeListener('exit', kill);
  }
}

/** Until a view has every span that was sent: it was taken, and has yet to be written or read. */
async function untilStored({ spans }: Relay, stored: () => Promise<number>): Promise<void> {
  const sent = new Set(spans.map(({ spanId }) => spanId)).size;
  const deadline = Date.now() + ARRIVES_MS;
  for (;;) {
    const found = await stored();
    if (found === sent) return;
    if (Date.now() > deadline) throw new Error(`${found} of ${sent} spans arrived`);
    await pause();
  }
}

async function pause(): Promise<void> {
  await sleep(POLL_MS, undefined, { signal: stop.signal });
}

async function storedIn(clickhouse: string): Promise<number> {
  const sql = 'SELECT toString(uniqExact(SpanId)) AS stored FROM otel_traces';
  const [row] = await queryClickHouse<{ stored: string }>(clickhouse, sql);
  return Number(row?.stored);
}

async function readBy(ui: URL): Promise<number> {
  const response = await fetch(new URL(API.state, ui));
  return ((await response.json()) as ApiState).spans;
}

/** The view, which answers nothing more once the check is told to stop. */
function untilStopped(view: View): View {
  const { signal } = stop;
  return {
    ...view,
    rows: async () => {
      signal.throwIfAborted();
      return view.rows();
    },
    session: async (id) => {
      signal.throwIfAborted();
      return view.session(id);
    },
  };
}

async function judge(views: readonly View[], expected: readonly Expected[], relay: Relay): Promise<Check[]> {
  const checks: Check[] = [];
  const judged = [];
  for (const view of views) {
    say(`asking ${view.name}`);
    const each = await judgeRows(view, expected);
    judged.push(each);
    checks.push(...each.checks);
  }
  checks.push(judgeSame(judged));
  for (const each of judged) {
    checks.push(await judgeEvents(each), await judgeIds(each, relay.spans));
  }
  return [...checks, ...judgeSpans(relay.spans, expected), judgeSecrets(relay.bodies, expected)];
}

function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: { seed: { type: 'string', default: '1' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) return undefined;
  const seed = Number(values.seed);
  if (Number.isInteger(seed) && seed > 0) return { seed };
  throw new TypeError(`--seed takes a whole number above 0, not "${values.seed}"`);
}
