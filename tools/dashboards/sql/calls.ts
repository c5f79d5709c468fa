import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { SERVICE_NAMESPACE } from '../names.ts';
import { attribute, hasAttribute, IN_RANGE, isChosen, resource } from './parts.ts';

export const METHOD = attribute(semconv.ATTR_MCP_METHOD_NAME);
export const TOOL = attribute(semconv.ATTR_GEN_AI_TOOL_NAME);
export const SESSION = attribute(semconv.ATTR_MCP_CLIENT_SESSION_ID);
export const CLIENT = attribute(semconv.ATTR_MCP_CLIENT_NAME);
export const VERSION = attribute(semconv.ATTR_MCP_CLIENT_VERSION);

/** The service as `job` in Prometheus names it. */
const JOB = `if(${resource(SERVICE_NAMESPACE)} = '', ServiceName, concat(${resource(SERVICE_NAMESPACE)}, '/', ServiceName))`;

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

/** Answers that named the tools of a server. */
export const LISTED: readonly string[] = [
  ...OF_PROCESSES,
  hasAttribute(semconv.ATTR_MCP_METHOD_NAME),
  `${METHOD} = 'tools/list'`,
];
