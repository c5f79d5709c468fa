/** npm run stack:install: builds the programs of the stack that are missing. */
import { parseArgs } from 'node:util';
import { onStopSignals } from '../support/stop-signals.ts';
import { ensureInstalled, installed } from './install.ts';
import { BUILT } from './recipes.ts';

const HELP = `Usage: npm run stack:install [-- options]

Builds the Collector, Prometheus with promtool, Jaeger and Tempo from their Go modules, into a folder below
$XDG_CACHE_HOME (default: ~/.cache). Builds nothing that is there; goes on where it was stopped. Needs Go.

Options:
  --check     build nothing; exit with 1 where something is missing
  -h, --help  print this help
`;

const stop = new AbortController();

await main().catch((error: unknown) => {
  if (stop.signal.aborted) return;
  console.error(`stack:install: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = isUsageError(error) ? 2 : 1;
});

async function main(): Promise<void> {
  const options = parseArgs({
    options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  }).values;
  if (options.help === true) {
    console.log(HELP);
    return;
  }
  if (options.check === true) {
    check();
    return;
  }
  stopOnSignals();
  const binaries = await ensureInstalled((line) => console.error(line), { signal: stop.signal });
  for (const program of BUILT) console.log(`${program.padEnd(10)}  ${binaries[program]}`);
}

function check(): void {
  const { missing, folder } = installed();
  console.log(missing.length === 0 ? `all is in ${folder}` : `missing in ${folder}: ${missing.join(', ')}`);
  if (missing.length > 0) process.exitCode = 1;
}

function stopOnSignals(): void {
  onStopSignals('once', (code) => {
    console.error('stopped; what was built stays, and the next run goes on from there');
    process.exitCode = code;
    stop.abort(new Error('stopped'));
  });
}

function isUsageError(error: unknown): boolean {
  return String((error as { code?: unknown })?.code).startsWith('ERR_PARSE_ARGS');
}
