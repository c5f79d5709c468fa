import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { type Form, spansOf } from '../form.ts';
import { heatPanel } from '../panels.ts';
import { spanMetric, sqlSeries } from '../queries.ts';
import { CHOSEN_REQUESTS } from '../sql/calls.ts';
import { type Named, perStep } from '../sql/steps.ts';
import { resource, span } from '../tempo/traceql.ts';

/** Points on the heatmap; each is a trace. */
const EXEMPLARS = 100;
/** What only servers send. */
const TO_CLIENTS = ['sampling/createMessage', 'elicitation/create', 'roots/list'];
const NS_PER_S = 1_000_000_000;

const SHOWS = 'How many requests took how long, counted from their spans: sampled ones only.';
const WHEN_EMPTY =
  'Set the filters to All, and check with "mcp-sessionscope doctor" that spans reach the collector.';

export function durations(form: Form) {
  return heatPanel({
    title: 'Durations over time',
    unit: 's',
    datasource: spansOf(form),
    ...(form === 'tempo'
      ? {
          shows: `${SHOWS} Points are exemplars, of which each leads to the trace of one request. Not filtered by job.`,
          whenEmpty: `Tempo answers for at most 24 hours by default, and only where TraceQL metrics are on: shorten the time range. ${WHEN_EMPTY}`,
          targets: [spanMetric(`{ ${requests()} } | histogram_over_time(duration)`).exemplars(EXEMPLARS)],
        }
      : {
          shows: `${SHOWS} Slowest calls has the traces.`,
          whenEmpty: `Widen the time range. ${WHEN_EMPTY}`,
          targets: [sqlSeries(byBucket())],
        }),
  });
}

function requests(): string {
  // All is a regex that a span without a tool does not match; and two constants alone are no condition for a metric.
  const isRequest = `${span(semconv.ATTR_MCP_METHOD_NAME)} != nil`;
  return [
    'kind = server',
    // What instrumented clients receive. That a span lacks an attribute is no condition that Tempo 2.8 knows.
    `${span(semconv.ATTR_MCP_METHOD_NAME)} !~ \`${TO_CLIENTS.join('|')}\``,
    `${span(semconv.ATTR_MCP_METHOD_NAME)} =~ \`\${method:regex}\``,
    `${resource(semconv.ATTR_SERVICE_INSTANCE_ID)} =~ \`\${instance:regex}\``,
    `((${isRequest} && \`\${tool:regex}\` = \`.*\`) || ${span(semconv.ATTR_GEN_AI_TOOL_NAME)} =~ \`\${tool:regex}\`)`,
  ].join(' && ');
}

/** A column for each bucket, named by its upper bound in seconds: those of the metric's histogram. */
function byBucket(): string {
  const bounds = [0, ...semconv.DURATION_BUCKETS.map((seconds) => seconds * NS_PER_S)];
  const buckets = bounds.map((from, i): Named => {
    const to = bounds[i + 1];
    const name = to === undefined ? '+Inf' : String(to / NS_PER_S);
    const least = i === 0 ? [] : [`Duration > ${from}`];
    const most = to === undefined ? [] : [`Duration <= ${to}`];
    return [name, `uniqExactIf(SpanId, ${[...least, ...most].join(' AND ')})`];
  });
  return perStep({ values: buckets, conditions: CHOSEN_REQUESTS });
}
