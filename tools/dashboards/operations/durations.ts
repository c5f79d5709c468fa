import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { LABELS } from '../names.ts';
import { heatPanel, timePanel } from '../panels.ts';
import { failures, growth, quantile, rate, select, sum } from '../promql.ts';
import { rows, series, spanMetric } from '../queries.ts';
import { tablePanel } from '../tables.ts';
import { resource, span } from '../traceql.ts';
import { joinBy, sortBy } from '../transformations.ts';
import { TEMPO } from '../variables.ts';
import { NO_METRICS, SERVER, TOOL_CALLS } from './selection.ts';

/** Points on the heatmap; each is a trace. */
const EXEMPLARS = 100;

export function quantiles(title: string, matchers: readonly string[], what: string) {
  const of = (q: number): string => quantile(q, [], rate(select(SERVER.bucket, ...matchers)));
  return timePanel({
    title,
    shows: `Median, p95 and p99 of ${what}, estimated within the buckets of the histogram.`,
    whenEmpty: NO_METRICS,
    unit: 's',
    targets: [series(of(0.5), 'p50', 'A'), series(of(0.95), 'p95', 'B'), series(of(0.99), 'p99', 'C')],
  });
}

export function durations() {
  // All is a regex that a span without a tool does not match; and two constants alone are no condition for a metric.
  const isRequest = `${span(semconv.ATTR_MCP_METHOD_NAME)} != nil`;
  const tools = `((${isRequest} && \`\${tool:regex}\` = \`.*\`) || ${span(semconv.ATTR_GEN_AI_TOOL_NAME)} =~ \`\${tool:regex}\`)`;
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

export function p95By(what: string, label: string, matchers: readonly string[]) {
  return timePanel({
    title: `p95 duration by ${what}`,
    shows: `The duration that 95 % of the requests stay below, by ${what}.`,
    whenEmpty: NO_METRICS,
    unit: 's',
    targets: [series(quantile(0.95, [label], rate(select(SERVER.bucket, ...matchers))), `{{${label}}}`)],
  });
}

export function slowestTools() {
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
