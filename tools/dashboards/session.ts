import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as semconv from '../../src/sdk/signals/semconv.ts';
import {
  CALLS,
  ERRORS,
  eventColumns,
  JAEGER_COLUMN,
  SESSION_STATUS,
  STARTED,
  traceColumn,
} from './columns.ts';
import { type Form, only, spansOf } from './form.ts';
import { dashboard, place } from './layout.ts';
import { toJaegerSearch, toJaegerTrace, toProcess, UIDS } from './links.ts';
import { spanSearch, sqlRows } from './queries.ts';
import { updateIntervalVariable } from './session-status.ts';
import * as events from './sql/events.ts';
import { JOINED } from './sql/joining.ts';
import { HAS_ID, PARTS_OF_KEY, ROWS_OF_KEY } from './sql/one-session.ts';
import { selectColumns } from './sql/select.ts';
import { SESSION_COLUMNS } from './sql/sessions.ts';
import { type Column, tablePanel, withFields } from './tables.ts';
import { EVENT_FIELDS, EVENT_FIELDS_SHOWN, eventRows } from './tempo/event-rows.ts';
import { sessionRows as rowsOfTempo, SESSION_FIELDS, sessionSpans } from './tempo/session-rows.ts';
import { literal, search, span } from './tempo/traceql.ts';
import { groupBy, sortBy } from './transformations.ts';
import { jaegerVariable, prometheusVariable, spansVariable, textVariable } from './variables.ts';

const OF_SESSION = `${span(semconv.ATTR_MCP_CLIENT_SESSION_ID)} = ${literal('session')}`;
const NOT_FOUND =
  'Check that the session id is whole, and that the time range covers the session; the table of MCP Sessions links here with both.';

const ERRORS_SHOWN: Readonly<Record<Form, string>> = {
  clickhouse:
    'The requests that failed, alone, each once: what failed inside of a request stands among the events. Tool errors, JSON-RPC errors, those that are the caller’s doing too, and what was never answered; not what was cancelled, or asks the user to open a URL.',
  tempo:
    'The events that failed, alone: tool errors, JSON-RPC errors, those that are the caller’s doing too, and what was cancelled or cut off. What failed inside of a request has a row of its own, and so has an answer that asks the user to open a URL.',
};

export function sessionDashboard(form: Form): Dashboard {
  return dashboard({
    uid: UIDS.session,
    title: 'MCP Session',
    description: 'One client session: its facts, every event in order, its errors, and links to its traces.',
    from: 'now-6h',
    refresh: '',
    variables: [
      spansVariable(form),
      prometheusVariable(),
      textVariable(
        'session',
        'Session id',
        'The whole session id, or with ClickHouse that of one of its parts. MCP Sessions links here with it.',
      ),
      updateIntervalVariable(),
      jaegerVariable(),
    ],
    sections: [
      { panels: [place(24, 4, facts(form)), place(24, 14, eventTable(form))] },
      { panels: [place(14, 9, errorTable(form)), place(10, 9, latencyByTool(form))] },
    ],
  });
}

function facts(form: Form) {
  const shown = factColumns(form);
  return tablePanel({
    title: 'Session',
    shows: `What the newest spans of the session say. The trace leads to its timeline in Grafana; where the dashboard knows of a Jaeger, another column leads to that trace there, and to a search for all spans with the id of the session. A session of more than 1,000 requests or an hour has several traces; the newest stands here. ${JOINED[form]}`,
    whenEmpty: NOT_FOUND,
    unit: 'none',
    datasource: spansOf(form),
    ...(form === 'tempo'
      ? {
          targets: [spanSearch(sessionSpans([OF_SESSION]))],
          transformations: rowsOfTempo(),
          shown: withFields(shown, SESSION_FIELDS),
        }
      : {
          targets: [
            sqlRows(
              `${ROWS_OF_KEY}\n${selectColumns(shown, SESSION_COLUMNS)}\nFROM sessions\nWHERE ${HAS_ID}`,
            ),
          ],
          shown,
        }),
  });
}

function factColumns(form: Form): readonly Column[] {
  return [
    { title: 'Session' },
    SESSION_STATUS,
    { title: 'End reason' },
    { title: 'Client' },
    { title: 'Version' },
    STARTED,
    { title: 'Duration', unit: 'ms' },
    CALLS,
    ERRORS,
    { title: 'Tools' },
    { title: 'Source' },
    ...only(form, [{ title: 'Conversation' }, { title: 'Protocol session' }, { title: 'Other ids' }]),
    { title: 'Transport' },
    { title: 'Protocol' },
    { title: 'Address' },
    { title: 'Service' },
    { title: 'Process', links: [toProcess('${__value.raw}', form)] },
    traceColumn(form),
    {
      ...JAEGER_COLUMN,
      links: [
        toJaegerTrace('${__value.raw}'),
        toJaegerSearch('${__data.fields.Session}', '${__data.fields.Service}'),
      ],
    },
  ];
}

function eventTable(form: Form) {
  return tablePanel({
    title: 'Events',
    shows:
      'Everything that happened in the session, in the order of time: its start, each request and notification in both directions, the spans of the server’s own, its end. Latency runs from the receipt of a request to its response. Interim reports are left out. An answer that asks the user to open a URL is no error. Each trace leads to its timeline.',
    whenEmpty: NOT_FOUND,
    unit: 'none',
    datasource: spansOf(form),
    ...eventsWhere(form, {
      tempo: `name != "${semconv.SPAN_SESSION_UPDATE}"`,
      clickhouse: [...events.OF_SESSION, events.NO_UPDATES],
    }),
  });
}

function errorTable(form: Form) {
  const failed = [
    'status = error',
    `${span(semconv.ATTR_ERROR_TYPE)} != nil`,
    `${span(semconv.ATTR_RPC_RESPONSE_STATUS_CODE)} != nil`,
  ];
  return tablePanel({
    title: 'Errors',
    shows: ERRORS_SHOWN[form],
    whenEmpty:
      'Then nothing failed in this session, if the events above are there. Else: see the panel of events.',
    unit: 'none',
    datasource: spansOf(form),
    ...eventsWhere(form, { tempo: `(${failed.join(' || ')})`, clickhouse: events.FAILURES_OF_SESSION }),
  });
}

/** Events of the session that meet the conditions. */
function eventsWhere(
  form: Form,
  conditions: { readonly tempo: string; readonly clickhouse: readonly string[] },
) {
  const shown = eventColumns(form);
  if (form === 'tempo') {
    return {
      targets: [spanSearch(search([OF_SESSION, conditions.tempo], EVENT_FIELDS))],
      transformations: eventRows(),
      shown: withFields(shown, EVENT_FIELDS_SHOWN),
    };
  }
  const from = events.eventsOf(conditions.clickhouse);
  const sql = `${PARTS_OF_KEY}\n${selectColumns(shown, events.EVENT_EXPRESSIONS)}\n${from}`;
  return { targets: [sqlRows(sql)], shown };
}

function latencyByTool(form: Form) {
  const tool = semconv.ATTR_GEN_AI_TOOL_NAME;
  const shown: readonly Column[] = [
    { title: 'Tool' },
    { title: 'Calls', unit: 'none' },
    { title: 'Median', unit: 'ns' },
    { title: 'p95', unit: 'ns' },
    { title: 'Slowest', unit: 'ns' },
  ];
  const fields = {
    Tool: tool,
    Calls: 'Span ID (count)',
    Median: 'Duration (median)',
    p95: 'Duration (p95)',
    Slowest: 'Duration (max)',
  };
  return tablePanel({
    title: 'Latency by tool',
    shows: 'How long the calls of each tool took in this session, the slowest first.',
    whenEmpty: `The session called no tool, or it is not found. ${NOT_FOUND}`,
    unit: 'ns',
    datasource: spansOf(form),
    ...(form === 'tempo'
      ? {
          targets: [spanSearch(search([OF_SESSION, `${span(tool)} != nil`], [span(tool)]))],
          transformations: [
            groupBy([tool], { 'Span ID': ['count'], Duration: ['median', 'p95', 'max'] }),
            sortBy('Duration (max)', true),
          ],
          shown: withFields(shown, fields),
        }
      : {
          targets: [
            sqlRows(
              `${PARTS_OF_KEY}\n${selectColumns(shown, events.LATENCY_EXPRESSIONS)}\n${events.LATENCIES_OF_SESSION}`,
            ),
          ],
          shown,
        }),
  });
}
