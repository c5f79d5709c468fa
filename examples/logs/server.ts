/**
 * Log lines that name the session, the request and the span they belong to: from a line to its trace, and back.
 *
 *     npx tsx examples/logs/server.ts
 *
 * is the command to give an MCP client. Telemetry goes to http://localhost:4318, or where
 * OTEL_EXPORTER_OTLP_ENDPOINT says.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';
import pino from 'pino';
import { z } from 'zod';

const server = new McpServer({ name: 'orders', version: '1.0.0' });
const telemetry = instrumentServer(server);
installShutdownHooks(telemetry);

// Called for every line, at the place where it is written. To stderr: stdout is the wire of a stdio server.
const logger = pino({ mixin: logIds }, pino.destination(2));

function logIds(): object {
  const request = telemetry.currentRequest();
  if (request === undefined) return {};
  return {
    trace_id: request.traceId,
    span_id: request.spanId,
    'mcp.session.id': request.sessionId,
    'mcp.client.session.id': request.clientSessionId,
    'mcp.request.id': request.requestId,
    'gen_ai.tool.name': request.toolName,
  };
}

server.registerTool('place_order', { inputSchema: { item: z.string() } }, async ({ item }) => {
  logger.info({ item }, 'order received');
  await telemetry.startActiveSpan('reserve', { item }, async () => {
    await sleep(20);
    logger.info({ item }, 'reserved');
  });
  return { content: [{ type: 'text', text: `ordered: ${item}` }] };
});

await server.connect(new StdioServerTransport());
logger.info('ready');
