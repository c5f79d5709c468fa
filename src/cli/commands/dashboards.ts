import { type Command, InvalidArgumentError, Option } from 'commander';
import { visible } from '../../explorer/text/visible.ts';
import { isHttpUrl, shown } from '../../sdk/config/validate.ts';
import { type GrafanaAccess, GrafanaClient } from '../grafana/client.ts';
import {
  chooseDataSources,
  formFor,
  seeDataSources,
  typesOf,
  withDataSources,
} from '../grafana/data-sources.ts';
import { exportDashboards } from '../grafana/export.ts';
import { FORMS, type Form, SPAN_SOURCES } from '../grafana/forms.ts';
import { ensureFolder, type Folder, importDashboard, type Outcome } from '../grafana/import.ts';
import { type ShippedDashboard, shippedDashboards } from '../grafana/shipped.ts';
import { CliError, type CliIo } from '../io.ts';
import { createStyle, type Paint } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';
import { httpUrlParser, parseDuration, parseText, userInfoOf } from './option-values.ts';

interface ImportOptions {
  url?: string;
  token?: string;
  user?: string;
  folder?: string;
  traces?: Form;
  clickhouse?: string;
  tempo?: string;
  prometheus?: string;
  timeout: number;
  dryRun?: true;
}

const OUTCOME_PAINT: Readonly<Record<Outcome, Paint>> = {
  created: 'green',
  updated: 'yellow',
  unchanged: 'dim',
};

const IMPORT_NOTES = `
GRAFANA_URL, GRAFANA_TOKEN and GRAFANA_USER can replace --url, --token and --user: other users of
the machine can see the arguments of a command.

Without --folder, a dashboard stays in the folder where it is. Without --traces, the form follows the
data source that is named, else the only kind that Grafana has. Without --clickhouse, --tempo
and --prometheus, the only data source of that type is used, or the default one.

Both forms have the same uids: importing one replaces the other.

Examples:
  GRAFANA_TOKEN=glsa_... mcp-sessionscope dashboards import --url http://localhost:3000 --folder MCP
  mcp-sessionscope dashboards import --url https://example.com/grafana --prometheus mimir --dry-run`;

/** Adds `dashboards` to the program. */
export function registerDashboards(program: Command, io: CliIo): void {
  const dashboards = program
    .command('dashboards')
    .description('List, write or import the Grafana dashboards that come with the package.');
  dashboards
    .command('list')
    .description('List the dashboards.')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => list(options.json === true, io));
  dashboards
    .command('export')
    .description('Write the dashboards as JSON files, for Grafana to provision or to keep in git.')
    .argument('<dir>', 'folder to write to; created if it does not exist')
    .addOption(tracesOption('what holds the traces').default('clickhouse'))
    .option('--force', 'overwrite files that differ')
    .action((dir: string, { traces, force }: { traces: Form; force?: true }) => {
      const written = exportDashboards(shippedDashboards(io.dashboardsDir, traces), dir, force === true);
      for (const { outcome, path } of written) io.stdout.write(`${outcome.padEnd(9)}  ${visible(path)}\n`);
    });
  dashboards
    .command('import')
    .description('Create the dashboards in Grafana, or update those that differ, through its HTTP API.')
    .option('--url <url>', 'where Grafana opens, with its sub-path', httpUrlParser('http://localhost:3000'))
    .addOption(
      new Option('--token <token>', 'token of a service account').argParser(parseText).conflicts('user'),
    )
    .option('--user <name:password>', 'a user, instead of a token', parseUser)
    .option('--folder <name>', 'title or uid of a folder; created if it does not exist', parseText)
    .addOption(tracesOption('what holds the traces; default: whichever Grafana has'))
    .option('--clickhouse <uid>', 'uid of the ClickHouse data source', parseText)
    .option('--tempo <uid>', 'uid of the Tempo data source', parseText)
    .option('--prometheus <uid>', 'uid of the Prometheus data source', parseText)
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for an answer')
        .argParser(parseDuration)
        .default(30_000, '30s'),
    )
    .option('--dry-run', 'change nothing: say what would be done')
    .addHelpText('after', IMPORT_NOTES)
    .action((options: ImportOptions) => runImport(options, io));
}

function tracesOption(description: string): Option {
  return new Option('--traces <kind>', description).choices(FORMS);
}

function list(asJson: boolean, io: CliIo): void {
  const dashboards = FORMS.flatMap((form) => shippedDashboards(io.dashboardsDir, form)).map(
    ({ form, file, uid, title, panels }) => ({ traces: form, file: `${form}/${file}`, uid, title, panels }),
  );
  if (asJson) {
    io.stdout.write(`${JSON.stringify(dashboards, undefined, 2)}\n`);
    return;
  }
  const rows = dashboards.map(({ traces, file, uid, title, panels }) => ({
    cells: [title, traces, uid, String(panels), file].map((text) => ({ text })),
  }));
  const columns = [
    { header: 'Dashboard' },
    { header: 'Traces' },
    { header: 'Uid' },
    { header: 'Panels', align: 'right' as const },
    { header: 'File' },
  ];
  const { lines } = renderTable(columns, rows, undefined, createStyle(io));
  io.stdout.write(`${lines.join('\n')}\n`);
}

async function runImport(options: ImportOptions, io: CliIo): Promise<void> {
  const isDryRun = options.dryRun === true;
  const client = new GrafanaClient(accessOf(options, io));
  warnOfOld(await client.checkHealth(), io);
  const { prometheus } = options;
  const given = {
    ...Object.fromEntries(FORMS.map((form) => [SPAN_SOURCES[form], options[form]])),
    prometheus,
  };
  const seen = await seeDataSources(client);
  const dashboards = shippedDashboards(io.dashboardsDir, formFor(options.traces, given, seen));
  const types = typesOf(dashboards.map(({ json }) => json));
  const choice = chooseDataSources(types, given, seen);
  for (const [type, { name, uid }] of choice) note(`${type}: ${name} (${uid})`, io);
  const folder =
    options.folder === undefined ? undefined : await ensureFolder(client, options.folder, isDryRun);
  if (folder?.isNew === true) note(`folder ${options.folder} ${isDryRun ? 'would be made' : 'made'}`, io);
  await importAll(
    client,
    dashboards,
    (dashboard) => withDataSources(dashboard.json, choice),
    folder,
    isDryRun,
    io,
  );
}

/** The least version of Grafana, as docs/dashboards.md has it. */
const LEAST_GRAFANA = [11, 6] as const;

/** An old Grafana takes the dashboards, and then shows panels without data. */
function warnOfOld(version: string | undefined, io: CliIo): void {
  const [major, minor] = (version ?? '').split('.').map(Number);
  if (version === undefined || major === undefined || Number.isNaN(major)) return;
  const [leastMajor, leastMinor] = LEAST_GRAFANA;
  if (major > leastMajor || (major === leastMajor && (minor ?? 0) >= leastMinor)) return;
  note(`these dashboards need Grafana ${LEAST_GRAFANA.join('.')} or newer; this one is ${version}`, io);
}

async function importAll(
  client: GrafanaClient,
  dashboards: readonly ShippedDashboard[],
  prepare: (dashboard: ShippedDashboard) => Readonly<Record<string, unknown>>,
  folder: Folder | undefined,
  isDryRun: boolean,
  io: CliIo,
): Promise<void> {
  const style = createStyle(io);
  for (const dashboard of dashboards) {
    const { outcome, title, url } = await importDashboard(
      client,
      dashboard,
      prepare(dashboard),
      folder,
      isDryRun,
    );
    const isIntent = isDryRun && outcome !== 'unchanged';
    const said = (isIntent ? `would be ${outcome}` : outcome).padEnd(isDryRun ? 16 : 9);
    io.stdout.write(`${style(said, OUTCOME_PAINT[outcome])}  ${visible(title)}  ${visible(url)}\n`);
  }
}

function accessOf({ url: given, token, user, timeout }: ImportOptions, io: CliIo): GrafanaAccess {
  const text = given ?? setIn(io, 'GRAFANA_URL');
  if (text === undefined) throw new CliError('give the address of Grafana: --url URL, or GRAFANA_URL', 2);
  if (!isHttpUrl(text)) throw new CliError(`GRAFANA_URL takes an http(s) URL, got ${shown(text)}`, 2);
  const url = new URL(text);
  const clean = new URL(`${url.origin}${url.pathname}`);
  return {
    url: clean,
    authorization: authorizationOf(token, user ?? userInfoOf(url), io),
    timeoutMs: timeout,
  };
}

/** What is in the command comes before the environment, and a token before a user. */
function authorizationOf(token: string | undefined, user: string | undefined, io: CliIo): string | undefined {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  if (token !== undefined) return `Bearer ${token}`;
  if (user !== undefined) return basic(user);
  const fromToken = setIn(io, 'GRAFANA_TOKEN');
  if (fromToken !== undefined) return `Bearer ${fromToken}`;
  const fromUser = setIn(io, 'GRAFANA_USER');
  if (fromUser === undefined) return undefined;
  if (!fromUser.includes(':')) throw new CliError('GRAFANA_USER takes NAME:PASSWORD', 2);
  return basic(fromUser);
}

function setIn({ env }: CliIo, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? undefined : value;
}

function parseUser(text: string): string {
  if (!/^[^:]+:./.test(text)) throw new InvalidArgumentError('Give NAME:PASSWORD.');
  return text;
}

function note(text: string, io: CliIo): void {
  io.stderr.write(`mcp-sessionscope: ${visible(text)}\n`);
}
