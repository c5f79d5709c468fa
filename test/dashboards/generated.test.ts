import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import * as semconv from '../../src/sdk/signals/semconv.ts';
import { alertRules } from '../../tools/dashboards/alerts/rules.ts';
import { dashboards, generatedFiles } from '../../tools/dashboards/files.ts';
import { FORMS } from '../../tools/dashboards/form.ts';
import { prometheusLabel, prometheusName } from '../../tools/dashboards/names.ts';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, 'dashboards');
const FILE = 'clickhouse/mcp-session.json';
const scratch = mkdtempSync(join(tmpdir(), 'mcp-sessionscope-dashboards-'));

afterAll(() => removeFolderSync(scratch));

const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const command = (...args: string[]): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, ['--import', 'tsx', 'tools/dashboards/main.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });

describe('the files in dashboards', () => {
  test('are what their sources generate, byte for byte, and there is no other', () => {
    const generated = generatedFiles();
    for (const [name, content] of generated)
      expect({ name, same: read(name) === content }).toEqual({ name, same: true });
    const there = readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(there).toHaveLength(generated.size);
  });

  test('are generated the same twice', () => {
    expect([...generatedFiles()]).toEqual([...generatedFiles()]);
  });

  test('are written by the command, which finds a byte that changed', () => {
    expect(command('--dir', scratch).status).toBe(0);
    expect(readFileSync(join(scratch, FILE), 'utf8')).toBe(read(FILE));
    expect(command('--dir', scratch, '--check').status).toBe(0);
    appendFileSync(join(scratch, FILE), ' ');
    const stale = command('--dir', scratch, '--check');
    expect(stale.status).toBe(1);
    expect(stale.stdout).toBe(`differs: ${FILE}\n`);
    expect(stale.stderr).toContain('npm run dashboards');
    expect(command('--nonsense').status).toBe(2);
  }, 60_000);
});

describe('the two forms', () => {
  const [clickhouse, tempo] = FORMS.map((form) => JSON.parse(JSON.stringify(dashboards(form))));

  test('have the same dashboards by the same uids, so that one takes the place of the other', () => {
    const identities = (form: any) =>
      Object.entries<any>(form).map(([file, { uid, title }]) => ({ file, uid, title }));
    expect(identities(clickhouse)).toEqual(identities(tempo));
  });

  test('have the same variables, but that of the data source', () => {
    for (const [file, { templating }] of Object.entries<any>(clickhouse)) {
      const named = ({ name, label, type, description }: any) =>
        type === 'datasource' && name !== 'prometheus' ? type : { name, label, type, description };
      expect(templating.list.map(named)).toEqual(tempo[file].templating.list.map(named));
    }
  });

  test('show every panel that both have alike: its columns, units, colours and links', () => {
    let shared = 0;
    for (const [file, { panels }] of Object.entries<any>(tempo)) {
      for (const panel of panels.filter(({ type }: any) => type !== 'row')) {
        const other = clickhouse[file].panels.find(({ title }: any) => title === panel.title);
        expect(settingsOf(other)).toEqual(settingsOf(panel));
        shared += 1;
      }
    }
    expect(shared).toBeGreaterThan(30);
  });

  test('have the same metric panels', () => {
    for (const [file, { panels }] of Object.entries<any>(tempo)) {
      for (const { id: _, gridPos: __, ...panel } of panels) {
        if (panel.datasource?.type !== 'prometheus') continue;
        const {
          id: ___,
          gridPos: ____,
          ...other
        } = clickhouse[file].panels.find(({ title }: any) => title === panel.title);
        expect(withForm(other)).toEqual(withForm(panel));
      }
    }
  });
});

/** Columns that Tempo is not asked for. */
const ONLY_SQL = ['Conversation', 'Protocol session', 'Other ids', 'Size'];

/** What a panel shows, without what it asks and says of where it asks. */
function settingsOf({ type, fieldConfig, options }: any): unknown {
  const { defaults } = fieldConfig;
  const overrides = fieldConfig.overrides.filter(({ matcher }: any) => !ONLY_SQL.includes(matcher.options));
  return withForm({ type, options, overrides, unit: defaults.unit });
}

/** The name of the form stands in links; and the trace of each is found in its own way. */
function withForm(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value)
      .replace(/\$\{(clickhouse|tempo):queryparam\}/g, '${form:queryparam}')
      .replace(/\/explore\?[^"]*/g, '/explore'),
  );
}

describe('names in Prometheus', () => {
  test('have the unit behind them, and no character that Prometheus does not take', () => {
    expect(prometheusName('mcp.server.operation.duration', 's')).toBe(
      'mcp_server_operation_duration_seconds',
    );
    expect(prometheusName('mcp.server.client_session.active', '{session}')).toBe(
      'mcp_server_client_session_active',
    );
    expect(prometheusLabel('gen_ai.tool.name')).toBe('gen_ai_tool_name');
  });

  test('of metrics and attributes stand in no source: they come from the contract', () => {
    const folder = join(ROOT, 'tools/dashboards');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    expect(sources.length).toBeGreaterThan(20);
    const names = Object.values(semconv).filter(
      (value) => typeof value === 'string' && /[._]/.test(value),
    ) as string[];
    for (const source of sources) {
      const text = readFileSync(join(folder, source), 'utf8').replace(/\/\*\*.*?\*\/|\/\/.*$/gms, '');
      for (const name of names) {
        for (const typed of [`'${name}'`, prometheusName(name, 's')]) {
          expect({ source, typed, found: text.includes(typed) }).toEqual({ source, typed, found: false });
        }
      }
    }
  });
});

describe('the alert rules', () => {
  const prometheus = parse(read('alerts/prometheus-rules.yaml')).groups[0].rules;
  const grafana = parse(read('alerts/grafana-alerting.yaml')).groups[0].rules;
  const cases = parse(readFileSync(join(__dirname, 'alerts.test.yaml'), 'utf8')).tests;

  test('are the same for Prometheus and for Grafana', () => {
    expect(grafana).toHaveLength(prometheus.length);
    for (const [i, rule] of prometheus.entries()) {
      expect(grafana[i].title).toBe(rule.alert);
      expect(grafana[i].data[0].model.expr).toBe(rule.expr);
      expect({ for: grafana[i].for, labels: grafana[i].labels }).toEqual({
        for: rule.for,
        labels: rule.labels,
      });
      // What provisioning leaves of them once it has read its environment.
      const summary = grafana[i].annotations.summary
        .replaceAll('$$', '$')
        .replaceAll('$values.found.Value', '$value');
      expect(summary).toBe(rule.annotations.summary);
    }
  });

  test('have dollars that provisioning does not take for its environment', () => {
    for (const { annotations } of grafana) {
      for (const text of Object.values<string>(annotations))
        expect(text.replaceAll('$$', '')).not.toContain('$');
    }
  });

  test('each fire in one case and stay silent in another', () => {
    for (const { name } of alertRules()) {
      const checks = cases
        .flatMap((each: any) => each.alert_rule_test)
        .filter((each: any) => each.alertname === name);
      expect(checks.some((each: any) => each.exp_alerts.length > 0)).toBe(true);
      expect(checks.some((each: any) => each.exp_alerts.length === 0)).toBe(true);
    }
  });

  test('lead to a runbook and to a dashboard that exist', () => {
    const headings = [...readFileSync(join(ROOT, 'docs/alerts.md'), 'utf8').matchAll(/^## (\w+)$/gm)].map(
      ([, name]) => name,
    );
    expect(headings).toEqual(expect.arrayContaining(alertRules().map(({ name }) => name)));
    const uids = [...generatedFiles()]
      .filter(([name]) => name.endsWith('.json'))
      .map(([, text]) => JSON.parse(text).uid);
    for (const { alert, annotations } of prometheus) {
      expect(annotations.runbook).toBe(`docs/alerts.md#${alert.toLowerCase()}`);
      expect(uids.map((uid) => `/d/${uid}`)).toContain(annotations.dashboard);
    }
  });
});
