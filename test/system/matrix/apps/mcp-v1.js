// The parts of `@modelcontextprotocol/sdk` that the app uses. They exist since 1.15.

import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

export { StdioClientTransport };

export function createServer(tools) {
  const server = new McpServer({ name: 'matrix', version: '1.0.0' });
  for (const [name, run] of Object.entries(tools)) server.registerTool(name, { description: name }, run);
  return server;
}

export function createClient() {
  return new Client({ name: 'matrix-client', version: '1.0.0' });
}

export async function connectInMemory(server) {
  const [clientTransport, serverTransport] = InMemoryTransport.createLinkedPair();
  await server.connect(serverTransport);
  return connect(clientTransport);
}

export async function serveStdio(server) {
  await server.connect(new StdioServerTransport());
}

/** One session with a server of its own, as servers with sessions have it. */
export async function connectHttp(create) {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
  await create().connect(transport);
  const listener = createHttpServer((request, response) => transport.handleRequest(request, response));
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${listener.address().port}/mcp`);
  const clientTransport = new StreamableHTTPClientTransport(url);
  const client = await connect(clientTransport);
  const close = async () => {
    await clientTransport.terminateSession();
    await client.close();
    listener.closeAllConnections();
    listener.close();
  };
  return { client, close };
}

export async function connect(transport) {
  const client = createClient();
  await client.connect(transport);
  return client;
}
