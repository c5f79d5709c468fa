/** npm run test:alerts: checks the alert rules, and runs their cases, with promtool. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled } from '../../../tools/stack/index.ts';
import { run } from '../../../tools/support/children.ts';
import { runCommand } from '../../../tools/support/command.ts';
import { onStopSignals } from '../../../tools/support/stop-signals.ts';

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

const stop = new AbortController();

await runCommand({ name: 'test:alerts', usage: USAGE, readOptions, run: runCases, stop, failureCode: 2 });

async function runCases(): Promise<number> {
  // A build that is under way; promtool takes less than a second.
  onStopSignals('once', (code) => {
    process.exitCode = code;
    stop.abort();
  });
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

/** @returns nothing where help was asked for. */
function readOptions(args: string[]): object | undefined {
  const { values } = parseArgs({ args, options: { help: { type: 'boolean', short: 'h' } } });
  return values.help === true ? undefined : values;
}
