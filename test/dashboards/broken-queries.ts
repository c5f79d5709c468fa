import { type Break, panel, replaceIn, replaceLink, setQuery, step } from './breaking.ts';

/** What breaks the rules for queries, fields and links. */
export const BROKEN_QUERIES: readonly Break[] = [
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
  [
    'links-lead-somewhere',
    'a link on top loses the time range',
    ([first]) => (first.links[0].keepTime = false),
  ],
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
  ['dashboards-are-linked', 'a dashboard does not link to one of them', ([first]) => first.links.pop()],
  [
    'links-pass-data-sources',
    'a link on top loses a data source',
    ([first]) => (first.links[0].url = first.links[0].url.replace('${prometheus:queryparam}', '')),
  ],
];
