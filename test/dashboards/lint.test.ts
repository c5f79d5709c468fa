import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { lint, RULES } from '../../tools/dashboards/lint/lint.ts';
import type { DashboardJson } from '../../tools/dashboards/lint/model.ts';
import { UNITS } from '../../tools/dashboards/lint/panel-rules.ts';

const FOLDER = join(__dirname, '../../dashboards');
const FILES = ['mcp-sessions', 'mcp-session', 'mcp-operations', 'mcp-server-processes'];

// Breaking them means writing to what is readonly, deep inside.
type Broken = any;

const load = (): Broken[] =>
  FILES.map((name) => JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')));

function panel([...all]: Broken[], title: string): Broken {
  const found = all.flatMap((dashboard) => dashboard.panels).find((each: Broken) => each.title === title);
  expect(found).toBeDefined();
  return found;
}

function variable(dashboard: Broken, name: string): Broken {
  const found = dashboard.templating.list.find((each: Broken) => each.name === name);
  expect(found).toBeDefined();
  return found;
}

function linkOf(of: Broken): Broken {
  return of.fieldConfig.overrides
    .flatMap((each: Broken) => each.properties)
    .find(({ id }: Broken) => id === 'links').value[0];
}

function step(of: Broken, id: string): Broken {
  return of.transformations.find((each: Broken) => each.id === id).options;
}

/** A rule, what breaks it, and how. */
const BREAKS: [rule: string, what: string, change: (all: Broken[]) => void][] = [
  ['portable', 'a dashboard has an id', ([first]) => (first.id = 7)],
  ['portable', 'a dashboard is of another schema', ([first]) => (first.schemaVersion = 41)],
  ['portable', 'a dashboard has __inputs', ([first]) => (first.__inputs = [{ name: 'DS_PROMETHEUS' }])],
  ['portable', 'two dashboards have one uid', ([first, second]) => (second.uid = first.uid)],
  ['portable', 'two panels have one id', ([first]) => (first.panels[1].id = first.panels[0].id)],
  ['not-editable', 'a dashboard is editable', ([first]) => (first.editable = true)],
  ['title-and-description', 'a panel has no title', (all) => (panel(all, 'Error types').title = '')],
  ['title-and-description', 'a panel has no description', (all) => delete panel(all, 'Events').description],
  [
    'title-and-description',
    'two panels have one title',
    ([first]) => (first.panels[1].title = first.panels[0].title),
  ],
  ['title-and-description', 'a dashboard has no description', ([first]) => delete first.description],
  [
    'says-what-to-do-when-empty',
    'a panel says nothing when it is empty',
    (all) => delete panel(all, 'Sessions').fieldConfig.defaults.noValue,
  ],
  ['units', 'a panel has no unit', (all) => delete panel(all, 'Active sessions').fieldConfig.defaults.unit],
  [
    'units',
    'a panel has a unit that Grafana lacks',
    (all) => (panel(all, 'Active sessions').fieldConfig.defaults.unit = 'seconds'),
  ],
  ['has-queries', 'a panel asks nothing', (all) => (panel(all, 'Processes up').targets = [])],
  [
    'colours-of-the-theme',
    'a colour is fixed',
    (all) => (panel(all, 'Error rate').fieldConfig.defaults.thresholds.steps[0].color = '#7eb26d'),
  ],
  ['data-source-variables', 'no data source is a variable', ([first]) => dropVariables(first, 'datasource')],
  [
    'data-source-variables',
    'a variable is called otherwise',
    ([first]) => (variable(first, 'tempo').name = 'traces'),
  ],
  [
    'data-source-variables',
    'a variable has another label',
    ([first]) => (variable(first, 'tempo').label = 'Traces'),
  ],
  [
    'data-sources-are-variables',
    'a panel reads a fixed source',
    (all) => (panel(all, 'Sessions').datasource.uid = 'tempo'),
  ],
  [
    'data-sources-are-variables',
    'a query reads a fixed source',
    (all) => (panel(all, 'Requests').targets[0].datasource.uid = 'P1'),
  ],
  [
    'data-sources-are-variables',
    'a panel names no source',
    (all) => delete panel(all, 'Sessions').datasource,
  ],
  [
    'variables-follow-the-time-range',
    'a variable loads once',
    ([, , third]) => (variable(third, 'job').refresh = 1),
  ],
  [
    'variable-queries-parse',
    'a variable asks nonsense',
    ([, , third]) => (variable(third, 'job').query.query = 'label_values(a{b=}, job)'),
  ],
  [
    'job-and-instance-variables',
    'a variable is missing',
    ([, , third]) => (variable(third, 'job').name = 'server'),
  ],
  [
    'job-and-instance-variables',
    'a choice is of one',
    ([, , third]) => (variable(third, 'instance').multi = false),
  ],
  [
    'queries-filter-by-job-and-instance',
    'a query is of all jobs',
    (all) => replaceIn(panel(all, 'In flight'), 'job=~"$job",', ''),
  ],
  [
    'queries-filter-by-job-and-instance',
    'one of the series in a query is of all instances',
    (all) => replaceIn(panel(all, 'Processes up'), ',instance=~"$instance"', ''),
  ],
  [
    'variables-are-defined',
    'a variable is not defined',
    (all) => replaceIn(panel(all, 'Active sessions'), '$service', '$server'),
  ],
  [
    'variables-are-defined',
    'a variable is not used',
    ([first]) => first.templating.list.push({ ...variable(first, 'client'), name: 'unused' }),
  ],
  [
    'queries-parse',
    'PromQL does not parse',
    (all) => replaceIn(panel(all, 'Active sessions'), 'sum(', 'sum(('),
  ],
  ['queries-parse', 'TraceQL does not parse', (all) => replaceIn(panel(all, 'Sessions'), '&&', 'and')],
  [
    'rate-interval',
    'a rate has a fixed interval',
    (all) => replaceIn(panel(all, 'Requests by method'), '$__rate_interval', '5m'),
  ],
  [
    'rate-before-sum',
    'a sum comes before its rate',
    (all) =>
      setQuery(
        panel(all, 'Requests by method'),
        (expr) => `rate((${expr.replace(/rate\((.*)\[.*\]\)/, '$1')})[$__rate_interval:])`,
      ),
  ],
  [
    'rate-before-sum',
    'a counter is summed as it stands',
    (all) => setQuery(panel(all, 'Requests by method'), (expr) => expr.replace(/rate\((.*)\[.*\]\)/, '$1')),
  ],
  [
    'known-names',
    'a metric is not of the contract',
    (all) => replaceIn(panel(all, 'Active sessions'), '_active', '_open'),
  ],
  [
    'known-names',
    'a label is not of the contract',
    (all) => replaceIn(panel(all, 'Requests by tool'), 'gen_ai_tool_name', 'tool'),
  ],
  [
    'known-names',
    'an attribute is not of the contract',
    (all) => replaceIn(panel(all, 'Sessions'), 'mcp.client.version', 'mcp.client.release'),
  ],
  [
    'known-names',
    'a span is not of the contract',
    (all) => replaceIn(panel(all, 'Sessions started'), 'mcp.session start', 'session start'),
  ],
  [
    'one-search',
    'a panel has two searches',
    (all) => panel(all, 'Events').targets.push({ ...panel(all, 'Errors').targets[0], refId: 'B' }),
  ],
  ['one-search', 'a search has the default limit', (all) => delete panel(all, 'Sessions').targets[0].limit],
  [
    'one-search',
    'a search has three spans of a trace',
    (all) => (panel(all, 'Sessions').targets[0].spss = 3),
  ],
  [
    'one-search',
    'a search keeps one block of a trace',
    (all) => replaceIn(panel(all, 'Sessions'), ' | by(span:id)', ''),
  ],
  [
    'one-search',
    'a search takes the first matches',
    (all) => replaceIn(panel(all, 'Sessions'), ' with (most_recent=true)', ''),
  ],
  [
    'one-search',
    'a search is a table of traces',
    (all) => (panel(all, 'Sessions').targets[0].tableType = 'traces'),
  ],
  [
    'no-array-beside-an-alternative',
    'an array is compared beside an alternative',
    (all) => replaceIn(panel(all, 'Sessions'), 'tools =~', 'tools_list =~'),
  ],
  [
    'no-array-selected',
    'an array is selected',
    (all) =>
      replaceIn(
        panel(all, 'Sessions'),
        'span.mcp.client.session.tools,',
        'span.mcp.client.session.tools_list,',
      ),
  ],
  [
    'transformations-name-fields',
    'a column is not selected',
    (all) => replaceIn(panel(all, 'Sessions'), 'span.mcp.client.session.tools, ', ''),
  ],
  [
    'transformations-name-fields',
    'the rows are filtered by a field that is gone',
    (all) =>
      (step(panel(all, 'Sessions'), 'filterByValue').filters[0].fieldName = 'mcp.client.session.status'),
  ],
  [
    'transformations-name-fields',
    'a table shows the value of a query that is not there',
    (all) => panel(all, 'Slowest tools').targets.splice(4, 1),
  ],
  [
    'transformations-name-fields',
    'a transformation is not one that can be run without Grafana',
    (all) => panel(all, 'Sessions').transformations.push({ id: 'extractFields', options: {} }),
  ],
  [
    'overrides-name-columns',
    'an override is of no column',
    (all) => (panel(all, 'Sessions').fieldConfig.overrides[1].matcher.options = 'Session id'),
  ],
  [
    'links-lead-somewhere',
    'a link leads to no dashboard',
    (all) => replaceLink(all, 'Sessions', 'mcp-sessionscope-session?', 'mcp-session?'),
  ],
  [
    'links-lead-somewhere',
    'a link sets no variable',
    (all) => replaceLink(all, 'Sessions', 'var-session', 'var-session_id'),
  ],
  [
    'links-lead-somewhere',
    'a link passes no variable',
    (all) => replaceLink(all, 'Sessions', 'tempo:', 'traces:'),
  ],
  [
    'links-lead-somewhere',
    'a link loses the time range',
    (all) => replaceLink(all, 'Sessions', '${__url_time_range}&', ''),
  ],
  [
    'links-lead-somewhere',
    'a link leads out',
    (all) => replaceLink(all, 'Session', '${jaeger_url:raw}', 'http://jaeger'),
  ],
  ['links-lead-somewhere', 'the links on top are of no tag', ([first]) => (first.links[0].tags = ['mcp'])],
  [
    'links-name-fields-of-the-table',
    'a link names no column',
    (all) => replaceLink(all, 'Session', 'fields.Service', 'fields.Server'),
  ],
  [
    'links-encode-what-they-fill-in',
    'a link fills in text as it is',
    (all) => replaceLink(all, 'Sessions', ':percentencode', ''),
  ],
  ['dashboards-are-linked', 'a dashboard links to no other', ([first]) => (first.links = [])],
];

describe('the rules of the dashboards', () => {
  test('hold for the dashboards that the package ships', () => {
    expect(lint(load() as DashboardJson[])).toEqual([]);
  });

  test.each(BREAKS)('%s finds it when %s', (rule, _what, change) => {
    const all = load();
    change(all);
    expect(all).not.toEqual(load());
    expect(lint(all as DashboardJson[]).map((problem) => problem.rule)).toContain(rule);
  });

  test('are each shown to find something', () => {
    expect(new Set(BREAKS.map(([rule]) => rule))).toEqual(new Set(RULES.map(({ name }) => name)));
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

function dropVariables(dashboard: Broken, type: string): void {
  dashboard.templating.list = dashboard.templating.list.filter((each: Broken) => each.type !== type);
}

function setQuery(of: Broken, change: (query: string) => string): void {
  for (const target of of.targets) {
    const key = target.expr === undefined ? 'query' : 'expr';
    target[key] = change(target[key]);
  }
}

function replaceIn(of: Broken, text: string, by: string): void {
  setQuery(of, (query) => query.replace(text, () => by));
}

function replaceLink(all: Broken[], title: string, text: string, by: string): void {
  const link = linkOf(panel(all, title));
  link.url = link.url.replace(text, () => by);
}
