import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { registerTools } from './tools.js';

/** Answers as a server that keeps a session for each client. */
export function withSessions(telemetry) {
  const sessions = new Map();
  return async (request) => {
    const known = sessions.get(request.headers.get('mcp-session-id'));
    if (known !== undefined) return known.handleRequest(request);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    const server = new McpServer({ name: 'weather', version: '1.0.0' });
    telemetry.instrument(server);
    await registerTools(server, telemetry).connect(transport);
    return transport.handleRequest(request);
  };
}
