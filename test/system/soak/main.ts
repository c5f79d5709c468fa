/** npm run soak [-- --calls N --sessions M]: many calls, while the collector fails in every way and recovers. */
import { parseArgs } from 'node:util';
import { type Behaviour, type Collector, startCollector } from '../../../bench/calls/collector/collector.ts';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { type Check, checks } from './checks.ts';
import { type Load, runLinger, runLoad } from './processes.ts';

const USAGE = `Usage: npm run soak -- [options]

Calls instrumented servers while the collector is down, hangs, answers 503 and 429, and recovers. Exits with 1 where a
call fails, memory grows, a closed server stays, or a lost span is not counted.

  --calls <n>     calls in all (default: 1000000)
  --sessions <n>  client sessions in all, of which three quarters close (default: 2000)
  --help          this text
`;

/** What the collector does, by the share of the calls that are done. */
const PHASES: readonly { from: number; behaviour: Behaviour }[] = [
  { from: 0, behaviour: 'down' },
  { from: 0.3, behaviour: 'hang' },
  { from: 0.5, behaviour: '503' },
  { from: 0.65, behaviour: '429' },
  { from: 0.8, behaviour: 'ok' },
];

function readOptions(args: string[]): { calls: number; sessions: number } | undefined {
  const { values } = parseArgs({
    args,
    options: {
      calls: { type: 'string' },
      sessions: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  const calls = Number(values.calls ?? 1_000_000);
  const sessions = Number(values.sessions ?? 2_000);
  if (!Number.isInteger(calls) || !Number.isInteger(sessions) || sessions < 4 || sessions % 4 !== 0) {
    throw new TypeError('--calls and --sessions take whole numbers, --sessions a multiple of 4');
  }
  if (calls % sessions !== 0 || calls % 50 !== 0) {
    throw new TypeError('--calls takes a multiple of --sessions and of 50');
  }
  return { calls, sessions };
}

async function soak(calls: number, sessions: number, collector: Collector): Promise<Check[]> {
  let phase = -1;
  const enterPhase = async (share: number): Promise<void> => {
    const next = PHASES.findLastIndex(({ from }) => share >= from);
    if (next === phase) return;
    phase = next;
    await collector.behave(PHASES[phase]!.behaviour);
    process.stderr.write(`collector: ${PHASES[phase]!.behaviour}\n`);
  };
  await enterPhase(0);
  const load: Load = await runLoad({
    endpoint: collector.endpoint('soak'),
    calls,
    sessions,
    kept: sessions / 4,
    onProgress: ({ done, rate }) => {
      process.stderr.write(`${done} of ${calls} calls, ${rate} calls/s\n`);
      return enterPhase(done / calls);
    },
  });
  const delivered = await collector.counts('soak');
  await collector.behave('hang');
  process.stderr.write('collector: hang, for a server that ends without shutdown\n');
  const linger = await runLinger(collector.endpoint('linger'));
  return checks({ calls, sessions, load, delivered, linger });
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
    return 0;
  }
  await ensureBuilt((line) => void process.stderr.write(`${line}\n`));
  const collector = await startCollector();
  try {
    const results = await soak(options.calls, options.sessions, collector);
    for (const { ok, name, found } of results) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}: ${found}`);
    const failed = results.filter(({ ok }) => !ok).length;
    console.log(`${results.length - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    collector.stop();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof TypeError ? `${error.message}\n\n${USAGE}` : error);
  return 2;
});
