/** The reference server over stateful Streamable HTTP: a server for each session, one manager for all. */
import { randomUUID } from 'node:crypto';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import { createServer } from '@modelcontextprotocol/server-everything/dist/server/index.js';
import type { Request, Response } from 'express';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { tellAddress } from './tell-address.ts';

const telemetry = new TelemetryManager({
  exporterType: 'file',
  serverName: 'everything-http',
  // The demo prints while this server is running.
  batchTimeoutMs: 100,
});
installShutdownHooks(telemetry);

const transports = new Map<string, StreamableHTTPServerTransport>();

async function openSession(): Promise<StreamableHTTPServerTransport> {
  const { server, cleanup } = createServer();
  telemetry.instrument(server);
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => void transports.set(id, transport),
    onsessionclosed: (id) => {
      transports.delete(id);
      cleanup(id);
    },
  });
  await server.connect(transport);
  return transport;
}

async function handle(request: Request, response: Response): Promise<void> {
  const id = request.header('mcp-session-id');
  const isNew = id === undefined && request.method === 'POST' && isInitializeRequest(request.body);
  const transport = isNew ? await openSession() : transports.get(id ?? '');
  if (transport === undefined) response.status(404).json({ error: 'unknown session' });
  else await transport.handleRequest(request, response, request.body);
}

const app = createMcpExpressApp();
app.all('/mcp', handle);
const listener = app.listen(0, '127.0.0.1', () => tellAddress(listener));
