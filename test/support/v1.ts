import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

/** A v1 server with tools of all kinds of behaviour. */
export function v1Server(): McpServer {
  const server = new McpServer({ name: 'test-server', version: '1.2.3' }, { capabilities: { logging: {} } });
  server.registerTool('echo', { inputSchema: { text: z.string() } }, async ({ text }) => ({
    content: [{ type: 'text', text }],
  }));
  server.registerTool('fail', { inputSchema: {} }, async () => {
    throw new PaymentError('no money');
  });
  server.registerTool('refuse', { inputSchema: {} }, async () => ({
    content: [{ type: 'text', text: 'not today' }],
    isError: true,
  }));
  server.registerPrompt('greet', { argsSchema: { name: z.string() } }, async ({ name }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Hello ${name}` } }],
  }));
  server.registerResource('note', 'note://1', {}, async (uri) => ({
    contents: [{ uri: uri.href, text: 'a note' }],
  }));
  return server;
}

export class PaymentError extends Error {}

export interface Pair {
  client: Client;
  clientTransport: InMemoryTransport;
  serverTransport: InMemoryTransport;
}

export async function connectV1(
  server: Pick<McpServer, 'connect'>,
  client = new Client({ name: 'test-client', version: '4.5.6' }),
): Promise<Pair> {
  const [clientTransport, serverTransport] = InMemoryTransport.createLinkedPair();
  await server.connect(serverTransport);
  await client.connect(clientTransport);
  return { client, clientTransport, serverTransport };
}
