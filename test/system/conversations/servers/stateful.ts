/**
 * HTTP with sessions that any replica can serve: one that has not seen a session before makes a transport for its id, as
 * servers do that keep their sessions in a shared store.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { tellAddress } from '../../stack/servers/tell-address.ts';
import { INFO, startTelemetry } from './settings.ts';
import { registerTools } from './shop.ts';
import { signIn } from './signed-in.ts';

const telemetry = startTelemetry();
const transports = new Map<string, StreamableHTTPServerTransport>();

const listener = createServer((request, response) => {
  signIn(request);
  void handle(request, response);
});
listener.listen(0, '127.0.0.1', () => tellAddress(listener, INFO.name));

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Nothing is sent without being asked for.
  if (request.method === 'GET') return void response.writeHead(405).end();
  const id = request.headers['mcp-session-id'];
  const transport = typeof id === 'string' ? (transports.get(id) ?? (await open(id))) : await open();
  await transport.handleRequest(request, response);
}

/** @param id - of a session that another replica began */
async function open(id?: string): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (own) => void transports.set(own, transport),
    onsessionclosed: (own) => void transports.delete(own),
  });
  if (id !== undefined) {
    // The SDK has no other way (modelcontextprotocol/typescript-sdk#1658), so this is how it is done.
    const inner = (transport as unknown as { _webStandardTransport: object })._webStandardTransport;
    Object.assign(inner, { sessionId: id, _initialized: true });
    transports.set(id, transport);
  }
  const server = new McpServer(INFO);
  registerTools(server);
  telemetry.instrument(server);
  await server.connect(transport);
  return transport;
}
