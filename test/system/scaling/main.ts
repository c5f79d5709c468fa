/** npm run scaling: what the gateway keeps, and what sessions and metrics cost, measured. */
import { parseArgs } from 'node:util';
import { type Binaries, ensureInstalled } from '../../../tools/stack/index.ts';
import { ensureBuilt } from '../../../tools/support/built.ts';
import { type Check, reportChecks } from '../../../tools/support/checks.ts';
import { runCommand } from '../../../tools/support/command.ts';
import { inScratchFolder, stopOnSignals } from '../../../tools/support/stopping.ts';
import { runCardinality } from './cardinality.ts';
import { runSampling } from './sampling.ts';
import { cardinalityTable, keptTable, samplingTable, volumeTable } from './tables.ts';
import { runVolume } from './volume.ts';

const HELP = `Usage: npm run scaling [-- options]

Sends real sessions through the gateway of examples/stack/gateway with the real Collector and checks what is kept;
counts the series of the metrics in a real Prometheus; measures what requests weigh on their way and in ClickHouse.
Installs the native stack where it is missing (npm run stack:install). Exits with 1 where a check fails.

Options:
  --sessions N   sessions to send through the gateway (default: 400)
  --requests N   requests to weigh, twice (default: 10000)
  --wait S       how long the samplers hold a session, in seconds, at least 4 (default: 8)
  --short        80 sessions, and no weighing
  -h, --help     print this help
`;

interface Options {
  sessions: number;
  requests: number;
  waitSeconds: number;
  short: boolean;
}

const stop = new AbortController();
const say = (line: string): void => void process.stderr.write(`${line}\n`);

await runCommand({ name: 'scaling', usage: HELP, readOptions, run, stop, failureCode: 1 });

async function run(options: Options): Promise<void> {
  stopOnSignals(stop, say);
  await ensureBuilt(say, stop.signal);
  const only = options.short ? (['otelcol', 'prometheus'] as const) : undefined;
  const binaries = await ensureInstalled(say, { signal: stop.signal, ...(only !== undefined && { only }) });
  await inScratchFolder('scaling', stop, async (folder) => {
    reportChecks(await measure(options, binaries, folder));
  });
}

async function measure(options: Options, binaries: Binaries, folder: string): Promise<Check[]> {
  const common = { binaries, folder, say, signal: stop.signal };
  const sampling = await runSampling({ ...options, ...common, otelcol: binaries.otelcol });
  console.log(`${samplingTable(sampling)}\n`);
  const cardinality = await runCardinality(common);
  console.log(`${cardinalityTable(cardinality)}\n`);
  if (!options.short) {
    console.log(`${volumeTable(await runVolume({ ...common, requests: options.requests }))}\n`);
    console.log(`${keptTable()}\n`);
  }
  return [...sampling.checks, ...cardinality.checks];
}

function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      sessions: { type: 'string' },
      requests: { type: 'string' },
      wait: { type: 'string' },
      short: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  const short = values.short === true;
  return {
    short,
    sessions: wholeNumber('sessions', values.sessions, short ? 80 : 400, 20),
    requests: wholeNumber('requests', values.requests, 10_000, 100),
    waitSeconds: wholeNumber('wait', values.wait, short ? 5 : 8, 4),
  };
}

function wholeNumber(name: string, text: string | undefined, preset: number, least: number): number {
  const number = text === undefined ? preset : Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  throw new TypeError(`--${name} takes a whole number of at least ${least}, not "${text}"`);
}
