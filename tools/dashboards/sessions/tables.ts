import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { CALLS, ERRORS, SESSION_STATUS, STARTED, sessionColumn } from '../columns.ts';
import { type Form, only, spansOf } from '../form.ts';
import { SHARE_STEPS } from '../operations/selection.ts';
import { spanSearch, sqlRows } from '../queries.ts';
import { STATUS } from '../session-status.ts';
import { JOINED } from '../sql/joining.ts';
import { all, contains, isChosen, oneContains, oneContainsExactly, text } from '../sql/parts.ts';
import { selectColumns } from '../sql/select.ts';
import { SESSION_COLUMNS, sessionRows } from '../sql/sessions.ts';
import { type Column, tablePanel, withFields } from '../tables.ts';
import { sessionRows as rowsOfTempo, SESSION_FIELDS, sessionSpans } from '../tempo/session-rows.ts';
import { contains as containsInTempo, span } from '../tempo/traceql.ts';
import { keepMatching } from '../transformations.ts';
import { noSpans, SERVICE_SPANS } from './selection.ts';

const MOST_SESSIONS = 1_000;

const COUNTS =
  'Duration and counts are as of the newest report, at most five intervals old. Source says where the id comes from; inferred ones are a guess; a conversation is what the client named.';
const ERRORS_ARE =
  'Errors are requests that were answered with an error, the caller’s doing or not, or never; an answer that asks the user to open a URL is none.';
const SHOWS: Readonly<Record<Form, string>> = {
  tempo: `${COUNTS} Errors are requests that were answered with an error, the caller’s doing or not. ${JOINED.tempo}`,
  clickhouse: `${COUNTS} A session that several processes served counts what they count together. ${JOINED.clickhouse} ${ERRORS_ARE}`,
};

export function sessionTable(form: Form) {
  const shown: readonly Column[] = [
    sessionColumn(form, 320),
    { title: 'Client', width: 180 },
    { title: 'Version', width: 90 },
    STARTED,
    { title: 'Duration', unit: 'ms', width: 100 },
    CALLS,
    ERRORS,
    SESSION_STATUS,
    { title: 'Tools' },
    { title: 'Source', width: 110 },
    ...only(form, [{ title: 'Conversation', width: 160 }]),
  ];
  return tablePanel({
    title: 'Sessions',
    shows: `One row for each client session, the newest start first; at most 1,000. A click on the session shows every event of it. Active: not ended. Ended: the connection closed, or nothing came for the idle timeout. Lost: not ended, and nothing heard for ten update intervals before the end of the time range. ${SHOWS[form]}`,
    whenEmpty: noSpans(form),
    unit: 'none',
    datasource: spansOf(form),
    ...(form === 'tempo' ? fromTempo(shown) : fromClickHouse(shown)),
  });
}

export function sessionsByErrors() {
  const shown: readonly Column[] = [
    sessionColumn('clickhouse', 320),
    { title: 'Client' },
    { title: 'Version', width: 100 },
    { title: 'Server' },
    CALLS,
    ERRORS,
    { title: 'Error rate', unit: 'percentunit', width: 100, steps: SHARE_STEPS },
  ];
  const columns = { ...SESSION_COLUMNS, Server: 'service', 'Error rate': 'errors / nullIf(calls, 0)' };
  return tablePanel({
    title: 'Sessions by errors',
    shows: `The sessions in which a request failed, those with the most failures first, with the filters of the table above. ${ERRORS_ARE}`,
    whenEmpty: `Then nothing failed, if the table above has sessions. Else: ${noSpans('clickhouse')}`,
    unit: 'none',
    datasource: spansOf('clickhouse'),
    targets: [
      sqlRows(`${rowsOfServices()}
${selectColumns(shown, columns)}
FROM sessions
WHERE ${all(['errors > 0', ...FILTERS])}
ORDER BY errors DESC, begun DESC, ids
LIMIT ${MOST_SESSIONS}`),
    ],
    shown,
  });
}

/** The text box finds a session by the id of any of its parts, of its conversation, or of the protocol. */
const HAS_ID_LIKE = oneContainsExactly('arrayConcat(ids, names)', 'session');

/** The text boxes and the choice of a status. All is a range of the numbers that stand for them. */
const FILTERS: readonly string[] = [
  HAS_ID_LIKE,
  contains('client', 'client'),
  oneContains('tools', 'tool'),
  `${text('status')} IN (toString(status), '[${STATUS.ended}-${STATUS.lost}]')`,
];

function fromClickHouse(shown: readonly Column[]) {
  const sql = `${rowsOfServices()}
${selectColumns(shown, SESSION_COLUMNS)}
FROM sessions
WHERE ${all(FILTERS)}
ORDER BY begun DESC, ids
LIMIT ${MOST_SESSIONS}`;
  return { targets: [sqlRows(sql)], shown };
}

function rowsOfServices(): string {
  return sessionRows([isChosen('ServiceName', 'service')]);
}

function fromTempo(shown: readonly Column[]) {
  const query = sessionSpans([
    SERVICE_SPANS,
    `${span(semconv.ATTR_MCP_CLIENT_SESSION_ID)} =~ \`.*\${session:regex}.*\``,
    containsInTempo(semconv.ATTR_MCP_CLIENT_NAME, 'client'),
    // Their text, not their list: beside an alternative, Tempo looks at one element of an array.
    containsInTempo(semconv.ATTR_MCP_CLIENT_SESSION_TOOLS, 'tool'),
  ]);
  return {
    targets: [spanSearch(query)],
    transformations: [...rowsOfTempo(), keepMatching(SESSION_FIELDS.Status, '^${status}$')],
    shown: withFields(shown, SESSION_FIELDS),
  };
}
