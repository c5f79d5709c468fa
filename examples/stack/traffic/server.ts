/**
 * The stack's example server, over Streamable HTTP.
 *
 *     npx tsx examples/stack/traffic/server.ts
 *
 * listens on http://127.0.0.1:3010/mcp (PORT and HOST choose others).
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Request, Response } from 'express';
import { installShutdownHooks } from 'mcp-sessionscope';
import { createShop, shopTelemetry } from './shop.ts';

const HOST = process.env['HOST'] ?? '127.0.0.1';
const telemetry = shopTelemetry();
installShutdownHooks(telemetry);

const transports = new Map<string, StreamableHTTPServerTransport>();

async function openSession(): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => void transports.set(id, transport),
    onsessionclosed: (id) => void transports.delete(id),
  });
  await createShop(telemetry).connect(transport);
  return transport;
}

async function handle(request: Request, response: Response): Promise<void> {
  const id = request.header('mcp-session-id');
  const isNew = id === undefined && request.method === 'POST' && isInitializeRequest(request.body);
  const transport = isNew ? await openSession() : transports.get(id ?? '');
  if (transport === undefined) response.status(404).json({ error: 'unknown session' });
  else await transport.handleRequest(request, response, request.body);
}

// In a container the server listens on all of its addresses, and its clients know it by these names.
const app = createMcpExpressApp({ host: HOST, allowedHosts: ['127.0.0.1', 'localhost', 'example'] });
app.all('/mcp', handle);
app.get('/health', (_request, response) => void response.send('well'));
const listener = app.listen(Number(process.env['PORT'] ?? 3010), HOST, () => {
  const { port } = listener.address() as AddressInfo;
  console.error(`shop: listening on http://${HOST}:${port}/mcp`);
});
