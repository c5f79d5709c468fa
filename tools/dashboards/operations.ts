import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as semconv from '../../src/signals/semconv.ts';
import { dashboard, place } from './layout.ts';
import { toSession, UIDS } from './links.ts';
import { type HistogramNames, LABELS, METRICS } from './names.ts';
import { heatPanel, type Step, statPanel, timePanel } from './panels.ts';
import { failures, growth, quantile, rate, select, share, sum } from './promql.ts';
import { now, rows, series, spanMetric, spanSearch } from './queries.ts';
import { UPDATE_INTERVAL, updateIntervalVariable } from './session-status.ts';
import { tablePanel } from './tables.ts';
import { resource, search, span } from './traceql.ts';
import { joinBy, sortBy, toNumbers } from './transformations.ts';
import { jaegerVariable, labelVariable, prometheusVariable, TEMPO, tempoVariable } from './variables.ts';

const { serverOperation: SERVER, clientOperation: CLIENT } = METRICS;
const PROCESSES = [`${LABELS.job}=~"$job"`, `${LABELS.instance}=~"$instance"`];
const CHOSEN = [...PROCESSES, `${LABELS.method}=~"$method"`, `${LABELS.tool}=~"$tool"`];
const TOOL_CALLS = [...CHOSEN, `${LABELS.tool}!=""`];
/** Points on the heatmap; each is a trace. */
const EXEMPLARS = 100;
const LIST_TOOLS = 'tools/list';
const NO_METRICS =
  'Widen the time range and set the filters to All. Rates need two exports of a process, a minute apart by default; check with "mcp-sessionscope doctor" that metrics reach the collector.';
const RATES: readonly Step[] = [
  [null, 'text'],
  [0.01, 'orange'],
  [0.05, 'red'],
];

export function operationsDashboard(): Dashboard {
  const { count } = SERVER;
  return dashboard({
    uid: UIDS.operations,
    title: 'MCP Operations',
    description: 'Rate, errors and duration of the requests, by method and by tool.',
    from: 'now-6h',
    refresh: '1m',
    variables: [
      prometheusVariable(),
      tempoVariable(),
      labelVariable('job', 'Job', 'The servers, by service name.', count, LABELS.job),
      labelVariable(
        'instance',
        'Instance',
        'Their processes.',
        select(count, `${LABELS.job}=~"$job"`),
        LABELS.instance,
      ),
      labelVariable(
        'method',
        'Method',
        'The methods of the protocol.',
        select(count, ...PROCESSES),
        LABELS.method,
      ),
      labelVariable(
        'tool',
        'Tool',
        'The tools that were called; All has the other requests too.',
        select(count, ...PROCESSES),
        LABELS.tool,
      ),
      updateIntervalVariable(),
      jaegerVariable(),
    ],
    sections: [
      {
        panels: [
          place(6, 4, requests()),
          place(6, 4, errorShare()),
          place(6, 4, p95()),
          place(6, 4, inFlightNow()),
        ],
      },
      {
        title: 'Rate',
        panels: [
          place(12, 8, rateBy('method', LABELS.method, CHOSEN)),
          place(12, 8, rateBy('tool', LABELS.tool, TOOL_CALLS)),
        ],
      },
      {
        title: 'Errors',
        panels: [
          place(12, 8, errorsBy('method', LABELS.method, CHOSEN)),
          place(12, 8, errorsBy('tool', LABELS.tool, TOOL_CALLS)),
          place(24, 8, errorTypes()),
        ],
      },
      {
        title: 'Duration',
        panels: [
          place(12, 8, quantiles('Duration of requests', CHOSEN, 'requests')),
          place(12, 8, durations()),
          place(12, 8, p95By('method', LABELS.method, CHOSEN)),
          place(12, 8, p95By('tool', LABELS.tool, TOOL_CALLS)),
          place(24, 9, slowestTools()),
        ],
      },
      {
        title: 'Discovery',
        panels: [
          place(
            8,
            9,
            quantiles(
              'Duration of tools/list',
              [...PROCESSES, `${LABELS.method}="${LIST_TOOLS}"`],
              LIST_TOOLS,
            ),
          ),
          place(16, 9, discovery()),
        ],
      },
      {
        title: 'In flight, and what servers ask of clients',
        panels: [place(8, 8, inFlight()), place(8, 8, sent()), place(8, 8, sentDuration())],
      },
    ],
  });
}

function requests() {
  return statPanel({
    title: 'Requests',
    shows: 'Requests and notifications received in the time range.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    decimals: 0,
    targets: [now(sum([], growth(select(SERVER.count, ...CHOSEN))))],
  });
}

function errorShare() {
  return statPanel({
    title: 'Error rate',
    shows:
      'Share of the requests in the time range that failed, the caller’s mistakes included; not what was cancelled.',
    whenEmpty: NO_METRICS,
    unit: 'percentunit',
    decimals: 1,
    steps: [[null, 'green'], ...RATES.slice(1)],
    targets: [
      now(share([], failures(SERVER.count, CHOSEN, growth), growth(select(SERVER.count, ...CHOSEN)))),
    ],
  });
}

function p95() {
  return statPanel({
    title: 'p95 duration',
    shows: 'Of the requests in the time range; estimated within the buckets of the histogram.',
    whenEmpty: NO_METRICS,
    unit: 's',
    targets: [now(quantile(0.95, [], growth(select(SERVER.bucket, ...CHOSEN))))],
  });
}

function inFlightNow() {
  return statPanel({
    title: 'In flight',
    shows: 'Requests that are being handled at the end of the time range.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    targets: [now(sum([], select(METRICS.activeOperations, ...PROCESSES, `${LABELS.method}=~"$method"`)))],
  });
}

function rateBy(what: string, label: string, matchers: readonly string[]) {
  return timePanel({
    title: `Requests by ${what}`,
    shows: `Requests per second, by ${what}.`,
    whenEmpty: NO_METRICS,
    unit: 'reqps',
    stacked: true,
    targets: [series(sum([label], rate(select(SERVER.count, ...matchers))), `{{${label}}}`)],
  });
}

function errorsBy(what: string, label: string, matchers: readonly string[]) {
  const whole = rate(select(SERVER.count, ...matchers));
  return timePanel({
    title: `Error rate by ${what}`,
    shows: `Share of the requests that failed, by ${what}; the caller’s mistakes included.`,
    whenEmpty: NO_METRICS,
    unit: 'percentunit',
    targets: [series(share([label], failures(SERVER.count, matchers, rate), whole), `{{${label}}}`)],
  });
}

function errorTypes() {
  const by = [LABELS.errorType, LABELS.statusCode, LABELS.method, LABELS.tool];
  const failed = select(SERVER.count, ...CHOSEN, `${LABELS.errorType}!=""`);
  const wrong = select(SERVER.count, ...CHOSEN, `${LABELS.errorType}=""`, `${LABELS.statusCode}!=""`);
  return tablePanel({
    title: 'Error types',
    shows:
      'What failed in the time range, the most frequent first. Type is the class of an exception, tool_error where a tool said so itself, a JSON-RPC code, cancelled, or connection_closed; a code without a type is the caller’s doing: an unknown method or tool, wrong parameters.',
    whenEmpty: `Then nothing failed in the time range, if there are requests at all. Else: ${NO_METRICS}`,
    unit: 'short',
    targets: [rows(`${sum(by, `${growth(failed)} or ${growth(wrong)}`)} > 0`)],
    transformations: [sortBy('Value', true)],
    shown: [
      { field: LABELS.errorType, title: 'Type' },
      { field: LABELS.statusCode, title: 'Code' },
      { field: LABELS.method, title: 'Method' },
      { field: LABELS.tool, title: 'Tool' },
      { field: 'Value', title: 'Count', unit: 'short', steps: [[null, 'red']] },
    ],
  });
}

function quantiles(title: string, matchers: readonly string[], what: string) {
  const of = (q: number): string => quantile(q, [], rate(select(SERVER.bucket, ...matchers)));
  return timePanel({
    title,
    shows: `Median, p95 and p99 of ${what}, estimated within the buckets of the histogram.`,
    whenEmpty: NO_METRICS,
    unit: 's',
    targets: [series(of(0.5), 'p50', 'A'), series(of(0.95), 'p95', 'B'), series(of(0.99), 'p99', 'C')],
  });
}

function durations() {
  // All is a regex that a span without a tool does not match.
  const tools = `(\`\${tool:regex}\` = \`.*\` || ${span(semconv.ATTR_GEN_AI_TOOL_NAME)} =~ \`\${tool:regex}\`)`;
  const requests = [
    'kind = server',
    `${span(semconv.ATTR_MCP_METHOD_NAME)} =~ \`\${method:regex}\``,
    `${resource(semconv.ATTR_SERVICE_INSTANCE_ID)} =~ \`\${instance:regex}\``,
    tools,
  ];
  return heatPanel({
    title: 'Durations over time',
    shows:
      'How many requests took how long, counted from their spans: sampled ones only. Points are exemplars, of which each leads to the trace of one request. Not filtered by job.',
    whenEmpty:
      'Tempo answers for at most 24 hours by default, and only where TraceQL metrics are on: shorten the time range. Set the filters to All, and check with "mcp-sessionscope doctor" that spans reach the collector.',
    unit: 's',
    datasource: TEMPO,
    targets: [
      spanMetric(`{ ${requests.join(' && ')} } | histogram_over_time(duration)`).exemplars(EXEMPLARS),
    ],
  });
}

function p95By(what: string, label: string, matchers: readonly string[]) {
  return timePanel({
    title: `p95 duration by ${what}`,
    shows: `The duration that 95 % of the requests stay below, by ${what}.`,
    whenEmpty: NO_METRICS,
    unit: 's',
    targets: [series(quantile(0.95, [label], rate(select(SERVER.bucket, ...matchers))), `{{${label}}}`)],
  });
}

function slowestTools() {
  const by = [LABELS.tool];
  const counted = growth(select(SERVER.count, ...TOOL_CALLS));
  const bucketsOf = growth(select(SERVER.bucket, ...TOOL_CALLS));
  return tablePanel({
    title: 'Slowest tools',
    shows:
      'The tools that were called in the time range, the slowest p95 first, with calls, errors and durations.',
    whenEmpty: `No tool was called. ${NO_METRICS}`,
    unit: 's',
    targets: [
      rows(`${sum(by, counted)} > 0`, 'A'),
      rows(sum(by, failures(SERVER.count, TOOL_CALLS, growth)), 'B'),
      rows(quantile(0.5, by, bucketsOf), 'C'),
      rows(quantile(0.95, by, bucketsOf), 'D'),
      rows(`${sum(by, growth(select(SERVER.sum, ...TOOL_CALLS)))} / (${sum(by, counted)} > 0)`, 'E'),
    ],
    transformations: [joinBy(LABELS.tool), sortBy('Value #D', true)],
    shown: [
      { field: LABELS.tool, title: 'Tool' },
      { field: 'Value #A', title: 'Calls', unit: 'short' },
      {
        field: 'Value #B',
        title: 'Errors',
        unit: 'short',
        empty: '0',
        steps: [
          [null, 'text'],
          [1, 'red'],
        ],
      },
      { field: 'Value #E', title: 'Mean', unit: 's' },
      { field: 'Value #C', title: 'Median', unit: 's' },
      { field: 'Value #D', title: 'p95', unit: 's' },
    ],
  });
}

function discovery() {
  const listed = [
    `${span(semconv.ATTR_MCP_METHOD_NAME)} = "${LIST_TOOLS}"`,
    `${resource(semconv.ATTR_SERVICE_NAME)} != nil`,
  ];
  const fields = [
    span(semconv.ATTR_MCP_TOOLS_COUNT),
    span(semconv.ATTR_MCP_TOOLS_NAMES),
    span(semconv.ATTR_MCP_CLIENT_NAME),
    span(semconv.ATTR_MCP_CLIENT_VERSION),
    span(semconv.ATTR_MCP_CLIENT_SESSION_ID),
    resource(semconv.ATTR_SERVICE_NAME),
  ];
  return tablePanel({
    title: 'What clients discovered',
    shows:
      'Each answer to tools/list, the newest first: to whom, how long it took, and which tools it named. A client whose newest row lacks a tool has not discovered it. Not filtered by job and tool; filter the columns instead.',
    whenEmpty:
      'No client asked for tools in the time range: widen it. A client may keep its list for days; then it asks again when it reconnects, or after a tools/list_changed notification.',
    unit: 'none',
    datasource: TEMPO,
    targets: [spanSearch(search(listed, fields))],
    transformations: [toNumbers([semconv.ATTR_MCP_TOOLS_COUNT]), sortBy('Start time', true)],
    shown: [
      { field: 'Start time', title: 'Time', unit: 'dateTimeAsIso', width: 170 },
      { field: semconv.ATTR_SERVICE_NAME, title: 'Server', width: 130 },
      { field: semconv.ATTR_MCP_CLIENT_NAME, title: 'Client', width: 150 },
      { field: semconv.ATTR_MCP_CLIENT_VERSION, title: 'Version', width: 80 },
      { field: 'Duration', title: 'Latency', unit: 'ns', width: 90 },
      { field: semconv.ATTR_MCP_TOOLS_COUNT, title: 'Count', unit: 'none', width: 70 },
      { field: semconv.ATTR_MCP_TOOLS_NAMES, title: 'Tools' },
      {
        field: semconv.ATTR_MCP_CLIENT_SESSION_ID,
        title: 'Session',
        width: 160,
        links: [toSession('${__value.raw}', ['tempo', 'prometheus', UPDATE_INTERVAL, 'jaeger_url'])],
      },
    ],
  });
}

function inFlight() {
  const open = select(METRICS.activeOperations, ...PROCESSES, `${LABELS.method}=~"$method"`);
  return timePanel({
    title: 'In flight by method',
    shows: 'Requests that are being handled, by method. A line that only rises is a handler that hangs.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    stacked: true,
    targets: [series(sum([LABELS.method], open), `{{${LABELS.method}}}`)],
  });
}

function sent() {
  return timePanel({
    title: 'Requests to clients by method',
    shows: 'What the servers send: sampling, elicitation, roots, and notifications; per second.',
    whenEmpty: `Servers may send nothing. ${NO_METRICS}`,
    unit: 'reqps',
    stacked: true,
    targets: [series(sum([LABELS.method], rate(clientSeries(CLIENT, 'count'))), `{{${LABELS.method}}}`)],
  });
}

function sentDuration() {
  return timePanel({
    title: 'p95 duration of requests to clients',
    shows: 'How long clients take to answer what servers ask of them, by method; people answer elicitation.',
    whenEmpty: `Servers may send nothing. ${NO_METRICS}`,
    unit: 's',
    targets: [
      series(quantile(0.95, [LABELS.method], rate(clientSeries(CLIENT, 'bucket'))), `{{${LABELS.method}}}`),
    ],
  });
}

function clientSeries(metric: HistogramNames, kind: keyof HistogramNames): string {
  return select(metric[kind], ...PROCESSES, `${LABELS.method}=~"$method"`);
}
