import { DEFAULTS } from '../../../src/sdk/config/defaults.ts';
import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { LOST_AFTER_INTERVALS, STATUS, UPDATE_INTERVAL } from '../session-status.ts';
import {
  all,
  attribute,
  hasAttribute,
  IN_RANGE,
  numberIn,
  oneOf,
  present,
  quoted,
  resource,
  SPANS,
} from './parts.ts';

/** Conditions of the spans that tell of sessions. Their names are few, and the table is sorted by them. */
export const SESSION_SPANS: readonly string[] = [
  IN_RANGE,
  oneOf('SpanName', [semconv.SPAN_SESSION_START, semconv.SPAN_SESSION_UPDATE, semconv.SPAN_SESSION_END]),
  hasAttribute(semconv.ATTR_MCP_CLIENT_SESSION_EVENT),
];

/** Put after the names of a session's tools where there were more of them. */
const MORE = '…';

/** What the newest span of a process says; the columns of the rows that {@link sessionRows} makes of them. */
const FACTS = {
  client: attribute(semconv.ATTR_MCP_CLIENT_NAME),
  version: attribute(semconv.ATTR_MCP_CLIENT_VERSION),
  source: attribute(semconv.ATTR_MCP_CLIENT_SESSION_SOURCE),
  end_reason: attribute(semconv.ATTR_MCP_CLIENT_SESSION_END_REASON),
  protocol: attribute(semconv.ATTR_MCP_PROTOCOL_VERSION),
  transport: attribute(semconv.ATTR_NETWORK_TRANSPORT),
  address: attribute(semconv.ATTR_CLIENT_ADDRESS),
  service: 'ServiceName',
  process: attribute(semconv.ATTR_MCP_SESSION_ID),
  trace: 'TraceId',
} as const;

/**
 * The beginning of a query: `sessions` has a row for each client session.
 *
 * Who serves a session is known by service, process and the time at which it began there: an application's own provider
 * may name no instance, and one process may have two managers. The counts of each are cumulative, so that its newest span,
 * by number and not by a clock that may be set back, has them all; the session counts what they count together. A span that
 * was delivered twice is the same newest span.
 */
export function sessionRows(conditions: readonly string[] = []): string {
  const seq = `toUInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_SEQ)})`;
  return `WITH
newest AS (
  SELECT
    ${attribute(semconv.ATTR_MCP_CLIENT_SESSION_ID)} AS session,
    ${resource(semconv.ATTR_SERVICE_INSTANCE_ID)} AS instance,
    Timestamp AS seen,
    ${attribute(semconv.ATTR_MCP_CLIENT_SESSION_STATUS)} AS state,
    toInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_START_UNIX_MS)}) AS start,
    start + toInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_DURATION_MS)}) AS end,
    toUInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_CALLS)}) AS called,
    toUInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_ERRORS)}) AS failed,
    ${attribute(semconv.ATTR_MCP_CLIENT_SESSION_TOOLS)} AS used,
    ${Object.entries(FACTS)
      .map(([name, fact]) => `${fact} AS newest_${name}`)
      .join(',\n    ')}
  FROM ${SPANS}
  WHERE ${all([...SESSION_SPANS, ...conditions], '    ')}
  ORDER BY ${seq} DESC, Timestamp DESC
  LIMIT 1 BY session, newest_service, instance, newest_process, start
),
sessions AS (
  SELECT
    session,
    ifNull(minOrNullIf(start, start > 0), toUnixTimestamp64Milli(min(seen))) AS started,
    greatest(max(end) - started, 0) AS duration,
    sum(called) AS calls,
    sum(failed) AS errors,
    arrayDistinct(arrayFlatten(arrayMap(p -> splitByString(', ', p.2), arraySort(groupArray((start, used)))))) AS names,
    arrayStringConcat(arrayConcat(
      arrayFilter(name -> name NOT IN ('', ${quoted(MORE)}), names),
      arrayFilter(name -> name = ${quoted(MORE)}, names)
    ), ', ') AS tools,
    ${STATUS_OF_SESSION} AS status,
    ${Object.keys(FACTS)
      .map((name) => `argMax(newest_${name}, (seen, instance)) AS ${name}`)
      .join(',\n    ')}
  FROM newest
  GROUP BY session
)`;
}

/** The expressions of a session's columns, by title. */
export const SESSION_COLUMNS = {
  Session: 'session',
  Client: present('client'),
  Version: present('version'),
  Started: 'fromUnixTimestamp64Milli(started)',
  Duration: 'duration',
  Calls: 'calls',
  Errors: 'errors',
  Status: 'status',
  Tools: present('tools'),
  Source: present('source'),
  'End reason': present('end_reason'),
  Transport: present('transport'),
  Protocol: present('protocol'),
  Address: present('address'),
  Service: 'service',
  Process: present('process'),
  Trace: 'trace',
  Jaeger: 'trace',
} as const;

/** Open where one of its processes says so; lost where none was heard of for too long. */
const STATUS_OF_SESSION = `multiIf(
      countIf(state = 'active') = 0, ${STATUS.ended},
      \${__to} - toUnixTimestamp64Milli(max(seen)) >= ${LOST_AFTER_INTERVALS * 1000} * ${numberIn(UPDATE_INTERVAL, DEFAULTS.sessionUpdateIntervalMs / 1000)}, ${STATUS.lost},
      ${STATUS.active}
    )`;
