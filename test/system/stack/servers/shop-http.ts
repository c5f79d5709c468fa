/** Stateful Streamable HTTP: a server for each client session, one manager for all. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Request, Response } from 'express';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { shortIntervals } from './settings.ts';
import { createShop } from './shop-tools.ts';

const telemetry = new TelemetryManager({
  serverName: 'shop-http',
  serverVersion: '2.1.0',
  ...shortIntervals(),
});
installShutdownHooks(telemetry);
const transports = new Map<string, StreamableHTTPServerTransport>();

async function openSession(): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => void transports.set(id, transport),
    onsessionclosed: (id) => void transports.delete(id),
  });
  const server = createShop();
  telemetry.instrument(server);
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
const listener = app.listen(0, '127.0.0.1', () => {
  const { port } = listener.address() as AddressInfo;
  console.error(`shop-http: listening on http://127.0.0.1:${port}/mcp`);
});
