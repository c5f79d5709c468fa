/** npm run test:alerts: checks the alert rules, and runs their cases, with promtool. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled } from '../../../tools/stack/index.ts';
import { run } from '../../../tools/support/children.ts';

const USAGE = `Usage: npm run test:alerts

Checks the alert rules in dashboards/alerts with promtool, and runs the cases in test/dashboards/alerts.test.yaml.
Builds promtool first where it is missing, which needs Go and takes some minutes.

  --help  this text
`;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const RUNS = [
  ['check', 'rules', path.join(ROOT, 'dashboards/alerts/prometheus-rules.yaml')],
  ['test', 'rules', path.join(ROOT, 'test/dashboards/alerts.test.yaml')],
];

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const stop = stopOnSignals();
  const { promtool } = await ensureInstalled((line) => console.error(line), {
    only: ['promtool'],
    signal: stop.signal,
  });
  for (const each of RUNS) {
    const { code, stdout, stderr } = await run(promtool, each, { timeoutMs: 60_000 });
    console.log(`promtool ${each.slice(0, 2).join(' ')}`);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    if (code !== 0) return 1;
  }
  return 0;
}

/** Ends a build that is under way; promtool takes less than a second. */
function stopOnSignals(): AbortController {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
      process.exitCode = signal === 'SIGINT' ? 130 : 143;
    });
  }
  return stop;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (process.exitCode !== undefined) return process.exitCode;
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof TypeError) console.error(`\n${USAGE}`);
  return 2;
});
