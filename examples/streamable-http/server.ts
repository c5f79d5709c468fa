/**
 * A stateful Streamable HTTP server: one MCP server for each client session, all observed by one manager.
 *
 *     npx tsx examples/streamable-http/server.ts
 *
 * listens on http://127.0.0.1:3000/mcp (PORT chooses another port). Telemetry goes to http://localhost:4318, or where
 * OTEL_EXPORTER_OTLP_ENDPOINT says.
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Request, Response } from 'express';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { z } from 'zod';

// One manager for the whole process: it owns the exporter, and every server below shares it.
const telemetry = new TelemetryManager({
  serverName: 'notes',
  serverVersion: '1.0.0',
  // Few clients send DELETE when they are done. A session counts as ended after so long without a request.
  sessionIdleTimeoutMs: Number(process.env['SESSION_IDLE_MS'] ?? 30 * 60_000),
});
installShutdownHooks(telemetry);

function createNotesServer(): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  const notes: string[] = [];
  server.registerTool('add_note', { inputSchema: { text: z.string() } }, async ({ text }) => {
    notes.push(text);
    return { content: [{ type: 'text', text: `${notes.length} notes` }] };
  });
  server.registerPrompt('summarize', {}, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Summarize: ${notes.join('; ')}` } }],
  }));
  // Cheap enough for each session: no exporter, timer or listener comes with it.
  telemetry.instrument(server);
  return server;
}

const transports = new Map<string, StreamableHTTPServerTransport>();

async function openSession(): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    // This id becomes the client session's id in the telemetry.
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => void transports.set(id, transport),
    onsessionclosed: (id) => void transports.delete(id),
  });
  await createNotesServer().connect(transport);
  return transport;
}

async function handle(request: Request, response: Response): Promise<void> {
  const id = request.header('mcp-session-id');
  const isNew = id === undefined && request.method === 'POST' && isInitializeRequest(request.body);
  const transport = isNew ? await openSession() : transports.get(id ?? '');
  if (transport === undefined) response.status(404).json({ error: 'unknown session' });
  else await transport.handleRequest(request, response, request.body);
}

// Express with a JSON parser and a check of the Host header.
const app = createMcpExpressApp();
app.all('/mcp', handle);
const listener = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = listener.address() as AddressInfo;
  console.error(`notes: listening on http://127.0.0.1:${port}/mcp`);
});
