import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';
import { built, ensureBuilt } from '../support/built.ts';
import { killChildren, startChild } from '../support/child.ts';
import { type Grafana, type GrafanaOptions, startGrafana } from '../support/grafana.ts';
import { type CliRun, runCli } from './support.ts';

const SHIPPED = join(__dirname, '../../dashboards/clickhouse');
const SHIPPED_FOR_TEMPO = join(__dirname, '../../dashboards/tempo');
const FILES = ['mcp-operations.json', 'mcp-server-processes.json', 'mcp-session.json', 'mcp-sessions.json'];
const TITLES = ['MCP Operations', 'MCP Server processes', 'MCP Session', 'MCP Sessions'];
const UIDS = ['operations', 'processes', 'session', 'sessions'].map((name) => `mcp-sessionscope-${name}`);

const started: Grafana[] = [];
async function grafana(options?: GrafanaOptions): Promise<Grafana> {
  const one = await startGrafana(options);
  started.push(one);
  return one;
}

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sessionscope-dashboards-'));
});
afterEach(async () => {
  killChildren();
  await Promise.all(started.splice(0).map((each) => each.close()));
  removeFolderSync(dir);
});

const CLICKHOUSE = { uid: 'click-1', name: 'ClickHouse', type: 'grafana-clickhouse-datasource' };
const TEMPO = { uid: 'tempo-1', name: 'Tempo', type: 'tempo' };
const PROMETHEUS = { uid: 'prom-1', name: 'Prometheus', type: 'prometheus' };

const ADMIN = { GRAFANA_TOKEN: 'admin-token' };

function importInto({ url }: { url: string }, ...options: string[]): Promise<CliRun> {
  return runCli(['dashboards', 'import', '--url', url, ...options], { env: ADMIN });
}

/** The first word of each line. */
const outcomes = ({ stdout }: CliRun): string[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('  ')[0]!.trim());

/** The value of the data source variable of that type. */
function current(dashboard: any, type: string): unknown {
  return dashboard.templating.list.find((v: any) => v.type === 'datasource' && v.query === type)?.current;
}

describe('dashboards list', () => {
  test('shows the four dashboards in both forms, with uid and file', async () => {
    const { code, stdout, stderr } = await runCli(['dashboards', 'list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of [...FILES, ...TITLES, ...UIDS]) expect(stdout).toContain(text);
    const rows = JSON.parse((await runCli(['dashboards', 'list', '--json'])).stdout);
    expect(rows.map(({ file }: any) => file)).toEqual([
      ...FILES.map((file) => `clickhouse/${file}`),
      ...FILES.map((file) => `tempo/${file}`),
    ]);
    expect(rows.map(({ traces }: any) => traces)).toEqual([
      ...FILES.map(() => 'clickhouse'),
      ...FILES.map(() => 'tempo'),
    ]);
    expect(rows.map(({ uid }: any) => uid)).toEqual([...UIDS, ...UIDS]);
    expect(rows.every(({ panels }: any) => panels > 0)).toBe(true);
  });

  test('says so where the package has lost them', async () => {
    const { code, stderr } = await runCli(['dashboards', 'list'], { dashboardsDir: join(dir, 'gone') });
    expect(code).toBe(1);
    expect(stderr).toContain('They are part of the package: install it anew');
  });
});

describe('dashboards export', () => {
  test('writes the files as they are, and nothing where they are there', async () => {
    const target = join(dir, 'a/b');
    const first = await runCli(['dashboards', 'export', target]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(target).sort()).toEqual(FILES);
    for (const file of FILES) {
      expect(readFileSync(join(target, file))).toEqual(readFileSync(join(SHIPPED, file)));
    }
    expect(outcomes(first)).toEqual(FILES.map(() => 'written'));
    expect(outcomes(await runCli(['dashboards', 'export', target]))).toEqual(FILES.map(() => 'unchanged'));
  });

  test('writes the form that is asked for', async () => {
    expect((await runCli(['dashboards', 'export', dir, '--traces', 'tempo'])).code).toBe(0);
    for (const file of FILES) {
      expect(readFileSync(join(dir, file))).toEqual(readFileSync(join(SHIPPED_FOR_TEMPO, file)));
    }
    const other = await runCli(['dashboards', 'export', dir, '--traces', 'clickhouse']);
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toContain('differ from the dashboards for ClickHouse that came with the package');
    const unknown = await runCli(['dashboards', 'export', dir, '--traces', 'jaeger']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('Allowed choices are clickhouse, tempo.');
  });

  test('overwrites a file that differs only with --force, and writes nothing else before', async () => {
    writeFileSync(join(dir, 'mcp-sessions.json'), '{"mine":true}');
    const refused = await runCli(['dashboards', 'export', dir]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(join(dir, 'mcp-sessions.json'));
    expect(refused.stderr).toContain('To overwrite them: --force');
    expect(readdirSync(dir)).toEqual(['mcp-sessions.json']);
    const forced = await runCli(['dashboards', 'export', dir, '--force']);
    expect(forced.code).toBe(0);
    expect(readFileSync(join(dir, 'mcp-sessions.json'))).toEqual(
      readFileSync(join(SHIPPED, 'mcp-sessions.json')),
    );
  });

  test('says why where it cannot write', async () => {
    writeFileSync(join(dir, 'file'), '');
    const { code, stderr } = await runCli(['dashboards', 'export', join(dir, 'file')]);
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot write to ${join(dir, 'file')}: `);
  });
});

describe('dashboards import', () => {
  test.each([
    ['9.5.0', 'these dashboards need Grafana 11.6 or newer; this one is 9.5.0'],
    ['11.5.9', 'this one is 11.5.9'],
    ['11.6.0', undefined],
    ['13.2.0-pre', undefined],
    ['unknown', undefined],
  ])('says whether Grafana %s is too old', async (version, said) => {
    const { code, stderr } = await importInto(await grafana({ version }), '--dry-run');
    expect(code).toBe(0);
    expect(/these dashboards need.*/.exec(stderr)?.[0] ?? 'nothing').toContain(said ?? 'nothing');
  });

  test('creates them with the data sources set, and says where they are', async () => {
    const there = await grafana();
    const run = await importInto(there);
    expect(run.code).toBe(0);
    expect(outcomes(run)).toEqual(TITLES.map(() => 'created'));
    expect(run.stderr).toContain('grafana-clickhouse-datasource: ClickHouse (click-1)');
    expect([...there.dashboards.keys()].sort()).toEqual([...UIDS].sort());
    for (const uid of UIDS) {
      const { dashboard, folderUid } = there.dashboards.get(uid)!;
      expect(current(dashboard, CLICKHOUSE.type)).toEqual({ text: 'ClickHouse', value: 'click-1' });
      expect(current(dashboard, 'prometheus')).toEqual({ text: 'Prometheus', value: 'prom-1' });
      expect(folderUid).toBe('');
      expect(run.stdout).toContain(`${there.url}/d/${uid}/`);
    }
    // Apart from that, they are what the package holds.
    const shipped = JSON.parse(readFileSync(join(SHIPPED, 'mcp-sessions.json'), 'utf8'));
    const saved = structuredClone(there.dashboards.get('mcp-sessionscope-sessions')!.dashboard) as any;
    for (const variable of saved.templating.list) if (variable.type === 'datasource') delete variable.current;
    for (const variable of shipped.templating.list)
      if (variable.type === 'datasource') delete variable.current;
    expect(saved).toEqual(shipped);
  });

  test.each([
    ['that gives them back as they were', {}],
    ['that gives them back in a newer schema', { migrates: true }],
    ['below a sub-path', { subPath: '/grafana' }],
  ])('changes nothing the second time, with a Grafana %s', async (_, options) => {
    const there = await grafana(options);
    await importInto(there, '--folder', 'MCP');
    const writes = there.requests.filter(({ method }) => method === 'POST').length;
    const second = await importInto({ url: `${there.url}/` }, '--folder', 'MCP');
    expect(outcomes(second)).toEqual(TITLES.map(() => 'unchanged'));
    expect(second.stdout).toContain(`  MCP Sessions  ${there.url}/d/mcp-sessionscope-sessions/x\n`);
    expect(there.requests.filter(({ method }) => method === 'POST')).toHaveLength(writes);
    expect([...there.dashboards.values()].map(({ version }) => version)).toEqual([1, 1, 1, 1]);
  });

  test('puts back what somebody changed, and leaves the others', async () => {
    const there = await grafana({ migrates: true });
    await importInto(there);
    const changed = there.dashboards.get('mcp-sessionscope-session')!;
    there.dashboards.set('mcp-sessionscope-session', {
      ...changed,
      dashboard: { ...changed.dashboard, title: 'Mine' },
      version: 2,
      message: '',
    });
    expect(outcomes(await importInto(there))).toEqual(['unchanged', 'unchanged', 'updated', 'unchanged']);
    expect(there.dashboards.get('mcp-sessionscope-session')).toMatchObject({
      version: 3,
      dashboard: { title: 'MCP Session' },
    });
  });

  test('makes the folder where there is none, finds it among many, and moves them into another', async () => {
    const there = await grafana();
    there.folders = Array.from({ length: 1_500 }, (_, i) => ({ uid: `f${i}`, title: `Folder ${i}` }));
    const made = await importInto(there, '--folder', 'MCP');
    expect(made.stderr).toContain('folder MCP made');
    expect(there.folders.at(-1)?.title).toBe('MCP');
    expect(outcomes(await importInto(there, '--folder', 'Folder 1234'))).toEqual(TITLES.map(() => 'updated'));
    expect([...there.dashboards.values()].map(({ folderUid }) => folderUid)).toEqual(UIDS.map(() => 'f1234'));
    // By its uid too; and without the option they stay where they are.
    expect(outcomes(await importInto(there, '--folder', 'f1234'))).toEqual(TITLES.map(() => 'unchanged'));
    expect(outcomes(await importInto(there))).toEqual(TITLES.map(() => 'unchanged'));
    there.dashboards.get(UIDS[0]!)!.dashboard = { title: 'changed', uid: UIDS[0] };
    there.dashboards.get(UIDS[0]!)!.message = '';
    expect(outcomes(await importInto(there))).toEqual(['updated', 'unchanged', 'unchanged', 'unchanged']);
    expect(there.dashboards.get(UIDS[0]!)?.folderUid).toBe('f1234');
  });

  test('with --dry-run says what it would do and changes nothing', async () => {
    const there = await grafana();
    const run = await importInto(there, '--folder', 'MCP', '--dry-run');
    expect(run.code).toBe(0);
    expect(outcomes(run)).toEqual(TITLES.map(() => 'would be created'));
    expect(run.stderr).toContain('folder MCP would be made');
    expect(there.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    await importInto(there, '--folder', 'MCP');
    expect(outcomes(await importInto(there, '--folder', 'MCP', '--dry-run'))).toEqual(
      TITLES.map(() => 'unchanged'),
    );
  });

  test('takes the credentials of the command, of the environment and of the URL', async () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    const there = await grafana({
      access: {
        'Bearer t0ken': 'Admin',
        [basic('ann:p:w')]: 'Admin',
        [basic('bob:s3cret')]: 'Admin',
        [basic('50%:s3cret')]: 'Admin',
      },
    });
    const { url } = there;
    const run = (argv: string[], env: Record<string, string>) =>
      runCli(['dashboards', 'import', '--dry-run', ...argv], { env });
    const runs = [
      await run(['--url', url, '--token', 't0ken'], { GRAFANA_TOKEN: 'other' }),
      await run(['--url', url, '--user', 'ann:p:w'], { GRAFANA_TOKEN: 'other' }),
      await run([], { GRAFANA_URL: url, GRAFANA_USER: 'bob:s3cret' }),
      await run(['--url', url.replace('//', '//bob:s3cret@')], {}),
      // A percent sign that encodes nothing.
      await run(['--url', url.replace('//', '//50%:s3cret@')], {}),
    ];
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toMatch(/t0ken|p:w|s3cret/);
  });
});

describe('dashboards import chooses the form', () => {
  test.each([
    ['the only kind that Grafana has', [TEMPO, PROMETHEUS], [], 'tempo'],
    ['the only kind that Grafana has', [CLICKHOUSE, PROMETHEUS], [], CLICKHOUSE.type],
    ['the one that is asked for', [CLICKHOUSE, TEMPO, PROMETHEUS], ['--traces', 'tempo'], 'tempo'],
    [
      'the one of the data source that is named',
      [CLICKHOUSE, TEMPO, PROMETHEUS],
      ['--tempo', 'tempo-1'],
      'tempo',
    ],
    [
      'the one of the data source that is named',
      [CLICKHOUSE, TEMPO, PROMETHEUS],
      ['--clickhouse', 'click-1'],
      CLICKHOUSE.type,
    ],
  ])('%s', async (_, dataSources, options, type) => {
    const there = await grafana();
    there.dataSources = dataSources;
    const run = await importInto(there, ...options);
    expect(outcomes(run)).toEqual(TITLES.map(() => 'created'));
    for (const { dashboard } of there.dashboards.values()) {
      const sources = (dashboard as any).templating.list.filter((each: any) => each.type === 'datasource');
      expect(sources.map(({ query }: any) => query).sort()).toEqual([type, 'prometheus'].sort());
    }
  });

  test('the other one replaces it, for the uids are the same', async () => {
    const there = await grafana();
    there.dataSources = [CLICKHOUSE, TEMPO, PROMETHEUS];
    await importInto(there, '--traces', 'tempo');
    expect(outcomes(await importInto(there, '--traces', 'clickhouse'))).toEqual(TITLES.map(() => 'updated'));
    expect(there.dashboards.size).toBe(4);
  });

  test.each([
    [
      'both kinds',
      [CLICKHOUSE, TEMPO, PROMETHEUS],
      [],
      1,
      'Grafana has data sources of both kinds: say which holds the traces, --traces clickhouse or --traces tempo\n',
      '    click-1  ClickHouse\n',
    ],
    [
      'neither',
      [PROMETHEUS],
      [],
      1,
      'has no data source of the type grafana-clickhouse-datasource or tempo. It has these:\n',
      '    prom-1  Prometheus (prometheus)\n',
    ],
    [
      'another than the one that is named',
      [CLICKHOUSE, TEMPO, PROMETHEUS],
      ['--traces', 'tempo', '--clickhouse', 'click-1'],
      2,
      '--clickhouse does not go with --traces tempo: traces are read from one source',
      '',
    ],
    [
      'two that are named',
      [CLICKHOUSE, TEMPO, PROMETHEUS],
      ['--tempo', 'tempo-1', '--clickhouse', 'click-1'],
      2,
      '--clickhouse and --tempo do not go together: traces are read from one source',
      '',
    ],
  ])('and says what to do where there is %s', async (_, dataSources, options, code, message, list) => {
    const there = await grafana();
    there.dataSources = dataSources;
    const run = await importInto(there, ...options);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain(list);
    expect(there.dashboards.size).toBe(0);
  });
});

describe('dashboards import chooses the data sources', () => {
  const several = [
    { uid: 'a', name: 'Traces A', type: CLICKHOUSE.type },
    { uid: 'b', name: 'Traces B', type: CLICKHOUSE.type },
    { uid: 'p', name: 'Prom', type: 'prometheus' },
    { uid: 'm', name: 'Mimir', type: 'prometheus', isDefault: true },
  ];

  test('the one that is named, else the default one', async () => {
    const there = await grafana();
    there.dataSources = several;
    expect((await importInto(there, '--clickhouse', 'b')).code).toBe(0);
    const { dashboard } = there.dashboards.get('mcp-sessionscope-sessions')!;
    expect(current(dashboard, CLICKHOUSE.type)).toEqual({ text: 'Traces B', value: 'b' });
    expect(current(dashboard, 'prometheus')).toEqual({ text: 'Mimir', value: 'm' });
  });

  test.each([
    [
      'several',
      several,
      [],
      'has 2 data sources of the type grafana-clickhouse-datasource: say which with --clickhouse UID\n',
      '    a  Traces A\n    b  Traces B\n',
    ],
    [
      'none of a type',
      several.slice(0, 1),
      [],
      'has no data source of the type prometheus. It has these:\n',
      '    a  Traces A (grafana-clickhouse-datasource)\n',
    ],
    [
      'none at all',
      [],
      [],
      'has no data source of the type grafana-clickhouse-datasource or tempo. It has none at all.',
      'Add new data source',
    ],
    [
      'an unknown one',
      several,
      ['--clickhouse', 'x'],
      '--clickhouse UID: there is no such data source: x\n',
      '    a  Traces A\n    b  Traces B\n',
    ],
    [
      'one of another type',
      several,
      ['--clickhouse', 'm'],
      '--clickhouse UID: that is a prometheus, not a grafana-clickhouse-datasource data source: m',
      '    a  Traces A',
    ],
  ])('and names those that are there, where there are %s', async (_, dataSources, options, message, list) => {
    const there = await grafana();
    there.dataSources = dataSources;
    const { code, stdout, stderr } = await importInto(there, ...options);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain(list);
    expect(there.dashboards.size).toBe(0);
  });
});

describe('dashboards import says what is wrong and what to do', () => {
  test('nobody, or somebody unknown, asks', async () => {
    const there = await grafana();
    const nobody = await runCli(['dashboards', 'import', '--url', there.url]);
    expect(nobody).toMatchObject({ code: 1, stdout: '' });
    expect(nobody.stderr).toContain('Grafana asks for credentials (HTTP 401: Unauthorized)');
    const unknown = await runCli(['dashboards', 'import', '--url', there.url, '--token', 'x']);
    expect(unknown.stderr).toContain('Grafana does not accept these credentials (HTTP 401: Unauthorized)');
    expect(unknown.stderr).toContain('GRAFANA_TOKEN');
  });

  test('an editor may not list data sources, and may import all the same', async () => {
    const there = await grafana({ access: { 'Bearer admin-token': 'Editor' } });
    const refused = await importInto(there);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('not allowed to list the data sources (HTTP 403: ');
    expect(refused.stderr).toContain('Or name them: --prometheus UID, and --clickhouse UID or --tempo UID');
    const half = await importInto(there, '--traces', 'tempo');
    expect(half.stderr).toContain('Or name them: --prometheus UID --tempo UID');
    const run = await importInto(there, '--tempo', 't', '--prometheus', 'p', '--folder', 'MCP');
    expect(outcomes(run)).toEqual(TITLES.map(() => 'created'));
  });

  test('a viewer may do nothing', async () => {
    const there = await grafana({ access: { 'Bearer admin-token': 'Viewer' } });
    const uids = ['--tempo', 't', '--prometheus', 'p'];
    const folder = await importInto(there, ...uids, '--folder', 'MCP');
    expect(folder.stderr).toContain('not allowed to make the folder MCP (HTTP 403');
    const save = await importInto(there, ...uids);
    expect(save.stderr).toContain('not allowed to save the dashboard MCP Operations (HTTP 403');
    expect(save.stderr).toContain('This needs the role Editor at least');
  });

  test('the dashboard comes from provisioning files', async () => {
    const there = await grafana();
    there.dashboards.set(UIDS[0]!, {
      dashboard: { uid: UIDS[0], title: 'x' },
      folderUid: '',
      version: 1,
      message: '',
      provisioned: true,
    });
    const { code, stderr } = await importInto(there);
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot save provisioned dashboard');
    expect(stderr).toContain('change it there');
  });

  test('Grafana lives below a sub-path', async () => {
    const there = await grafana({ subPath: '/grafana' });
    const { code, stderr } = await importInto({ url: new URL(there.url).origin });
    expect(code).toBe(1);
    expect(stderr).toContain(`Its address seems to be ${there.url}: give that as --url`);
  });

  test('its database is not healthy', async () => {
    const there = await grafana({ database: 'failing' });
    const { code, stderr } = await importInto(there);
    expect(code).toBe(1);
    expect(stderr).toContain('is not healthy: its database is failing');
  });

  test.each([
    [200, 'text/html', '<!doctype html><title>Hello</title>', 'answered with a web page (HTTP 200)'],
    [404, 'text/plain', 'no such page', 'answered with something else (HTTP 404)'],
    [200, 'application/json', '{"status":"up"}', 'answered with something else (HTTP 200)'],
    [302, 'text/html', '', 'A login page or a proxy may stand before Grafana'],
  ])('something else is there: HTTP %d %s', async (status, type, body, message) => {
    const server = http.createServer((_, response) => {
      const headers = { 'content-type': type, ...(status === 302 && { location: 'https://login.example/' }) };
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stdout, stderr } = await importInto({ url });
    server.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('Give the address at which its start page opens');
  });

  test.each([
    ['Grafana fails, or a proxy in front of it', 502, '<h1>Bad Gateway</h1>', undefined],
    ['its list of data sources is no list', 200, '{"database":"ok","version":"13.2.0"}', 'null'],
  ])('%s', async (_, status, health, sources) => {
    const server = http.createServer(({ url }, response) =>
      response.writeHead(status).end(url === '/api/health' ? health : sources),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { code, stderr } = await importInto({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(
      sources === undefined ? '/api/health answered with HTTP 502' : 'list the data sources',
    );
    expect(stderr).not.toContain('has none');
  });

  test('http:// stands where https:// is spoken', async () => {
    const server = http.createServer((_, response) =>
      response.writeHead(400).end('<html>The plain HTTP request was sent to HTTPS port</html>'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await importInto({ url });
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain('Use https:// instead of http://.');
  });

  test('https:// stands where http:// is spoken', async () => {
    const { url, close } = await grafana();
    const { code, stderr } = await importInto({ url: url.replace('http:', 'https:') });
    await close();
    expect(code).toBe(1);
    expect(stderr).toContain('does not speak TLS (wrong version number)');
    expect(stderr).toContain('use http:// instead of https://');
  });

  test('nothing is there, or it hangs', async () => {
    const there = await grafana();
    await there.close();
    const gone = await importInto(there);
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain('cannot reach Grafana: nothing listens at 127.0.0.1:');
    expect(gone.stderr).toContain('Start what should listen there');
    const hanging = http.createServer(() => {});
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`;
    const late = await importInto({ url }, '--timeout', '0.2s');
    hanging.closeAllConnections();
    hanging.close();
    expect(late.stderr).toContain('did not answer in time');
  });

  test.each([
    [['--token', 'a', '--user', 'b:c'], {}, "cannot be used with option '--user"],
    [['--user', 'b'], {}, 'Give NAME:PASSWORD.'],
    [['--url', 'localhost:3000'], {}, 'Give an http(s) URL such as http://localhost:3000.'],
    [[], {}, 'give the address of Grafana: --url URL, or GRAFANA_URL'],
    [[], { GRAFANA_URL: 'x' }, "GRAFANA_URL takes an http(s) URL, got 'x'"],
    [[], { GRAFANA_URL: 'http://x', GRAFANA_USER: 'me' }, 'GRAFANA_USER takes NAME:PASSWORD'],
  ])('the question is wrong: %j %j', async (argv, env, message) => {
    const { code, stderr } = await runCli(['dashboards', 'import', ...argv], { env });
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('the built command', () => {
  beforeAll(ensureBuilt, 90_000);

  test('finds the dashboards beside itself, and imports them', async () => {
    const there = await grafana();
    const list = await startChild(built.cli, { args: ['dashboards', 'list', '--json'] }).exited;
    expect(JSON.parse(list.stdout)).toHaveLength(8);
    const run = await startChild(built.cli, {
      args: ['dashboards', 'import', '--url', there.url],
      env: ADMIN,
    }).exited;
    expect(run.code).toBe(0);
    expect(there.dashboards.size).toBe(4);
  });
});
