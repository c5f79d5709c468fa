import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as semconv from '../../src/sdk/signals/semconv.ts';
import { EVENT_COLUMNS, EVENT_FIELDS, eventRows } from './event-rows.ts';
import { dashboard, place } from './layout.ts';
import { toJaegerSearch, toJaegerTrace, toProcess, toTempoTrace, UIDS } from './links.ts';
import { spanSearch } from './queries.ts';
import { ROW, sessionRows, sessionSpans } from './session-rows.ts';
import { STATUS_VALUES, updateIntervalVariable } from './session-status.ts';
import { type Column, tablePanel } from './tables.ts';
import { literal, search, span } from './traceql.ts';
import { groupBy, sortBy } from './transformations.ts';
import { jaegerVariable, prometheusVariable, TEMPO, tempoVariable, textVariable } from './variables.ts';

const OF_SESSION = `${span(semconv.ATTR_MCP_CLIENT_SESSION_ID)} = ${literal('session')}`;
const NOT_FOUND =
  'Check that the session id is whole, and that the time range covers the session; the table of MCP Sessions links here with both.';

const FACTS: readonly Column[] = [
  {
    field: ROW.session,
    title: 'Session',
    links: [toJaegerSearch('${__value.raw}', '${__data.fields.Service}')],
  },
  { field: ROW.status, title: 'Status', unit: 'none', values: STATUS_VALUES },
  { field: ROW.endReason, title: 'End reason' },
  { field: ROW.client, title: 'Client' },
  { field: ROW.version, title: 'Version' },
  { field: ROW.started, title: 'Started', unit: 'dateTimeAsIso' },
  { field: ROW.duration, title: 'Duration', unit: 'ms' },
  { field: ROW.calls, title: 'Calls', unit: 'none', empty: '0' },
  {
    field: ROW.errors,
    title: 'Errors',
    unit: 'none',
    empty: '0',
    steps: [
      [null, 'text'],
      [1, 'red'],
    ],
  },
  { field: ROW.tools, title: 'Tools' },
  { field: ROW.source, title: 'Source' },
  { field: ROW.transport, title: 'Transport' },
  { field: ROW.protocol, title: 'Protocol' },
  { field: ROW.address, title: 'Address' },
  { field: ROW.service, title: 'Service' },
  { field: ROW.process, title: 'Process', links: [toProcess('${__value.raw}')] },
  {
    field: ROW.trace,
    title: 'Trace',
    links: [toTempoTrace('${__value.raw}'), toJaegerTrace('${__value.raw}')],
  },
];

export function sessionDashboard(): Dashboard {
  return dashboard({
    uid: UIDS.session,
    title: 'MCP Session',
    description: 'One client session: its facts, every event in order, its errors, and links to its traces.',
    from: 'now-6h',
    refresh: '',
    variables: [
      tempoVariable(),
      prometheusVariable(),
      textVariable('session', 'Session id', 'The whole session id. MCP Sessions links here with it.'),
      updateIntervalVariable(),
      jaegerVariable(),
    ],
    sections: [
      { panels: [place(24, 4, facts()), place(24, 14, events())] },
      { panels: [place(14, 9, errors()), place(10, 9, latencyByTool())] },
    ],
  });
}

function facts() {
  return tablePanel({
    title: 'Session',
    shows:
      'What the newest span of the session says. The session id links to a search in Jaeger for all of its spans; the trace to its timeline in Tempo and in Jaeger. A session of more than 1,000 requests or an hour has several traces; the newest stands here.',
    whenEmpty: NOT_FOUND,
    unit: 'none',
    datasource: TEMPO,
    targets: [spanSearch(sessionSpans([OF_SESSION]))],
    transformations: sessionRows(),
    shown: FACTS,
  });
}

function events() {
  return tablePanel({
    title: 'Events',
    shows:
      'Everything that happened in the session, in the order of time: its start, each request and notification in both directions, the spans of the server’s own, its end. Latency runs from the receipt of a request to its response. Interim reports are left out. Each trace links to Tempo and Jaeger.',
    whenEmpty: NOT_FOUND,
    unit: 'none',
    datasource: TEMPO,
    targets: [spanSearch(search([OF_SESSION, `name != "${semconv.SPAN_SESSION_UPDATE}"`], EVENT_FIELDS))],
    transformations: eventRows(),
    shown: EVENT_COLUMNS,
  });
}

function errors() {
  const failed = [
    'status = error',
    `${span(semconv.ATTR_ERROR_TYPE)} != nil`,
    `${span(semconv.ATTR_RPC_RESPONSE_STATUS_CODE)} != nil`,
  ];
  return tablePanel({
    title: 'Errors',
    shows:
      'The events that failed, alone: tool errors, JSON-RPC errors, those that are the caller’s doing too, and what was cancelled or cut off.',
    whenEmpty:
      'Then nothing failed in this session, if the events above are there. Else: see the panel of events.',
    unit: 'none',
    datasource: TEMPO,
    targets: [spanSearch(search([OF_SESSION, `(${failed.join(' || ')})`], EVENT_FIELDS))],
    transformations: eventRows(),
    shown: EVENT_COLUMNS,
  });
}

function latencyByTool() {
  const tool = semconv.ATTR_GEN_AI_TOOL_NAME;
  return tablePanel({
    title: 'Latency by tool',
    shows: 'How long the calls of each tool took in this session, the slowest first.',
    whenEmpty: `The session called no tool, or it is not found. ${NOT_FOUND}`,
    unit: 'ns',
    datasource: TEMPO,
    targets: [spanSearch(search([OF_SESSION, `${span(tool)} != nil`], [span(tool)]))],
    transformations: [
      groupBy([tool], { 'Span ID': ['count'], Duration: ['median', 'p95', 'max'] }),
      sortBy('Duration (max)', true),
    ],
    shown: [
      { field: tool, title: 'Tool' },
      { field: 'Span ID (count)', title: 'Calls', unit: 'none' },
      { field: 'Duration (median)', title: 'Median', unit: 'ns' },
      { field: 'Duration (p95)', title: 'p95', unit: 'ns' },
      { field: 'Duration (max)', title: 'Slowest', unit: 'ns' },
    ],
  });
}
