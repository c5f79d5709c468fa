// The parts of `@modelcontextprotocol/server` and its companions that the app uses.
import { createServer as createHttpServer } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, InMemoryTransport, McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';

export { StdioClientTransport };

export function createServer(tools) {
  const server = new McpServer({ name: 'matrix', version: '1.0.0' });
  for (const [name, run] of Object.entries(tools)) server.registerTool(name, { description: name }, run);
  return server;
}

export async function connectInMemory(server) {
  const [clientTransport, serverTransport] = InMemoryTransport.createLinkedPair();
  await server.connect(serverTransport);
  return connect(clientTransport);
}

export async function serveStdio(server) {
  await server.connect(new StdioServerTransport());
}

/** The 2026-07-28 protocol: a server for each request, no `initialize`, no session id. */
export async function connectHttp(create) {
  const handler = createMcpHandler(create);
  const listener = createHttpServer(toNodeHandler(handler));
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${listener.address().port}/mcp`);
  const modern = { versionNegotiation: { mode: { pin: '2026-07-28' } } };
  const client = await connect(new StreamableHTTPClientTransport(url), modern);
  const close = async () => {
    await client.close();
    await handler.close();
    listener.closeAllConnections();
    listener.close();
  };
  return { client, close };
}

export async function connect(transport, options) {
  const client = new Client({ name: 'matrix-client', version: '1.0.0' }, options);
  await client.connect(transport);
  return client;
}
