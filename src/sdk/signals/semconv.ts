/**
 * Every name that the package emits. Names are public API: dashboards, pages and tests rely on them.
 *
 * The `mcp.*`, `gen_ai.*`, `rpc.*`, `network.*`, `client.*`, `server.*`, `jsonrpc.*`, `error.*` and `exception.*` names follow
 * the OpenTelemetry semantic conventions for MCP (status: Development), copied here because that entry point is unstable.
 */

export const ATTR_MCP_METHOD_NAME = 'mcp.method.name';
export const ATTR_MCP_SESSION_ID = 'mcp.session.id';
export const ATTR_MCP_REQUEST_ID = 'mcp.request.id';
/** The session id of the protocol, where the client session has another. */
export const ATTR_MCP_PROTOCOL_SESSION_ID = 'mcp.protocol.session.id';
/** Bytes of the JSON-RPC message. */
export const ATTR_MCP_REQUEST_SIZE = 'mcp.request.size';
export const ATTR_MCP_RESPONSE_SIZE = 'mcp.response.size';
export const ATTR_MCP_REQUEST_ABANDONED = 'mcp.request.abandoned';
/** Of a `notifications/message`, which is a server's log line to its client. */
export const ATTR_MCP_LOG_LEVEL = 'mcp.log.level';
export const ATTR_MCP_LOG_LOGGER = 'mcp.log.logger';
export const ATTR_MCP_LOG_DATA = 'mcp.log.data';
/** What a JSON-RPC error says that leaves the status of its span unset, which alone could describe it. */
export const ATTR_MCP_ERROR_MESSAGE = 'mcp.error.message';
export const ATTR_MCP_TOOL_NAME = 'mcp.tool.name';
export const ATTR_MCP_RESOURCE_URI = 'mcp.resource.uri';
export const ATTR_MCP_PROTOCOL_VERSION = 'mcp.protocol.version';
export const ATTR_MCP_CLIENT_NAME = 'mcp.client.name';
export const ATTR_MCP_CLIENT_VERSION = 'mcp.client.version';
/** What the server has told a client of itself. */
export const ATTR_MCP_SERVER_NAME = 'mcp.server.name';
export const ATTR_MCP_SERVER_VERSION = 'mcp.server.version';
/** A UUID for each connection of an instrumented client: on every span of its side, and on none of a server's. */
export const ATTR_MCP_CLIENT_CONNECTION_ID = 'mcp.client.connection.id';
/** Bytes of the JSON of all tools in the answer to a `tools/list`. */
export const ATTR_MCP_TOOLS_SIZE = 'mcp.tools.size';
export const ATTR_MCP_TOOLS_COUNT = 'mcp.tools.count';
export const ATTR_MCP_TOOLS_NAMES = 'mcp.tools.names';
export const ATTR_MCP_TOOLS_NAMES_LIST = 'mcp.tools.names_list';

export const ATTR_MCP_CLIENT_SESSION_ID = 'mcp.client.session.id';
export const ATTR_MCP_CLIENT_SESSION_SOURCE = 'mcp.client.session.source';
/** What the parts of one session have in common that several processes recorded under ids of their own. */
export const ATTR_MCP_CLIENT_SESSION_KEY = 'mcp.client.session.key';
/** Milliseconds without a request after which the next one begins another session. */
export const ATTR_MCP_CLIENT_SESSION_IDLE_TIMEOUT_MS = 'mcp.client.session.idle_timeout_ms';
/** The method of the request that opened the session in this process. */
export const ATTR_MCP_CLIENT_SESSION_OPENED_BY = 'mcp.client.session.opened_by';
export const ATTR_MCP_CLIENT_SESSION_EVENT = 'mcp.client.session.event';
export const ATTR_MCP_CLIENT_SESSION_SEQ = 'mcp.client.session.seq';
export const ATTR_MCP_CLIENT_SESSION_STATUS = 'mcp.client.session.status';
export const ATTR_MCP_CLIENT_SESSION_END_REASON = 'mcp.client.session.end_reason';
export const ATTR_MCP_CLIENT_SESSION_START_UNIX_MS = 'mcp.client.session.start_unix_ms';
export const ATTR_MCP_CLIENT_SESSION_DURATION_MS = 'mcp.client.session.duration_ms';
export const ATTR_MCP_CLIENT_SESSION_CALLS = 'mcp.client.session.calls';
export const ATTR_MCP_CLIENT_SESSION_ERRORS = 'mcp.client.session.errors';
export const ATTR_MCP_CLIENT_SESSION_TOOLS = 'mcp.client.session.tools';
export const ATTR_MCP_CLIENT_SESSION_TOOLS_LIST = 'mcp.client.session.tools_list';
/** The requests that are open at a report, the oldest first: `tools/call get_weather`, and since when (Unix milliseconds). */
export const ATTR_MCP_CLIENT_SESSION_OPEN_REQUESTS = 'mcp.client.session.open_requests';
export const ATTR_MCP_CLIENT_SESSION_OPEN_SINCE_UNIX_MS = 'mcp.client.session.open_since_unix_ms';

export const ATTR_JSONRPC_REQUEST_ID = 'jsonrpc.request.id';
export const ATTR_GEN_AI_CONVERSATION_ID = 'gen_ai.conversation.id';
export const ATTR_GEN_AI_TOOL_NAME = 'gen_ai.tool.name';
export const ATTR_GEN_AI_PROMPT_NAME = 'gen_ai.prompt.name';
/** Before the name of each variable, with a dot. */
export const ATTR_GEN_AI_PROMPT_VARIABLE = 'gen_ai.prompt.variable';
export const ATTR_GEN_AI_OPERATION_NAME = 'gen_ai.operation.name';
export const ATTR_GEN_AI_TOOL_CALL_ARGUMENTS = 'gen_ai.tool.call.arguments';
export const ATTR_GEN_AI_TOOL_CALL_RESULT = 'gen_ai.tool.call.result';
export const ATTR_NETWORK_TRANSPORT = 'network.transport';
export const ATTR_NETWORK_PROTOCOL_NAME = 'network.protocol.name';
export const ATTR_NETWORK_PROTOCOL_VERSION = 'network.protocol.version';
export const ATTR_CLIENT_ADDRESS = 'client.address';
export const ATTR_CLIENT_PORT = 'client.port';
export const ATTR_SERVER_ADDRESS = 'server.address';
export const ATTR_SERVER_PORT = 'server.port';
export const ATTR_USER_AGENT_ORIGINAL = 'user_agent.original';
export const ATTR_ENDUSER_PSEUDO_ID = 'enduser.pseudo.id';
export const ATTR_ERROR_TYPE = 'error.type';
export const ATTR_EXCEPTION_TYPE = 'exception.type';
export const ATTR_EXCEPTION_MESSAGE = 'exception.message';
export const ATTR_EXCEPTION_STACKTRACE = 'exception.stacktrace';
export const ATTR_RPC_RESPONSE_STATUS_CODE = 'rpc.response.status_code';

export const ATTR_SERVICE_NAME = 'service.name';
export const ATTR_SERVICE_NAMESPACE = 'service.namespace';
export const ATTR_SERVICE_VERSION = 'service.version';
export const ATTR_SERVICE_INSTANCE_ID = 'service.instance.id';
export const ATTR_HOST_NAME = 'host.name';
export const ATTR_PROCESS_PID = 'process.pid';

export const METRIC_SERVER_OPERATION_DURATION = 'mcp.server.operation.duration';
export const METRIC_CLIENT_OPERATION_DURATION = 'mcp.client.operation.duration';
export const METRIC_CLIENT_SESSION_DURATION = 'mcp.client.session.duration';
export const METRIC_SERVER_SESSION_DURATION = 'mcp.server.session.duration';
export const METRIC_SERVER_CLIENT_SESSION_DURATION = 'mcp.server.client_session.duration';
export const METRIC_SERVER_CLIENT_SESSION_ACTIVE = 'mcp.server.client_session.active';
export const METRIC_SERVER_OPERATION_ACTIVE = 'mcp.server.operation.active';
export const METRIC_SERVER_REQUEST_SIZE = 'mcp.server.request.size';
export const METRIC_SERVER_RESPONSE_SIZE = 'mcp.server.response.size';

/** The scope of all of them: the name of the package. */
export const SCOPE_NAME = 'mcp-sessionscope';

export const SPAN_SESSION_START = 'mcp.session start';
export const SPAN_SESSION_UPDATE = 'mcp.session update';
export const SPAN_SESSION_END = 'mcp.session end';

/** The name of the span event that holds an exception. */
export const EVENT_EXCEPTION = 'exception';

/** Stands for every value that is not one of the few known ones. */
export const OTHER = '_OTHER';

export const ERROR_TYPE_TOOL = 'tool_error';
export const ERROR_TYPE_CANCELLED = 'cancelled';
export const ERROR_TYPE_TIMEOUT = 'timeout';
export const ERROR_TYPE_CONNECTION_CLOSED = 'connection_closed';

/** Seconds; the buckets that the conventions give for MCP durations. */
export const DURATION_BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
/** Seconds; sessions live longer than operations. */
export const SESSION_DURATION_BUCKETS = [...DURATION_BUCKETS, 600, 1800, 3600, 14400, 28800, 86400];
/** Bytes; finest from 1 to 64 KiB, where the answers of tools begin to be felt in the context of a model. */
export const SIZE_BUCKETS = [
  128, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
];
