/**
 * A stateless Streamable HTTP server: an MCP server for each request, and no session id on the wire.
 *
 *     npx tsx examples/stateless-http/server.ts
 *
 * listens on http://127.0.0.1:3000/mcp (PORT chooses another port). Telemetry goes to http://localhost:4318, or where
 * OTEL_EXPORTER_OTLP_ENDPOINT says.
 */
import type { AddressInfo } from 'node:net';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { z } from 'zod';

const telemetry = new TelemetryManager({
  serverName: 'dictionary',
  serverVersion: '1.0.0',
  // The protocol has no session here. Where your host sends something that identifies a conversation, say so: it
  // becomes the id of the client session (`mcp.client.session.source` = `application`). Never return a secret.
  sessionKey: (request) => request.header('x-conversation-id'),
  // Requests without a key are joined by authenticated user, else by address, user agent and client (`inferred`).
  // `inferSessions: false` leaves them without a client session instead.
});
installShutdownHooks(telemetry);

const WORDS: Record<string, string> = { mcp: 'Model Context Protocol', otlp: 'OpenTelemetry Protocol' };

function createDictionaryServer(): McpServer {
  const server = new McpServer({ name: 'dictionary', version: '1.0.0' });
  server.registerTool('look_up', { inputSchema: { word: z.string() } }, async ({ word }) => ({
    content: [{ type: 'text', text: WORDS[word] ?? 'unknown' }],
  }));
  telemetry.instrument(server);
  return server;
}

const app = createMcpExpressApp();
app.post('/mcp', async (request, response) => {
  const server = createDictionaryServer();
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  // Closes after each request. That ends no client session: the telemetry knows that nothing is bound to it.
  response.on('close', () => void server.close());
  await server.connect(transport);
  await transport.handleRequest(request, response, request.body);
});
// No session means no stream to open and none to delete.
app.all('/mcp', (_request, response) => void response.status(405).set('allow', 'POST').end());

const listener = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = listener.address() as AddressInfo;
  console.error(`dictionary: listening on http://127.0.0.1:${port}/mcp`);
});
