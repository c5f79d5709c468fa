import { URL_REQUIRED_TEXT } from '../../../src/explorer/text/url-required.ts';
import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { IS_NAMED, IS_OF_SESSION } from './one-session.ts';
import { ASKS_USER, ERROR_TYPE, FAILURES, OUTCOME, RECEIVED } from './outcome.ts';
import { all, attribute, IN_RANGE, present, quoted, SPANS } from './parts.ts';

const CODE = attribute(semconv.ATTR_RPC_RESPONSE_STATUS_CODE);
const SESSION_EVENT = attribute(semconv.ATTR_MCP_CLIENT_SESSION_EVENT);
const TOOL = attribute(semconv.ATTR_GEN_AI_TOOL_NAME);
/** No table is longer; what is left out are the newest. */
const MOST_EVENTS = 10_000;
/** The request was cancelled, and given up when its handler had not settled for long. */
const ABANDONED_TEXT = 'its handler went on after it was cancelled';

/** What the exception said where there is one; else what the protocol's error said, which is no status where it is the caller's doing. */
const SAID = `coalesce(${present(`arrayFirst(said -> said != '', arrayMap(a -> a['${semconv.ATTR_EXCEPTION_MESSAGE}'], Events.Attributes))`)}, ${present('StatusMessage')}, ${present(attribute(semconv.ATTR_MCP_ERROR_MESSAGE))})`;
const MESSAGE = `multiIf(${ASKS_USER}, ${quoted(URL_REQUIRED_TEXT)}, ${attribute(semconv.ATTR_MCP_REQUEST_ABANDONED)} = 'true', ${quoted(ABANDONED_TEXT)}, ${SAID})`;

/** The expressions of an event's columns, by title. */
export const EVENT_EXPRESSIONS = {
  Time: 'Timestamp',
  Event: 'SpanName',
  Tool: present(TOOL),
  Latency: 'Duration',
  Status: OUTCOME,
  Error: `if(${ASKS_USER}, NULL, ${present(ERROR_TYPE)})`,
  Code: `toInt32OrNull(${CODE})`,
  Message: MESSAGE,
  Kind: 'lower(SpanKind)',
  Prompt: present(attribute(semconv.ATTR_GEN_AI_PROMPT_NAME)),
  Resource: present(attribute(semconv.ATTR_MCP_RESOURCE_URI)),
  'End reason': present(attribute(semconv.ATTR_MCP_CLIENT_SESSION_END_REASON)),
  Trace: 'TraceId',
  Jaeger: 'TraceId',
} as const;

/** Spans of the session that the dashboard is of: of all of its parts. */
export const OF_SESSION: readonly string[] = [IN_RANGE, IS_NAMED, IS_OF_SESSION];

export const NO_UPDATES = `SpanName != '${semconv.SPAN_SESSION_UPDATE}'`;

/** Those of its requests that failed. */
export const FAILURES_OF_SESSION: readonly string[] = [...OF_SESSION, ...FAILURES];

/**
 * From where, and in the order of time. Within a millisecond the start of the session stands first, its end last; and
 * what a server asks of its client after the request that it came with.
 */
export function eventsOf(conditions: readonly string[]): string {
  const place = `(${SESSION_EVENT} = 'end' OR SpanKind = 'Client') - (${SESSION_EVENT} = 'start')`;
  return `FROM ${SPANS}
WHERE ${all(conditions)}
ORDER BY toUnixTimestamp64Milli(Timestamp), ${place}, Timestamp, SpanId
LIMIT 1 BY SpanId
LIMIT ${MOST_EVENTS}`;
}

/** The latencies of a session's tools. */
export const LATENCIES_OF_SESSION = `FROM (
  SELECT ${TOOL} AS tool, Duration AS latency
  FROM ${SPANS}
  WHERE ${all([...OF_SESSION, ...RECEIVED, "tool != ''"], '    ')}
  LIMIT 1 BY SpanId
)
GROUP BY tool
ORDER BY max(latency) DESC, tool`;

/** The expressions of its columns, by title. */
export const LATENCY_EXPRESSIONS = {
  Tool: 'tool',
  Calls: 'count()',
  Median: 'quantileExactInclusive(0.5)(latency)',
  p95: 'quantileExactInclusive(0.95)(latency)',
  Slowest: 'max(latency)',
} as const;
