import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { spansOf } from '../form.ts';
import { sqlRows } from '../queries.ts';
import { CLIENT, LISTED, METHOD, OF_PROCESSES, TOOL, VERSION } from '../sql/calls.ts';
import { all, attribute, present, SPANS } from '../sql/parts.ts';
import { selectColumns } from '../sql/select.ts';
import { type Column, tablePanel } from '../tables.ts';
import { NEVER_ASKED } from './discovery.ts';

const NAMES = attribute(semconv.ATTR_MCP_TOOLS_NAMES);
const NAMED = [...LISTED, `${NAMES} != ''`];

/** A row for each tool that an answer to tools/list named. */
const LISTED_TOOLS = `listed AS (
  SELECT
    ServiceName AS server,
    ${CLIENT} AS client,
    ${VERSION} AS version,
    SpanId,
    Timestamp,
    arrayJoin(splitByString(', ', ${NAMES})) AS tool
  FROM ${SPANS}
  WHERE ${all(NAMED, '    ')}
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
      sqlRows(`WITH ${LISTED_TOOLS}
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
    Missing: "arrayStringConcat(arrayFilter(tool -> NOT has(seen, tool), known), ', ')",
    'Last asked': 'asked',
  };
  return tablePanel({
    title: 'Tools not seen by clients',
    shows:
      'Tools that the server named to some client in the time range, and to this one never: the answers of all its sessions together. A new tool stands here until the client asks again. Not filtered by method and tool.',
    whenEmpty: `Then every client was shown every tool. Else: ${NEVER_ASKED}`,
    unit: 'none',
    datasource: spansOf('clickhouse'),
    targets: [
      sqlRows(`WITH ${LISTED_TOOLS},
clients AS (
  SELECT server, client, version, groupUniqArray(tool) AS seen, max(Timestamp) AS asked
  FROM listed
  GROUP BY server, client, version
),
servers AS (
  SELECT server, arraySort(groupUniqArray(tool)) AS known
  FROM listed
  GROUP BY server
)
${selectColumns(shown, expressions)}
FROM clients
INNER JOIN servers USING (server)
WHERE NOT hasAll(seen, known)
ORDER BY server, client, version`),
    ],
    shown,
  });
}
