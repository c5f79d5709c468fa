import { spansOf } from '../form.ts';
import { sqlRows } from '../queries.ts';
import {
  ANSWERED_LISTS,
  CLIENT,
  LISTED_MORE,
  LISTED_NAMES,
  METHOD,
  OF_PROCESSES,
  TOOL,
  VERSION,
} from '../sql/calls.ts';
import { joinNames } from '../sql/names.ts';
import { all, present, SPANS } from '../sql/parts.ts';
import { selectColumns } from '../sql/select.ts';
import { type Column, tablePanel } from '../tables.ts';
import { NEVER_ASKED } from './discovery.ts';

/** A row for each answer to tools/list. */
const LISTS = `lists AS (
  SELECT
    ServiceName AS server,
    ${CLIENT} AS client,
    ${VERSION} AS version,
    SpanId,
    Timestamp,
    ${LISTED_NAMES} AS names,
    ${LISTED_MORE} AS named_more
  FROM ${SPANS}
  WHERE ${all(ANSWERED_LISTS, '    ')}
)`;

export function neverCalled() {
  const shown: readonly Column[] = [
    { title: 'Server' },
    { title: 'Tool' },
    { title: 'Listed', unit: 'none', width: 90 },
    { title: 'Last listed', unit: 'dateTimeAsIso', width: 170 },
  ];
  const expressions = {
    Server: 'server',
    Tool: 'tool',
    Listed: 'uniqExact(SpanId)',
    'Last listed': 'max(Timestamp)',
  };
  return tablePanel({
    title: 'Tools never called',
    shows:
      'Tools that answers to tools/list named in the time range and that nobody called in it. Listed: in how many answers. Not filtered by method and tool.',
    whenEmpty: `Then every tool that was listed was called. Else: ${NEVER_ASKED}`,
    unit: 'none',
    datasource: spansOf('clickhouse'),
    targets: [
      sqlRows(`WITH ${LISTS},
listed AS (
  SELECT server, SpanId, Timestamp, arrayJoin(names) AS tool
  FROM lists
)
${selectColumns(shown, expressions)}
FROM listed
WHERE (server, tool) NOT IN (
  SELECT ServiceName, ${TOOL}
  FROM ${SPANS}
  WHERE ${all([...OF_PROCESSES, `${METHOD} = 'tools/call'`], '    ')}
)
GROUP BY server, tool
ORDER BY uniqExact(SpanId) DESC, server, tool`),
    ],
    shown,
  });
}

export function notSeen() {
  const shown: readonly Column[] = [
    { title: 'Server', width: 150 },
    { title: 'Client', width: 170 },
    { title: 'Version', width: 90 },
    { title: 'Missing' },
    { title: 'Last asked', unit: 'dateTimeAsIso', width: 170 },
  ];
  const expressions = {
    Server: 'server',
    Client: present('client'),
    Version: present('version'),
    Missing: joinNames('arrayFilter(tool -> NOT has(seen, tool), known)'),
    'Last asked': 'asked',
  };
  return tablePanel({
    title: 'Tools not seen by clients',
    shows:
      'Tools that the server named to some client in the time range, and to this one never: the answers of all its sessions together. A new tool stands here until the client asks again. A client is left out where not all of an answer to it is recorded. Not filtered by method and tool.',
    whenEmpty: `Then every client was shown every tool. Else: ${NEVER_ASKED}`,
    unit: 'none',
    datasource: spansOf('clickhouse'),
    targets: [
      sqlRows(`WITH ${LISTS},
clients AS (
  SELECT
    server,
    client,
    version,
    groupUniqArrayArray(names) AS seen,
    max(named_more) AS may_have_seen,
    max(Timestamp) AS asked
  FROM lists
  GROUP BY server, client, version
),
servers AS (
  SELECT server, arraySort(groupUniqArrayArray(names)) AS known
  FROM lists
  GROUP BY server
)
${selectColumns(shown, expressions)}
FROM clients
INNER JOIN servers USING (server)
WHERE NOT may_have_seen AND NOT hasAll(seen, known)
ORDER BY server, client, version`),
    ],
    shown,
  });
}
