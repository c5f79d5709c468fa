/** npm run stack:install: builds the programs of the stack that are missing. */
import { parseArgs } from 'node:util';
import { onStopSignals } from '../support/stop-signals.ts';
import { ensureInstalled, installed } from './install.ts';
import { BUILT, type BuiltProgram } from './recipes.ts';

const HELP = `Usage: npm run stack:install [-- options]

Builds the Collector, Prometheus with promtool, and Jaeger from their Go modules, and installs ClickHouse's engine from
npm, into a folder below $XDG_CACHE_HOME (default: ~/.cache). Skips what is already built; continues where it was stopped.
Needs Go. Everything takes six to twelve minutes on two cores, most of it for the Collector, Prometheus and Jaeger.

Options:
  --only NAME  build this alone: one of ${BUILT.join(', ')}; may be given more than once
  --check      build nothing; exit with 1 where something is missing
  -h, --help   print this help
`;

class UsageError extends Error {}

const stop = new AbortController();

await main().catch((error: unknown) => {
  if (stop.signal.aborted) return;
  console.error(`stack:install: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = isUsageError(error) ? 2 : 1;
});

async function main(): Promise<void> {
  const options = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      check: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
  if (options.help === true) {
    console.log(HELP);
    return;
  }
  const only = programsOf(options.only);
  if (options.check === true) {
    check(only);
    return;
  }
  stopOnSignals();
  const binaries = await ensureInstalled((line) => console.error(line), { signal: stop.signal, only });
  for (const program of only) console.log(`${program.padEnd(10)}  ${binaries[program]}`);
}

function check(only: readonly BuiltProgram[]): void {
  const { missing: notThere, folder } = installed();
  const missing = notThere.filter((program) => only.includes(program));
  console.log(missing.length === 0 ? `all is in ${folder}` : `missing in ${folder}: ${missing.join(', ')}`);
  if (missing.length > 0) process.exitCode = 1;
}

function programsOf(names: readonly string[] = BUILT): readonly BuiltProgram[] {
  const unknown = names.find((name) => !(BUILT as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--only takes one of ${BUILT.join(', ')}, not "${unknown}"`);
  }
  return BUILT.filter((program) => names.includes(program));
}

function stopOnSignals(): void {
  onStopSignals('once', (code) => {
    console.error('stopped; what was built stays, and the next run goes on from there');
    process.exitCode = code;
    stop.abort(new Error('stopped'));
  });
}

function isUsageError(error: unknown): boolean {
  return (
    error instanceof UsageError || String((error as { code?: unknown })?.code).startsWith('ERR_PARSE_ARGS')
  );
}
