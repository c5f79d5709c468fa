import { type Break, dropVariables, panel, replaceIn, variable } from './breaking.ts';

/** What breaks the rules for panels and variables. */
export const BROKEN_PANELS: readonly Break[] = [
  ['portable', 'a dashboard has an id', ([first]) => (first.id = 7)],
  ['portable', 'a dashboard is of another schema', ([first]) => (first.schemaVersion = 41)],
  ['portable', 'a dashboard has __inputs', ([first]) => (first.__inputs = [{ name: 'DS_PROMETHEUS' }])],
  ['portable', 'two dashboards have one uid', ([first, second]) => (second.uid = first.uid)],
  ['portable', 'two panels have one id', ([first]) => (first.panels[1].id = first.panels[0].id)],
  ['editable', 'a dashboard is not editable', ([first]) => (first.editable = false)],
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
];
