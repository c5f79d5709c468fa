import { afterEach, describe, expect, test } from '@jest/globals';
import * as semconv from '../../src/sdk/signals/semconv.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { connectV1, v1Server } from '../support/v1.ts';

// What stands here is public API, frozen by hand: never derive the expected side from src.

afterEach(closeRecordings);

describe('names', () => {
  test('every name and constant is as documented', () => {
    expect({ ...semconv }).toEqual({
      ATTR_MCP_METHOD_NAME: 'mcp.method.name',
      ATTR_MCP_SESSION_ID: 'mcp.session.id',
      ATTR_MCP_REQUEST_ID: 'mcp.request.id',
      ATTR_MCP_REQUEST_SIZE: 'mcp.request.size',
      ATTR_MCP_RESPONSE_SIZE: 'mcp.response.size',
      ATTR_MCP_PROTOCOL_SESSION_ID: 'mcp.protocol.session.id',
      ATTR_MCP_REQUEST_ABANDONED: 'mcp.request.abandoned',
      ATTR_MCP_LOG_LEVEL: 'mcp.log.level',
      ATTR_MCP_LOG_LOGGER: 'mcp.log.logger',
      ATTR_MCP_LOG_DATA: 'mcp.log.data',
      ATTR_MCP_ERROR_MESSAGE: 'mcp.error.message',
      ATTR_MCP_TOOL_NAME: 'mcp.tool.name',
      ATTR_MCP_RESOURCE_URI: 'mcp.resource.uri',
      ATTR_MCP_PROTOCOL_VERSION: 'mcp.protocol.version',
      ATTR_MCP_CLIENT_NAME: 'mcp.client.name',
      ATTR_MCP_CLIENT_VERSION: 'mcp.client.version',
      ATTR_MCP_SERVER_NAME: 'mcp.server.name',
      ATTR_MCP_SERVER_VERSION: 'mcp.server.version',
      ATTR_MCP_CLIENT_CONNECTION_ID: 'mcp.client.connection.id',
      ATTR_MCP_TOOLS_SIZE: 'mcp.tools.size',
      ATTR_MCP_TOOLS_COUNT: 'mcp.tools.count',
      ATTR_MCP_TOOLS_NAMES: 'mcp.tools.names',
      ATTR_MCP_TOOLS_NAMES_LIST: 'mcp.tools.names_list',
      ATTR_MCP_CLIENT_SESSION_ID: 'mcp.client.session.id',
      ATTR_MCP_CLIENT_SESSION_SOURCE: 'mcp.client.session.source',
      ATTR_MCP_CLIENT_SESSION_KEY: 'mcp.client.session.key',
      ATTR_MCP_CLIENT_SESSION_IDLE_TIMEOUT_MS: 'mcp.client.session.idle_timeout_ms',
      ATTR_MCP_CLIENT_SESSION_OPENED_BY: 'mcp.client.session.opened_by',
      ATTR_MCP_CLIENT_SESSION_EVENT: 'mcp.client.session.event',
      ATTR_MCP_CLIENT_SESSION_SEQ: 'mcp.client.session.seq',
      ATTR_MCP_CLIENT_SESSION_STATUS: 'mcp.client.session.status',
      ATTR_MCP_CLIENT_SESSION_END_REASON: 'mcp.client.session.end_reason',
      ATTR_MCP_CLIENT_SESSION_START_UNIX_MS: 'mcp.client.session.start_unix_ms',
      ATTR_MCP_CLIENT_SESSION_DURATION_MS: 'mcp.client.session.duration_ms',
      ATTR_MCP_CLIENT_SESSION_CALLS: 'mcp.client.session.calls',
      ATTR_MCP_CLIENT_SESSION_ERRORS: 'mcp.client.session.errors',
      ATTR_MCP_CLIENT_SESSION_TOOLS: 'mcp.client.session.tools',
      ATTR_MCP_CLIENT_SESSION_TOOLS_LIST: 'mcp.client.session.tools_list',
      ATTR_MCP_CLIENT_SESSION_OPEN_REQUESTS: 'mcp.client.session.open_requests',
      ATTR_MCP_CLIENT_SESSION_OPEN_SINCE_UNIX_MS: 'mcp.client.session.open_since_unix_ms',
      ATTR_JSONRPC_REQUEST_ID: 'jsonrpc.request.id',
      ATTR_GEN_AI_CONVERSATION_ID: 'gen_ai.conversation.id',
      ATTR_GEN_AI_TOOL_NAME: 'gen_ai.tool.name',
      ATTR_GEN_AI_PROMPT_NAME: 'gen_ai.prompt.name',
      ATTR_GEN_AI_PROMPT_VARIABLE: 'gen_ai.prompt.variable',
      ATTR_GEN_AI_OPERATION_NAME: 'gen_ai.operation.name',
      ATTR_GEN_AI_TOOL_CALL_ARGUMENTS: 'gen_ai.tool.call.arguments',
      ATTR_GEN_AI_TOOL_CALL_RESULT: 'gen_ai.tool.call.result',
      ATTR_NETWORK_TRANSPORT: 'network.transport',
      ATTR_NETWORK_PROTOCOL_NAME: 'network.protocol.name',
      ATTR_NETWORK_PROTOCOL_VERSION: 'network.protocol.version',
      ATTR_CLIENT_ADDRESS: 'client.address',
      ATTR_CLIENT_PORT: 'client.port',
      ATTR_SERVER_ADDRESS: 'server.address',
      ATTR_SERVER_PORT: 'server.port',
      ATTR_USER_AGENT_ORIGINAL: 'user_agent.original',
      ATTR_ENDUSER_PSEUDO_ID: 'enduser.pseudo.id',
      ATTR_ERROR_TYPE: 'error.type',
      ATTR_EXCEPTION_TYPE: 'exception.type',
      ATTR_EXCEPTION_MESSAGE: 'exception.message',
      ATTR_EXCEPTION_STACKTRACE: 'exception.stacktrace',
      ATTR_RPC_RESPONSE_STATUS_CODE: 'rpc.response.status_code',
      ATTR_SERVICE_NAME: 'service.name',
      ATTR_SERVICE_NAMESPACE: 'service.namespace',
      ATTR_SERVICE_VERSION: 'service.version',
      ATTR_SERVICE_INSTANCE_ID: 'service.instance.id',
      ATTR_HOST_NAME: 'host.name',
      ATTR_PROCESS_PID: 'process.pid',
      METRIC_SERVER_OPERATION_DURATION: 'mcp.server.operation.duration',
      METRIC_CLIENT_OPERATION_DURATION: 'mcp.client.operation.duration',
      METRIC_CLIENT_SESSION_DURATION: 'mcp.client.session.duration',
      METRIC_SERVER_SESSION_DURATION: 'mcp.server.session.duration',
      METRIC_SERVER_CLIENT_SESSION_DURATION: 'mcp.server.client_session.duration',
      METRIC_SERVER_CLIENT_SESSION_ACTIVE: 'mcp.server.client_session.active',
      METRIC_SERVER_OPERATION_ACTIVE: 'mcp.server.operation.active',
      METRIC_SERVER_REQUEST_SIZE: 'mcp.server.request.size',
      METRIC_SERVER_RESPONSE_SIZE: 'mcp.server.response.size',
      SCOPE_NAME: 'mcp-sessionscope',
      SPAN_SESSION_START: 'mcp.session start',
      SPAN_SESSION_UPDATE: 'mcp.session update',
      SPAN_SESSION_END: 'mcp.session end',
      EVENT_EXCEPTION: 'exception',
      OTHER: '_OTHER',
      ERROR_TYPE_TOOL: 'tool_error',
      ERROR_TYPE_CANCELLED: 'cancelled',
      ERROR_TYPE_TIMEOUT: 'timeout',
      ERROR_TYPE_CONNECTION_CLOSED: 'connection_closed',
      DURATION_BUCKETS: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
      SESSION_DURATION_BUCKETS: [
        0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400, 28800, 86400,
      ],
      SIZE_BUCKETS: [
        128, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 262144, 1048576, 4194304, 16777216,
      ],
    });
  });

  test('every metric has its unit, its kind and its buckets', async () => {
    const recording = record();
    const server = v1Server();
    recording.telemetry.instrument(server);
    const { client } = await connectV1(server);
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await server.server.sendLoggingMessage({ level: 'info', data: 'hello' });
    await client.close();
    await recording.telemetry.shutdown();

    const seen = new Map<string, { unit: string; boundaries: number[] | undefined }>();
    for (const { metric, unit, value } of await recording.points()) {
      const boundaries = (value as { buckets?: { boundaries: number[] } }).buckets?.boundaries;
      seen.set(metric, { unit, boundaries });
    }
    const durations = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
    const sessions = [...durations, 600, 1800, 3600, 14400, 28800, 86400];
    const sizes = [128, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 262144, 1048576, 4194304, 16777216];
    expect(Object.fromEntries(seen)).toEqual({
      'mcp.server.request.size': { unit: 'By', boundaries: sizes },
      'mcp.server.response.size': { unit: 'By', boundaries: sizes },
      'mcp.server.operation.duration': { unit: 's', boundaries: durations },
      'mcp.client.operation.duration': { unit: 's', boundaries: durations },
      'mcp.server.session.duration': { unit: 's', boundaries: sessions },
      'mcp.server.client_session.duration': { unit: 's', boundaries: sessions },
      'mcp.server.client_session.active': { unit: '{session}', boundaries: undefined },
      'mcp.server.operation.active': { unit: '{request}', boundaries: undefined },
    });
  });

  test('the scope is the package, in its version', async () => {
    const { name, version } = require('../../package.json') as { name: string; version: string };
    const recording = record();
    const server = v1Server();
    recording.telemetry.instrument(server);
    await connectV1(server);
    expect(recording.spans()[0]?.instrumentationScope).toMatchObject({ name, version });
  });
});
