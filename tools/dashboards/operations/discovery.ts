import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { LATENCY, sessionColumn, TIME } from '../columns.ts';
import { type Form, only, spansOf } from '../form.ts';
import { spanSearch, sqlRows } from '../queries.ts';
import { CLIENT, LISTED, LISTED_MORE, LISTED_NAMES, SESSION, VERSION } from '../sql/calls.ts';
import { joinNames } from '../sql/names.ts';
import { all, attribute, present, SPANS } from '../sql/parts.ts';
import { selectColumns } from '../sql/select.ts';
import { type Column, tablePanel, withFields } from '../tables.ts';
import { resource, search, span } from '../tempo/traceql.ts';
import { sortBy, toNumbers } from '../transformations.ts';
import { LIST_TOOLS } from './selection.ts';

const MOST_ANSWERS = 1_000;

export const NEVER_ASKED =
  'No client asked for tools in the time range: widen it. A client may keep its list for days; then it asks again when it reconnects, or after a tools/list_changed notification.';

const FIELDS = {
  Time: 'Start time',
  Server: semconv.ATTR_SERVICE_NAME,
  Client: semconv.ATTR_MCP_CLIENT_NAME,
  Version: semconv.ATTR_MCP_CLIENT_VERSION,
  Latency: 'Duration',
  Count: semconv.ATTR_MCP_TOOLS_COUNT,
  Tools: semconv.ATTR_MCP_TOOLS_NAMES,
  Session: semconv.ATTR_MCP_CLIENT_SESSION_ID,
} as const;

const EXPRESSIONS = {
  Time: 'Timestamp',
  Server: 'ServiceName',
  Client: present(CLIENT),
  Version: present(VERSION),
  Latency: 'Duration',
  Count: `toUInt32OrNull(${attribute(semconv.ATTR_MCP_TOOLS_COUNT)})`,
  Size: `toUInt32OrNull(${attribute(semconv.ATTR_MCP_TOOLS_SIZE)})`,
  Tools: `if(empty(${LISTED_NAMES}), NULL, ${joinNames(LISTED_NAMES, LISTED_MORE)})`,
  Session: present(SESSION),
} as const;

export function discovery(form: Form) {
  const shown: readonly Column[] = [
    TIME,
    { title: 'Server', width: 130 },
    { title: 'Client', width: 150 },
    { title: 'Version', width: 80 },
    LATENCY,
    { title: 'Count', unit: 'none', width: 70 },
    ...only(form, [{ title: 'Size', unit: 'decbytes', width: 90 }]),
    { title: 'Tools' },
    sessionColumn(form, 160),
  ];
  const size =
    form === 'clickhouse'
      ? ', how large it was (a model reads about a token for every four bytes, which is an estimate)'
      : '';
  const filters =
    form === 'tempo'
      ? ' Not filtered by job and tool; filter the columns instead.'
      : ' Not filtered by tool.';
  return tablePanel({
    title: 'What clients discovered',
    shows: `Each answer to tools/list, the newest first: to whom, how long it took${size}, and which tools it named. A client whose newest row lacks a tool has not discovered it.${filters}`,
    whenEmpty: NEVER_ASKED,
    unit: 'none',
    datasource: spansOf(form),
    ...(form === 'tempo' ? fromTempo(shown) : fromClickHouse(shown)),
  });
}

function fromTempo(shown: readonly Column[]) {
  const listed = [
    'kind = server',
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
  return {
    targets: [spanSearch(search(listed, fields))],
    transformations: [toNumbers([semconv.ATTR_MCP_TOOLS_COUNT]), sortBy('Start time', true)],
    shown: withFields(shown, FIELDS),
  };
}

function fromClickHouse(shown: readonly Column[]) {
  const sql = `${selectColumns(shown, EXPRESSIONS)}
FROM ${SPANS}
WHERE ${all(LISTED)}
ORDER BY Timestamp DESC, SpanId
LIMIT 1 BY SpanId
LIMIT ${MOST_ANSWERS}`;
  return { targets: [sqlRows(sql)], shown };
}
