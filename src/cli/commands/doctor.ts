import { type Command, Option } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import { SIGNALS } from '../../explorer/recording/signal.ts';
import { visible, visibleJson } from '../../explorer/text/visible.ts';
import { CHECKS, type Check, type CheckStatus } from '../doctor/check.ts';
import { type Configuration, readConfiguration, shownDestination } from '../doctor/configuration.ts';
import { examine } from '../doctor/examine.ts';
import { meantVariable, secretsHider, type Variable } from '../doctor/variables.ts';
import { CliError, type CliIo } from '../io.ts';
import { createStyle, type Paint } from '../terminal/style.ts';
import { padding } from '../terminal/width.ts';
import { httpUrlParser, parseDuration } from './option-values.ts';

interface Options {
  endpoint?: string;
  timeout: number;
  json?: true;
}

const PAINT: Readonly<Record<CheckStatus, Paint>> = {
  ok: 'green',
  warning: 'yellow',
  failed: 'red',
  skipped: 'dim',
};
const STATUS_WIDTH = 9;
const CHECK_WIDTH = Math.max(...CHECKS.map((check) => check.length)) + 2;

const NOTES = `
It reads the environment as an instrumented server does. It cannot see what your code sets: pass an
endpoint from your code with --endpoint. Where an application registers OpenTelemetry providers of its
own, they may be used instead of the endpoint: the server says so on stderr. The commands run and proxy
record into the recording folder unless an endpoint is set: that nothing listens at the default address
does not matter to them. It sends one span and one data point of the service
"mcp-sessionscope doctor", with the exporters that servers use. Secrets are not shown.

Examples:
  mcp-sessionscope doctor
  mcp-sessionscope doctor --endpoint http://collector:4318
  OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20TOKEN mcp-sessionscope doctor --json`;

/** Adds `doctor` to the program. */
export function registerDoctor(program: Command, io: CliIo): void {
  program
    .command('doctor')
    .description('Check whether telemetry can reach its receiver, and say what is wrong.')
    .option(
      '--endpoint <url>',
      'base of an OTLP/HTTP receiver; default: as the environment says',
      httpUrlParser('http://localhost:4318'),
    )
    .addOption(
      new Option('--timeout <duration>', 'how long each check may take')
        .argParser(parseDuration)
        .default(10_000, '10s'),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', NOTES)
    .action((options: Options) => runDoctor(options, io));
}

async function runDoctor({ endpoint, timeout, json }: Options, io: CliIo): Promise<void> {
  const configuration = readConfiguration(io.env, endpoint);
  const hide = secretsHider(io.env, urlsOf(configuration));
  const checks: Check[] = [];
  if (json !== true) printHead(configuration, hide, io);
  for await (const { detail, fix, ...check } of examine(configuration, timeout, io)) {
    const safe = { ...check, detail: hide(detail), fix: fix === undefined ? undefined : hide(fix) };
    checks.push(safe);
    if (json !== true) printCheck(safe, io);
  }
  const failures = checks.filter(({ status }) => status === 'failed').length;
  if (json === true) printJson(configuration, checks, failures === 0, hide, io);
  if (failures > 0) {
    throw new CliError(failures === 1 ? 'one check failed' : `${failures} checks failed`, 1);
  }
  if (json !== true) io.stdout.write('All is well.\n');
}

function printHead({ variables }: Configuration, hide: (text: string) => string, io: CliIo): void {
  const style = createStyle(io);
  io.stdout.write(`mcp-sessionscope ${manifest.version}, Node.js ${process.versions.node}\n`);
  for (const { name, value, use } of variables) {
    const note = {
      read: '',
      ignored: '  (ignored)',
      'ignored in part': '  (ignored in part)',
      unknown: `  (not known${meantVariable(name)})`,
    }[use];
    io.stdout.write(`  ${name}=${visible(hide(value))}${style(note, 'yellow')}\n`);
  }
  io.stdout.write('\n');
}

function printCheck({ status, check, detail, fix }: Check, io: CliIo): void {
  const style = createStyle(io);
  const head = `${style(status, PAINT[status])}${padding(status, STATUS_WIDTH)}${check}${padding(check, CHECK_WIDTH)}`;
  io.stdout.write(`${head}${visible(detail)}\n`);
  if (fix !== undefined) io.stdout.write(`${' '.repeat(STATUS_WIDTH + CHECK_WIDTH)}${visible(fix)}\n`);
}

function printJson(
  { variables, destinations }: Configuration,
  checks: readonly Check[],
  isWell: boolean,
  hide: (text: string) => string,
  io: CliIo,
): void {
  const report = {
    ok: isWell,
    version: manifest.version,
    node: process.versions.node,
    destinations: Object.fromEntries(
      SIGNALS.map((signal) => [signal, shownDestination(destinations[signal])]),
    ),
    variables: variables.map((variable): Variable => ({ ...variable, value: hide(variable.value) })),
    checks: checks.map(({ check, status, detail, fix = null }) => ({ check, status, detail, fix })),
  };
  io.stdout.write(`${visibleJson(JSON.stringify(report, undefined, 2))}\n`);
}

function urlsOf({ destinations }: Configuration): string[] {
  return SIGNALS.flatMap((signal) => {
    const destination = destinations[signal];
    return destination.kind === 'otlp-http' ? [destination.url] : [];
  });
}
