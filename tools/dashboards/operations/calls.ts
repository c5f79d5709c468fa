import * as semconv from '../../../src/sdk/signals/semconv.ts';
import {
  CALLS,
  ERRORS,
  JAEGER_COLUMN,
  LATENCY,
  OUTCOME as OUTCOME_COLUMN,
  sessionColumn,
  TIME,
  traceColumn,
} from '../columns.ts';
import { spansOf } from '../form.ts';
import { sqlRows } from '../queries.ts';
import { CHOSEN_CALLS, CLIENT, SESSION, TOOL, VERSION } from '../sql/calls.ts';
import { ERROR_TYPE, FAILED, OUTCOME, SUCCEEDED } from '../sql/outcome.ts';
import { all, attribute, present, SPANS } from '../sql/parts.ts';
import { selectColumns } from '../sql/select.ts';
import { type Column, tablePanel } from '../tables.ts';
import { SHARE_STEPS } from './selection.ts';

const SLOWEST = 100;
/** Times that a span may be there: what is sorted to a limit need not be sorted whole. */
const DELIVERIES = 10;
const MOST_ROWS = 1_000;
const NO_CALLS =
  'Widen the time range and set the filters to All; check with "mcp-sessionscope doctor" that spans reach the collector and ClickHouse.';

export function slowestCalls() {
  const shown: readonly Column[] = [
    TIME,
    { title: 'Server', width: 130 },
    { title: 'Tool' },
    { title: 'Client', width: 150 },
    { title: 'Version', width: 80 },
    LATENCY,
    OUTCOME_COLUMN,
    sessionColumn('clickhouse', 160),
    traceColumn('clickhouse', 160),
    JAEGER_COLUMN,
  ];
  const expressions = {
    Time: 'Timestamp',
    Server: 'ServiceName',
    Tool: TOOL,
    Client: present(CLIENT),
    Version: present(VERSION),
    Latency: 'Duration',
    Status: OUTCOME,
    Session: present(SESSION),
    Trace: 'TraceId',
    Jaeger: 'TraceId',
  };
  return tablePanel({
    title: 'Slowest calls',
    shows: 'The 100 calls of tools that took longest in the time range, the slowest first.',
    whenEmpty: NO_CALLS,
    unit: 'none',
    datasource: spansOf('clickhouse'),
    targets: [
      sqlRows(`${selectColumns(shown, expressions)}
FROM (
  SELECT *
  FROM ${SPANS}
  WHERE ${all(CHOSEN_CALLS, '    ')}
  ORDER BY Duration DESC, Timestamp DESC, SpanId
  LIMIT ${SLOWEST * DELIVERIES}
)
ORDER BY Duration DESC, Timestamp DESC, SpanId
LIMIT 1 BY SpanId
LIMIT ${SLOWEST}`),
    ],
    shown,
  });
}

export function errorsByClient() {
  const shown: readonly Column[] = [
    { title: 'Server' },
    { title: 'Tool' },
    { title: 'Client' },
    { title: 'Version', width: 100 },
    CALLS,
    ERRORS,
    { title: 'Error rate', unit: 'percentunit', width: 100, steps: SHARE_STEPS },
  ];
  const expressions = {
    Server: 'server',
    Tool: 'tool',
    Client: present('client'),
    Version: present('version'),
    Calls: 'calls',
    Errors: 'errors',
    'Error rate': 'errors / nullIf(calls, 0)',
  };
  return tablePanel({
    title: 'Errors by tool and client version',
    shows:
      'The calls of each tool by each version of each client, the highest share of errors first: a version that fails where others do not. What was cancelled, or asks the user to open a URL, is no error.',
    whenEmpty: NO_CALLS,
    unit: 'none',
    datasource: spansOf('clickhouse'),
    targets: [
      sqlRows(`${selectColumns(shown, expressions)}
FROM (
  SELECT
    ServiceName AS server,
    ${TOOL} AS tool,
    ${CLIENT} AS client,
    ${VERSION} AS version,
    uniqExact(SpanId) AS calls,
    uniqExactIf(SpanId, ${FAILED}) AS errors
  FROM ${SPANS}
  WHERE ${all(CHOSEN_CALLS, '    ')}
  GROUP BY server, tool, client, version
)
ORDER BY errors / calls DESC, errors DESC, calls DESC, server, tool, client, version
LIMIT ${MOST_ROWS}`),
    ],
    shown,
  });
}

export function retries() {
  const shown: readonly Column[] = [
    sessionColumn('clickhouse', 160),
    { title: 'Client' },
    { title: 'Tool' },
    { title: 'Failed at', unit: 'dateTimeAsIso', width: 170 },
    { title: 'Error' },
    { title: 'Tries', unit: 'none', width: 80 },
    { title: 'Recovered after', unit: 'ms', width: 130 },
  ];
  const expressions = {
    Session: 'session',
    Client: present('newest_client'),
    Tool: 'tool',
    'Failed at': 'failed_at',
    Error: present('first_error'),
    Tries: 'tries',
    'Recovered after': 'recovered_after',
  };
  return tablePanel({
    title: 'Retries',
    shows:
      'Calls of a tool that failed and were tried again in the same session, the newest first. A row runs from the first failure to the first success: the error of that failure, how many calls it took, and the time from the end of the first failure to the end of the success; empty where none came.',
    whenEmpty: `Then no call that failed was tried again, if there are calls at all. Else: ${NO_CALLS}`,
    unit: 'none',
    datasource: spansOf('clickhouse'),
    targets: [
      sqlRows(`${RUNS}
${selectColumns(shown, expressions)}
FROM (
  SELECT
    server,
    session,
    tool,
    argMax(client, at) AS newest_client,
    any(first_failed_at) AS failed_at,
    argMin(error, at) AS first_error,
    count() AS tries,
    if(countIf(succeeded) = 0, NULL, (minIf(end, succeeded) - any(first_failure_end)) / 1000000) AS recovered_after
  FROM tried
  WHERE failures > 0 AND (at = first_failed_at AND failed OR toUnixTimestamp64Nano(at) >= first_failure_end)
  GROUP BY server, session, tool, run
  HAVING tries > 1
)
ORDER BY failed_at DESC, session, tool
LIMIT ${MOST_ROWS}`),
    ],
    shown,
  });
}

const CODE = attribute(semconv.ATTR_RPC_RESPONSE_STATUS_CODE);

/**
 * The calls of one tool in one session, in the order in which they ended, numbered by how many of those before succeeded: a
 * success ends a run. Each knows the first failure of its run: what was sent before that was known is no retry.
 */
const RUNS = `WITH
calls AS (
  SELECT
    ServiceName AS server,
    ${SESSION} AS session,
    ${TOOL} AS tool,
    ${CLIENT} AS client,
    SpanId AS id,
    Timestamp AS at,
    toUnixTimestamp64Nano(Timestamp) + Duration AS end,
    ${FAILED} AS failed,
    ${SUCCEEDED} AS succeeded,
    if(${ERROR_TYPE} != '', ${ERROR_TYPE}, ${CODE}) AS error
  FROM ${SPANS}
  WHERE ${all([...CHOSEN_CALLS, "session != ''"], '    ')}
  LIMIT 1 BY SpanId
),
runs AS (
  SELECT
    *,
    sum(succeeded) OVER (
      PARTITION BY server, session, tool ORDER BY end, id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS run
  FROM calls
),
tried AS (
  SELECT
    *,
    countIf(failed) OVER whole AS failures,
    argMinIf(at, end, failed) OVER whole AS first_failed_at,
    minIf(end, failed) OVER whole AS first_failure_end
  FROM runs
  WINDOW whole AS (PARTITION BY server, session, tool, run)
)`;
