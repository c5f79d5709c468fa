import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FORMS, type Form } from '../../tools/dashboards/form.ts';
import { lint, RULES } from '../../tools/dashboards/lint/lint.ts';
import type { DashboardJson } from '../../tools/dashboards/lint/model.ts';
import { UNITS } from '../../tools/dashboards/lint/panel-rules.ts';
import type { Broken } from './breaking.ts';
import { BROKEN_PANELS } from './broken-panels.ts';
import { BROKEN_QUERIES } from './broken-queries.ts';
import { BROKEN_SQL } from './broken-sql.ts';

const FOLDER = join(__dirname, '../../dashboards');
const FILES = ['mcp-sessions', 'mcp-session', 'mcp-operations', 'mcp-server-processes'];

/** Each is shown in the form that has what it breaks. */
const BREAKS = [
  ...[...BROKEN_PANELS, ...BROKEN_QUERIES].map((each) => ['tempo', ...each] as const),
  ...BROKEN_SQL.map((each) => ['clickhouse', ...each] as const),
];

const load = (form: Form): Broken[] =>
  FILES.map((name) => JSON.parse(readFileSync(join(FOLDER, form, `${name}.json`), 'utf8')));

describe('the rules of the dashboards', () => {
  test.each(FORMS)('hold for the dashboards that the package ships for %s', (form) => {
    expect(lint(load(form) as DashboardJson[])).toEqual([]);
  });

  test.each(BREAKS)('of %s: %s finds it when %s', (form, rule, _what, change) => {
    const all = load(form);
    change(all);
    expect(all).not.toEqual(load(form));
    expect(lint(all as DashboardJson[]).map((problem) => problem.rule)).toContain(rule);
  });

  test('are each shown to find something', () => {
    expect(new Set(BREAKS.map(([, rule]) => rule))).toEqual(new Set(RULES.map(({ name }) => name)));
  });

  test('allow no unit that Grafana does not know', () => {
    // In a process of its own: the package loads ESM, which Jest does not.
    const script = `
      globalThis.navigator = { languages: ['en'] };
      const { getValueFormats, getValueFormat } = require('@grafana/data');
      const known = getValueFormats().flatMap(({ submenu }) => submenu.map(({ value }) => value));
      console.log(JSON.stringify({ known, time: getValueFormat('time:YYYY')(0).text }));`;
    const { known, time } = JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
    expect(time).toMatch(/^19(69|70)$/);
    for (const unit of UNITS) if (!unit.startsWith('time:')) expect(known).toContain(unit);
  });
});
