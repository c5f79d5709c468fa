import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import * as semconv from '../../src/sdk/signals/semconv.ts';
import { NEWEST_TIME, statusColumn } from './session-status.ts';
import { resource, search, span } from './traceql.ts';
import { groupBy, sortBy, toNumbers, toTimes } from './transformations.ts';

/** What the newest session span says of its session. Counts are cumulative, so the greatest is the newest. */
const COUNTS = [
  semconv.ATTR_MCP_CLIENT_SESSION_START_UNIX_MS,
  semconv.ATTR_MCP_CLIENT_SESSION_DURATION_MS,
  semconv.ATTR_MCP_CLIENT_SESSION_CALLS,
  semconv.ATTR_MCP_CLIENT_SESSION_ERRORS,
];
/** Orders the spans of a session that fall into one millisecond. */
const SEQ = semconv.ATTR_MCP_CLIENT_SESSION_SEQ;
const FACTS = [
  semconv.ATTR_MCP_CLIENT_SESSION_STATUS,
  semconv.ATTR_MCP_CLIENT_SESSION_SOURCE,
  semconv.ATTR_MCP_CLIENT_SESSION_END_REASON,
  semconv.ATTR_MCP_CLIENT_SESSION_TOOLS,
  semconv.ATTR_MCP_CLIENT_NAME,
  semconv.ATTR_MCP_CLIENT_VERSION,
  semconv.ATTR_MCP_PROTOCOL_VERSION,
  semconv.ATTR_NETWORK_TRANSPORT,
  semconv.ATTR_CLIENT_ADDRESS,
  semconv.ATTR_USER_AGENT_ORIGINAL,
  semconv.ATTR_SERVICE_NAME,
  semconv.ATTR_MCP_SESSION_ID,
];

/** The names of the fields of a row, after the grouping. */
export const ROW = {
  session: semconv.ATTR_MCP_CLIENT_SESSION_ID,
  client: newest(semconv.ATTR_MCP_CLIENT_NAME),
  version: newest(semconv.ATTR_MCP_CLIENT_VERSION),
  started: greatest(semconv.ATTR_MCP_CLIENT_SESSION_START_UNIX_MS),
  duration: greatest(semconv.ATTR_MCP_CLIENT_SESSION_DURATION_MS),
  calls: greatest(semconv.ATTR_MCP_CLIENT_SESSION_CALLS),
  errors: greatest(semconv.ATTR_MCP_CLIENT_SESSION_ERRORS),
  status: 'Status',
  tools: newest(semconv.ATTR_MCP_CLIENT_SESSION_TOOLS),
  source: newest(semconv.ATTR_MCP_CLIENT_SESSION_SOURCE),
  endReason: newest(semconv.ATTR_MCP_CLIENT_SESSION_END_REASON),
  protocol: newest(semconv.ATTR_MCP_PROTOCOL_VERSION),
  transport: newest(semconv.ATTR_NETWORK_TRANSPORT),
  address: newest(semconv.ATTR_CLIENT_ADDRESS),
  userAgent: newest(semconv.ATTR_USER_AGENT_ORIGINAL),
  service: newest(semconv.ATTR_SERVICE_NAME),
  process: newest(semconv.ATTR_MCP_SESSION_ID),
  trace: newest('traceIdHidden'),
  lastSeen: NEWEST_TIME,
} as const;

/** A search for the session spans that meet `conditions`. */
export function sessionSpans(conditions: readonly string[]): string {
  const attributes = [semconv.ATTR_MCP_CLIENT_SESSION_ID, SEQ, ...COUNTS, ...FACTS];
  const fields = attributes.map((name) => (name === semconv.ATTR_SERVICE_NAME ? resource(name) : span(name)));
  return search([`${span(semconv.ATTR_MCP_CLIENT_SESSION_EVENT)} != nil`, ...conditions], fields);
}

/** Makes one row of the spans of each session, the newest start first. */
export function sessionRows(): DataTransformerConfig[] {
  const reduced = [
    ...COUNTS.map((name): [string, string[]] => [name, ['max']]),
    ...FACTS.map((name): [string, string[]] => [name, ['lastNotNull']]),
    ['traceIdHidden', ['lastNotNull']] as [string, string[]],
    ['Start time', ['max']] as [string, string[]],
  ];
  return [
    toNumbers([SEQ, ...COUNTS]),
    sortBy(SEQ, false),
    sortBy('Start time', false),
    groupBy([semconv.ATTR_MCP_CLIENT_SESSION_ID], Object.fromEntries(reduced)),
    ...statusColumn(),
    toTimes([ROW.started]),
    sortBy(ROW.started, true),
  ];
}

function newest(attribute: string): string {
  return `${attribute} (lastNotNull)`;
}

function greatest(attribute: string): string {
  return `${attribute} (max)`;
}
