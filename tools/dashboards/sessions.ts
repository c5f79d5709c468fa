import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as semconv from '../../src/sdk/signals/semconv.ts';
import { dashboard, place, type Section } from './layout.ts';
import { toSession, UIDS } from './links.ts';
import { LABELS, METRICS } from './names.ts';
import { barPanel, type Step, statPanel, timePanel } from './panels.ts';
import { failures, growth, quantile, select, share, sum } from './promql.ts';
import { now, spanMetric, spanSearch } from './queries.ts';
import { ROW, sessionRows, sessionSpans } from './session-rows.ts';
import { STATUS, STATUS_VALUES, UPDATE_INTERVAL, updateIntervalVariable } from './session-status.ts';
import { type Column, tablePanel } from './tables.ts';
import { contains, resource, span } from './traceql.ts';
import { keepMatching } from './transformations.ts';
import {
  attributeVariable,
  choiceVariable,
  jaegerVariable,
  prometheusVariable,
  TEMPO,
  tempoVariable,
  textVariable,
} from './variables.ts';

/** A job in Prometheus is the service, behind its namespace where it has one. */
const OF_SERVICE = `${LABELS.job}=~"(.+/)?$service"`;
const SERVICE_SPANS = `${resource(semconv.ATTR_SERVICE_NAME)} =~ \`\${service:regex}\``;
const NO_METRICS =
  'Metrics arrive once a minute by default. Check the time range, the service, that enableMetrics is on, and with "mcp-sessionscope doctor" that metrics reach the collector.';
const STARTS = `{ name = "${semconv.SPAN_SESSION_START}" && ${SERVICE_SPANS} }`;
const NO_SPANS =
  'Widen the time range and clear the filters. Sessions show as soon as a client sent its first request; check with "mcp-sessionscope doctor" that spans reach the collector and Tempo.';
const ERRORS: readonly Step[] = [
  [null, 'text'],
  [1, 'red'],
];
const SHOWN: readonly Column[] = [
  {
    field: ROW.session,
    title: 'Session',
    width: 320,
    links: [toSession('${__value.raw}', ['tempo', 'prometheus', UPDATE_INTERVAL, 'jaeger_url'])],
  },
  { field: ROW.client, title: 'Client', width: 180 },
  { field: ROW.version, title: 'Version', width: 90 },
  { field: ROW.started, title: 'Started', unit: 'dateTimeAsIso', width: 170 },
  { field: ROW.duration, title: 'Duration', unit: 'ms', width: 100 },
  { field: ROW.calls, title: 'Calls', unit: 'none', width: 80, empty: '0' },
  { field: ROW.errors, title: 'Errors', unit: 'none', width: 80, empty: '0', steps: ERRORS },
  { field: ROW.status, title: 'Status', unit: 'none', width: 90, values: STATUS_VALUES },
  { field: ROW.tools, title: 'Tools' },
  { field: ROW.source, title: 'Source', width: 110 },
];

export function sessionsDashboard(): Dashboard {
  return dashboard({
    uid: UIDS.sessions,
    title: 'MCP Sessions',
    description:
      'Every client session of the MCP servers: who, since when, how many calls and errors, which tools.',
    from: 'now-6h',
    refresh: '1m',
    variables: [
      tempoVariable(),
      prometheusVariable(),
      attributeVariable(
        'service',
        'Service',
        'The servers whose sessions are shown.',
        semconv.ATTR_SERVICE_NAME,
      ),
      textVariable('session', 'Session id', 'A part of the session id.'),
      textVariable('client', 'Client', "A part of the client's name."),
      textVariable('tool', 'Tool', 'A part of the name of a tool that the session called.'),
      choiceVariable('status', 'Status', 'Sessions of this status only.', {
        All: `[${STATUS.ended}-${STATUS.lost}]`,
        active: String(STATUS.active),
        ended: String(STATUS.ended),
        lost: String(STATUS.lost),
      }),
      updateIntervalVariable(),
      jaegerVariable(),
    ],
    sections: sections(),
  });
}

function sections(): Section[] {
  return [
    {
      panels: [
        place(4, 4, active()),
        place(4, 4, started()),
        place(4, 4, duration('Median session duration', 0.5)),
        place(4, 4, duration('p95 session duration', 0.95)),
        place(4, 4, calls()),
        place(4, 4, errorRate()),
        place(16, 7, startsOverTime()),
        place(8, 7, byClient()),
      ],
    },
    { panels: [place(24, 18, sessionTable())] },
  ];
}

function active() {
  return statPanel({
    title: 'Active sessions',
    shows: 'Client sessions that are open at the end of the time range, as the servers count them.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    targets: [now(sum([], select(METRICS.activeSessions, OF_SERVICE)))],
  });
}

function started() {
  return statPanel({
    title: 'Sessions started',
    shows:
      'Client sessions that started in the time range, counted from their start spans: sampled ones only.',
    whenEmpty: `${NO_SPANS} Tempo answers for at most 24 hours by default.`,
    unit: 'short',
    datasource: TEMPO,
    calc: 'sum',
    targets: [spanMetric(`${STARTS} | count_over_time()`)],
  });
}

function startsOverTime() {
  return timePanel({
    title: 'Sessions started over time',
    shows: 'Client sessions that started, by server, per step of the graph. Counted from start spans.',
    whenEmpty: `${NO_SPANS} Tempo answers for at most 24 hours by default.`,
    unit: 'short',
    stacked: true,
    datasource: TEMPO,
    targets: [spanMetric(`${STARTS} | count_over_time() by (${resource(semconv.ATTR_SERVICE_NAME)})`)],
  });
}

function duration(title: string, q: number) {
  const ended = select(METRICS.clientSession.bucket, OF_SERVICE);
  return statPanel({
    title,
    shows:
      'Of the client sessions that ended in the time range; estimated within the buckets of the histogram.',
    whenEmpty: `No session ended in the time range, which is normal for long ones; the table has those that are active. ${NO_METRICS}`,
    unit: 's',
    targets: [now(quantile(q, [], growth(ended)))],
  });
}

function calls() {
  return statPanel({
    title: 'Requests',
    shows: 'Requests and notifications that the servers received in the time range.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    decimals: 0,
    targets: [now(sum([], growth(select(METRICS.serverOperation.count, OF_SERVICE))))],
  });
}

function errorRate() {
  const { count } = METRICS.serverOperation;
  const part = failures(count, [OF_SERVICE], growth);
  return statPanel({
    title: 'Error rate',
    shows:
      'Share of the requests that failed, in the time range: tool errors and JSON-RPC errors, those that are the caller’s doing included; not what the client cancelled.',
    whenEmpty: NO_METRICS,
    unit: 'percentunit',
    decimals: 1,
    steps: [
      [null, 'green'],
      [0.01, 'orange'],
      [0.05, 'red'],
    ],
    targets: [now(share([], part, growth(select(count, OF_SERVICE))))],
  });
}

function byClient() {
  const ended = growth(select(METRICS.clientSession.count, OF_SERVICE));
  const open = select(METRICS.activeSessions, OF_SERVICE);
  return barPanel({
    title: 'Sessions by client',
    shows:
      'Client sessions that ended in the time range or are open at its end, by the name that the client gave.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    targets: [
      now(`sort_desc(${sum([LABELS.clientName], `${ended} or ${open}`)} > 0)`, `{{${LABELS.clientName}}}`),
    ],
  });
}

function sessionTable() {
  const query = sessionSpans([
    SERVICE_SPANS,
    `${span(semconv.ATTR_MCP_CLIENT_SESSION_ID)} =~ \`.*\${session:regex}.*\``,
    contains(semconv.ATTR_MCP_CLIENT_NAME, 'client'),
    // Their text, not their list: beside an alternative, Tempo looks at one element of an array.
    contains(semconv.ATTR_MCP_CLIENT_SESSION_TOOLS, 'tool'),
  ]);
  return tablePanel({
    title: 'Sessions',
    shows:
      'One row for each client session, the newest start first; at most 1,000. A click on the session shows every event of it. Active: not ended. Ended: the connection closed, or nothing came for the idle timeout. Lost: not ended, and nothing heard for ten update intervals before the end of the time range. Duration and counts are as of the newest report, at most five intervals old. Source says where the id comes from; inferred ones are a guess.',
    whenEmpty: NO_SPANS,
    unit: 'none',
    datasource: TEMPO,
    targets: [spanSearch(query)],
    transformations: [...sessionRows(), keepMatching(ROW.status, '^${status}$')],
    shown: SHOWN,
  });
}
