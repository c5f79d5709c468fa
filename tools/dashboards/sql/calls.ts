import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { hasMore, isList, namesOf } from './names.ts';
import { OF_SERVERS, SUCCEEDED } from './outcome.ts';
import { attribute, hasAttribute, IN_RANGE, isChosen, resource } from './parts.ts';

export const METHOD = attribute(semconv.ATTR_MCP_METHOD_NAME);
export const TOOL = attribute(semconv.ATTR_GEN_AI_TOOL_NAME);
export const SESSION = attribute(semconv.ATTR_MCP_CLIENT_SESSION_ID);
export const CLIENT = attribute(semconv.ATTR_MCP_CLIENT_NAME);
export const VERSION = attribute(semconv.ATTR_MCP_CLIENT_VERSION);

/** The service as `job` in Prometheus names it. */
const JOB = `if(${resource(semconv.ATTR_SERVICE_NAMESPACE)} = '', ServiceName, concat(${resource(semconv.ATTR_SERVICE_NAMESPACE)}, '/', ServiceName))`;

/** What the servers received in the time range, of the chosen servers and processes. */
export const OF_PROCESSES: readonly string[] = [
  IN_RANGE,
  "SpanKind = 'Server'",
  isChosen(JOB, 'job'),
  isChosen(resource(semconv.ATTR_SERVICE_INSTANCE_ID), 'instance'),
];

/** The same, of the chosen methods and tools; all tools have the requests without one too. */
export const CHOSEN_REQUESTS: readonly string[] = [
  ...OF_PROCESSES,
  `${METHOD} != ''`,
  OF_SERVERS,
  isChosen(METHOD, 'method'),
  isChosen(TOOL, 'tool'),
];

/** Calls of the chosen tools. */
export const CHOSEN_CALLS: readonly string[] = [
  ...OF_PROCESSES,
  `${METHOD} = 'tools/call'`,
  hasAttribute(semconv.ATTR_GEN_AI_TOOL_NAME),
  isChosen(METHOD, 'method'),
  isChosen(TOOL, 'tool'),
];

/** Requests for the tools of a server. */
export const LISTED: readonly string[] = [
  ...OF_PROCESSES,
  hasAttribute(semconv.ATTR_MCP_METHOD_NAME),
  `${METHOD} = 'tools/list'`,
];

const LIST = attribute(semconv.ATTR_MCP_TOOLS_NAMES_LIST);
const NAMES = attribute(semconv.ATTR_MCP_TOOLS_NAMES);
const COUNT = attribute(semconv.ATTR_MCP_TOOLS_COUNT);
const IS_NAMED = `(${isList(LIST)} OR ${hasAttribute(semconv.ATTR_MCP_TOOLS_NAMES)} OR ${COUNT} = '0')`;

/** Those that were answered, though the answer may not be recorded. */
export const ANSWERED_LISTS: readonly string[] = [...LISTED, `(${IS_NAMED} OR ${SUCCEEDED})`];

/** The tools that an answer named. */
export const LISTED_NAMES = namesOf(LIST, NAMES);

/** It named more, or may have: long ones are recorded in part, and others may not record them at all. */
export const LISTED_MORE = `(NOT ${IS_NAMED} OR toUInt32OrZero(${COUNT}) > length(${LISTED_NAMES}) OR (NOT ${isList(LIST)} AND ${hasMore(NAMES)}))`;
