import { DEFAULTS } from '../../../src/sdk/config/defaults.ts';
import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { LOST_AFTER_INTERVALS, STATUS, UPDATE_INTERVAL } from '../session-status.ts';
import { JOINING_FACTS, PLACED } from './joining.ts';
import { hasMore, joinNames, namesOf } from './names.ts';
import { ASKS_USER, OUTCOME, OUTCOMES, RECEIVED, WAS_CUT_OFF } from './outcome.ts';
import { all, attribute, IN_RANGE, numberIn, present, resource, SESSION_SPANS, SPANS } from './parts.ts';

const SESSION = attribute(semconv.ATTR_MCP_CLIENT_SESSION_ID);
const OWN_ID = attribute(semconv.ATTR_MCP_SESSION_ID);
const INSTANCE = resource(semconv.ATTR_SERVICE_INSTANCE_ID);
const PID = resource(semconv.ATTR_PROCESS_PID);
const TOOLS = attribute(semconv.ATTR_MCP_CLIENT_SESSION_TOOLS);

/**
 * The process that a span is of: a provider of an application may name no instance, and `mcp.session.id` tells it then,
 * unless it is the client's.
 */
const PROCESS = `multiIf(
      ${INSTANCE} != '', ${INSTANCE},
      ${OWN_ID} NOT IN ('', ${SESSION}, ${attribute(semconv.ATTR_MCP_PROTOCOL_SESSION_ID)}), ${OWN_ID},
      ${PID} != '', concat(${resource(semconv.ATTR_HOST_NAME)}, ' ', ${PID}),
      ''
    )`;

/** What the newest span of a process says. Of several, each fact is that of the newest which knows it. */
const FACTS = {
  client: attribute(semconv.ATTR_MCP_CLIENT_NAME),
  version: attribute(semconv.ATTR_MCP_CLIENT_VERSION),
  source: attribute(semconv.ATTR_MCP_CLIENT_SESSION_SOURCE),
  protocol: attribute(semconv.ATTR_MCP_PROTOCOL_VERSION),
  transport: attribute(semconv.ATTR_NETWORK_TRANSPORT),
  address: attribute(semconv.ATTR_CLIENT_ADDRESS),
  conversation: attribute(semconv.ATTR_GEN_AI_CONVERSATION_ID),
  protocol_session: attribute(semconv.ATTR_MCP_PROTOCOL_SESSION_ID),
  service: 'ServiceName',
  process: OWN_ID,
  trace: 'TraceId',
} as const;

/** Why it ended: what the newest says, whether it knows it or not. */
const END_REASON = attribute(semconv.ATTR_MCP_CLIENT_SESSION_END_REASON);

/**
 * The beginning of a query: `sessions` has a row for each client session, with what its processes count together.
 *
 * @param conditions - of the session spans that tell of them
 * @param ofRequests - of the requests that may correct their errors
 */
export function sessionRows(conditions: readonly string[] = [], ofRequests = conditions): string {
  return `WITH
${placedParts(conditions)},
${oddRows(ofRequests)},
sessions AS (
  SELECT
    arrayMap(p -> p.2, arraySort(groupArray((started, session)))) AS ids,
    min(started) AS begun,
    greatest(max(ended) - begun, 0) AS duration,
    sum(part_calls) AS calls,
    sum(greatest(part_errors - ${ASKING} + cut_off, 0)) AS errors,
    arrayDistinct(arrayFlatten(arrayMap(p -> p.3, arraySort(groupArray((started, session, part_tools)))))) AS tools,
    max(part_more_tools) AS more_tools,
    ${STATUS_OF_SESSION} AS status,
    groupUniqArrayArray([part_conversation, part_protocol_session]) AS names,
    if(status = ${STATUS.active}, '', argMax(part_end_reason, part_rank)) AS end_reason,
    ${knownFacts('part_', '', 'part_rank')}
  FROM placed
  LEFT JOIN odd USING (session)
  GROUP BY scope, number
)`;
}

/** The expressions of a session's columns, by title. */
export const SESSION_COLUMNS = {
  Session: 'ids[1]',
  Client: present('client'),
  Version: present('version'),
  Started: 'fromUnixTimestamp64Milli(begun)',
  Duration: 'duration',
  Calls: 'calls',
  Errors: 'errors',
  Status: 'status',
  Tools: present(joinNames('tools', 'more_tools')),
  Source: present('source'),
  Conversation: present('conversation'),
  'Protocol session': present('protocol_session'),
  'Other ids': present("arrayStringConcat(arraySlice(ids, 2), ', ')"),
  'End reason': present('end_reason'),
  Transport: present('transport'),
  Protocol: present('protocol'),
  Address: present('address'),
  Service: 'service',
  Process: present('process'),
  Trace: 'trace',
  Jaeger: 'trace',
} as const;

/** When a span ended, in milliseconds. */
const ENDED = 'intDiv(toUnixTimestamp64Nano(Timestamp) + Duration, 1000000)';

/** Requests that session spans may count otherwise than as what they are. */
const ODD: readonly string[] = [
  IN_RANGE,
  `(${WAS_CUT_OFF} OR ${ASKS_USER})`,
  ...RECEIVED,
  `${OUTCOME} IN (${OUTCOMES.error}, ${OUTCOMES.url_required})`,
];

/** Open where one of its processes says so; lost where none was heard of for too long. */
const STATUS_OF_SESSION = `multiIf(
      sum(part_open) = 0, ${STATUS.ended},
      \${__to} - toUnixTimestamp64Milli(max(heard)) >= ${LOST_AFTER_INTERVALS * 1000} * ${numberIn(UPDATE_INTERVAL, DEFAULTS.sessionUpdateIntervalMs / 1000)}, ${STATUS.lost},
      ${STATUS.active}
    )`;

/** Of the requests of a part that asked the user for a step: how many its reports count. */
const ASKING = 'arrayCount(a -> arrayExists(r -> r.1 = a.2 AND r.2 = a.3 AND r.3 >= a.4, reports), asked)';

/**
 * The rows before they are joined, each with its place: `placed` has what the processes say together of one id, which is a
 * part of a session, and `number` of which within its `scope`.
 */
export function placedParts(conditions: readonly string[]): string {
  return `${newestRows(conditions)},
parts AS (
  SELECT
    session,
    ifNull(minOrNullIf(start, start > 0), toUnixTimestamp64Milli(min(seen))) AS started,
    max(end) AS ended,
    max(seen) AS heard,
    max(rank) AS part_rank,
    countIf(state = 'active') AS part_open,
    sum(called) AS part_calls,
    sum(failed) AS part_errors,
    groupArray((newest_service, server, toUnixTimestamp64Milli(seen))) AS reports,
    arrayFlatten(arrayMap(p -> p.2, arraySort(groupArray((start, used))))) AS part_tools,
    max(used_more) AS part_more_tools,
    argMax(newest_end_reason, rank) AS part_end_reason,
    ${knownFacts('newest_', 'part_', 'rank')},
    argMinIf(joining, (start, server), joining.1 != '') AS joined,
    ${Object.keys(JOINING_FACTS)
      .map((name, i) => `joined.${i + 1} AS ${name}`)
      .join(',\n    ')}
  FROM newest
  GROUP BY session
),
${PLACED}`;
}

function knownFacts(from: string, to: string, order: string): string {
  return Object.keys(FACTS)
    .map((name) => `argMaxIf(${from}${name}, ${order}, ${from}${name} != '') AS ${to}${name}`)
    .join(',\n    ');
}

/**
 * What each process says last of a session.
 *
 * Who serves a session is known by service, process and the time at which it began there: one process may have two
 * managers. The counts of each are cumulative, so that its newest span, by number and not by a clock that may be set back,
 * has them all. A span that was delivered twice is the same newest span. `rank` orders what was said at once, too: as one
 * text, because tuples take longer to compare. What a span says is looked up once it is known to be the newest.
 */
function newestRows(conditions: readonly string[]): string {
  const seq = `toUInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_SEQ)})`;
  return `newest AS (
  SELECT
    session,
    server,
    Timestamp AS seen,
    concat(toString(toUnixTimestamp64Nano(seen)), server, session) AS rank,
    ${attribute(semconv.ATTR_MCP_CLIENT_SESSION_STATUS)} AS state,
    start,
    start + toInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_DURATION_MS)}) AS end,
    toUInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_CALLS)}) AS called,
    toInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_ERRORS)}) AS failed,
    ${namesOf(attribute(semconv.ATTR_MCP_CLIENT_SESSION_TOOLS_LIST), TOOLS)} AS used,
    ${hasMore(TOOLS)} AS used_more,
    (${Object.values(JOINING_FACTS).join(', ')}) AS joining,
    ${Object.entries({ ...FACTS, end_reason: END_REASON })
      .map(([name, fact]) => `${fact} AS newest_${name}`)
      .join(',\n    ')}
  FROM (
    SELECT
      Timestamp,
      TraceId,
      ServiceName,
      SpanAttributes,
      ${SESSION} AS session,
      ${PROCESS} AS server,
      toInt64OrZero(${attribute(semconv.ATTR_MCP_CLIENT_SESSION_START_UNIX_MS)}) AS start
    FROM ${SPANS}
    WHERE ${all([...SESSION_SPANS, ...conditions], '      ')}
    ORDER BY ${seq} DESC, Timestamp DESC
    LIMIT 1 BY session, ServiceName, server, start
  )
)`;
}

/**
 * The few requests by which failures differ from what session spans count, which is what was answered with an error: what
 * asks the user for a step is no failure, and what was never answered is one. The first count from the report on that
 * counts them.
 */
function oddRows(conditions: readonly string[]): string {
  return `odd AS (
  SELECT
    ${SESSION} AS session,
    toInt64(uniqExactIf(SpanId, ${WAS_CUT_OFF})) AS cut_off,
    groupUniqArrayIf((SpanId, ServiceName, ${PROCESS}, ${ENDED}), ${ASKS_USER}) AS asked
  FROM ${SPANS}
  WHERE ${all([...ODD, ...conditions], '    ')}
  GROUP BY session
)`;
}
