import {
  ATTR_ERROR_TYPE,
  ATTR_GEN_AI_CONVERSATION_ID,
  ATTR_GEN_AI_PROMPT_NAME,
  ATTR_GEN_AI_TOOL_CALL_ARGUMENTS,
  ATTR_GEN_AI_TOOL_CALL_RESULT,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_JSONRPC_REQUEST_ID,
  ATTR_MCP_CLIENT_NAME,
  ATTR_MCP_CLIENT_VERSION,
  ATTR_MCP_METHOD_NAME,
  ATTR_MCP_PROTOCOL_VERSION,
  ATTR_MCP_REQUEST_ID,
  ATTR_MCP_RESOURCE_URI,
  ATTR_MCP_SESSION_ID,
  ATTR_MCP_TOOLS_NAMES_LIST,
  ATTR_NETWORK_TRANSPORT,
  ATTR_RPC_RESPONSE_STATUS_CODE,
} from '../../../sdk/signals/semconv.ts';
import { readAgentCat, readLogfire, readTraceloop } from './own-ways.ts';
import type { ForeignInput, Told } from './types.ts';

/**
 * Which attributes of other instrumentations mean what ours do, in the order in which they are looked at. The first of
 * each is what OpenTelemetry's conventions for MCP say (Python SDK v2, FastMCP 3 and 4, mcp-handler, mcp-opentelemetry, C#
 * SDK, Quarkus); the others are of those who differ.
 */
export const ALIASES = {
  // `mcp.method`: mcp-go, ToolHive.
  [ATTR_MCP_METHOD_NAME]: [ATTR_MCP_METHOD_NAME, 'mcp.method'],
  // `rpc.jsonrpc.request_id`: Quarkus, LoongSuite. `mcp.request.id`: Sentry.
  [ATTR_JSONRPC_REQUEST_ID]: [ATTR_JSONRPC_REQUEST_ID, 'rpc.jsonrpc.request_id', ATTR_MCP_REQUEST_ID],
  [ATTR_MCP_REQUEST_ID]: [ATTR_MCP_REQUEST_ID],
  [ATTR_MCP_SESSION_ID]: [ATTR_MCP_SESSION_ID],
  [ATTR_GEN_AI_CONVERSATION_ID]: [ATTR_GEN_AI_CONVERSATION_ID],
  [ATTR_MCP_CLIENT_NAME]: [ATTR_MCP_CLIENT_NAME, 'mastra.mcp_server_request.client_name'],
  [ATTR_MCP_CLIENT_VERSION]: [ATTR_MCP_CLIENT_VERSION, 'mastra.mcp_server_request.client_version'],
  [ATTR_MCP_PROTOCOL_VERSION]: [ATTR_MCP_PROTOCOL_VERSION],
  [ATTR_NETWORK_TRANSPORT]: [ATTR_NETWORK_TRANSPORT],
  [ATTR_ERROR_TYPE]: [ATTR_ERROR_TYPE],
  // `rpc.jsonrpc.error_code`: Quarkus.
  [ATTR_RPC_RESPONSE_STATUS_CODE]: [ATTR_RPC_RESPONSE_STATUS_CODE, 'rpc.jsonrpc.error_code'],
  // `mcp.tool.arguments` and `mcp.parameters`: LoongSuite.
  [ATTR_GEN_AI_TOOL_CALL_ARGUMENTS]: [
    ATTR_GEN_AI_TOOL_CALL_ARGUMENTS,
    'mcp.tool.arguments',
    'mcp.parameters',
    'mastra.mcp_server_request.input',
  ],
  // `mcp.tool.result.content`: Sentry.
  [ATTR_GEN_AI_TOOL_CALL_RESULT]: [
    ATTR_GEN_AI_TOOL_CALL_RESULT,
    'mcp.tool.result.content',
    'mastra.mcp_server_request.output',
  ],
  [ATTR_MCP_TOOLS_NAMES_LIST]: [ATTR_MCP_TOOLS_NAMES_LIST],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What a method is about: under which of our names it is kept, and where others have it. */
export const TARGETS: Readonly<Record<string, { readonly as: string; readonly from: readonly string[] }>> = {
  // `mcp.tool.name`: Sentry, Shinzo, mcp-go, LoongSuite.
  'tools/call': {
    as: ATTR_GEN_AI_TOOL_NAME,
    from: [ATTR_GEN_AI_TOOL_NAME, 'mcp.tool.name', 'mastra.mcp_server_request.target_name'],
  },
  'prompts/get': {
    as: ATTR_GEN_AI_PROMPT_NAME,
    from: [ATTR_GEN_AI_PROMPT_NAME, 'mcp.prompt.name', 'mastra.mcp_server_request.target_name'],
  },
  'resources/read': resource(),
  'resources/subscribe': resource(),
  'resources/unsubscribe': resource(),
  'notifications/resources/updated': resource(),
};

/** Arguments in attributes of their own: Sentry has the values as JSON, Shinzo as they are. */
export const ARGUMENT_PREFIX = 'mcp.request.argument.';

/** What says of a failure where the status of the span does not. */
export const FAILURES: readonly {
  readonly attribute: string;
  readonly isFailure: (value: unknown) => boolean;
}[] = [
  // Sentry.
  { attribute: 'mcp.tool.result.is_error', isFailure: (value) => value === true },
  // mcp-handler: faults of the caller leave the status unset.
  {
    attribute: 'vercel.rpc.outcome',
    isFailure: (value) => value !== 'success' && value !== 'input_required' && value !== 'cancelled',
  },
];

/** Those whose spans say it in a way of their own, by the name of their scope. */
export const OWN_WAYS: readonly {
  readonly scope: RegExp;
  readonly read: (input: ForeignInput) => Told | undefined;
}[] = [
  { scope: /^opentelemetry\.instrumentation\.mcp\.instrumentation$/, read: readTraceloop },
  // Traces clients only; what it calls a server's are requests that one sends.
  { scope: /^@traceloop\/instrumentation-mcp$/, read: () => undefined },
  { scope: /^logfire(\.mcp)?$/, read: readLogfire },
  { scope: /^agentcat$/, read: readAgentCat },
];

/** What only a server sends: a span of kind CLIENT is a server's by it, and one of kind SERVER a client's. */
export const TO_CLIENT: ReadonlySet<string> = new Set([
  'sampling/createMessage',
  'elicitation/create',
  'roots/list',
  'notifications/message',
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
  'notifications/elicitation/complete',
]);

function resource() {
  // `mcp.resource.id`: ToolHive's older name.
  return {
    as: ATTR_MCP_RESOURCE_URI,
    from: [ATTR_MCP_RESOURCE_URI, 'mcp.resource.id', 'mastra.mcp_server_request.target_name'],
  };
}
