/** npm run reliability: what is lost when parts of the stack fail, counted. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Binaries,
  ensureInstalled,
  freePorts,
  type Stack,
  startStack,
} from '../../../tools/stack/index.ts';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { type Check, reportChecks } from '../../../tools/support/checks.ts';
import { runCommand } from '../../../tools/support/command.ts';
import { inScratchFolder, stopOnSignals } from '../../../tools/support/stopping.ts';
import { formatTable } from '../../../tools/support/table.ts';
import { type Account, checksOf } from './account.ts';
import { runScenario } from './run.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

const HELP = `Usage: npm run reliability [-- options]

Real clients use a real server while parts of the real stack fail: the Collector, ClickHouse, the Collector's disk
queue, the server itself. Counts every span in ClickHouse and every request in Prometheus, and exits with 1 where more
is lost than may be.
Installs the native stack where it is missing (npm run stack:install). Takes about four minutes.

Options:
  --only KEY  run this scenario alone; may be given more than once:
              ${SCENARIOS.map(({ key }) => key).join(', ')}
  -h, --help  print this help
`;

const stop = new AbortController();
const say = (line: string): void => void process.stderr.write(`${line}\n`);

await runCommand({ name: 'reliability', usage: HELP, readOptions: readScenarios, run, stop, failureCode: 1 });

async function run(scenarios: readonly Scenario[]): Promise<void> {
  stopOnSignals(stop, say);
  await ensureBuilt(say, stop.signal);
  const binaries = await ensureInstalled(say, { signal: stop.signal });
  await inScratchFolder('reliability', stop, async (folder) => {
    report(scenarios, await runAll(scenarios, binaries, folder));
  });
}

/** Scenarios that want the same configuration share a stack. */
async function runAll(
  scenarios: readonly Scenario[],
  binaries: Binaries,
  folder: string,
): Promise<Account[]> {
  const accounts: Account[] = [];
  for (const queueSize of new Set(scenarios.map((scenario) => scenario.queueSize))) {
    const stack = await start(binaries, join(folder, String(queueSize ?? 'usual')), queueSize);
    try {
      for (const scenario of scenarios.filter((each) => each.queueSize === queueSize)) {
        say(`${scenario.name} …`);
        const account = await runScenario(scenario, stack, stop.signal);
        say(`  ${account.lost} of ${account.sent} spans lost`);
        accounts.push(account);
      }
    } finally {
      await stack.stop();
    }
  }
  return accounts;
}

function start(binaries: Binaries, dataDir: string, queueSize: number | undefined): Promise<Stack> {
  return freePorts().then((ports) =>
    startStack({
      binaries,
      dataDir,
      logsDir: join(dataDir, 'logs'),
      ports,
      services: ['prometheus', 'clickhouse', 'collector'],
      env: queueSize === undefined ? {} : { STACK_COLLECTOR_QUEUE_SIZE: String(queueSize) },
      say,
      signal: stop.signal,
    }),
  );
}

function report(scenarios: readonly Scenario[], accounts: readonly Account[]): void {
  const heading = [
    'scenario',
    'sessions',
    'spans',
    'found',
    'twice',
    'lost',
    'told',
    'whole',
    'part',
    'none',
    'requests',
    'measured',
  ];
  const lines = accounts.map((account) => [
    account.scenario,
    ...[account.sessions, account.sent, account.found, account.twice, account.lost, account.told].map(String),
    ...[account.whole, account.part, account.none, account.operations, account.measured].map(String),
  ]);
  console.log(`${formatTable([heading, ...lines])}\n`);
  const checks: Check[] = accounts.flatMap((account) =>
    checksOf(scenarios.find(({ name }) => name === account.scenario)!, account),
  );
  reportChecks(checks);
}

function readScenarios(args: string[]): readonly Scenario[] | undefined {
  const { values } = parseArgs({
    args,
    options: { only: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) return undefined;
  const unknown = values.only?.find((key) => !SCENARIOS.some((scenario) => scenario.key === key));
  if (unknown !== undefined) throw new TypeError(`there is no scenario ${unknown}`);
  return values.only === undefined ? SCENARIOS : SCENARIOS.filter(({ key }) => values.only?.includes(key));
}
