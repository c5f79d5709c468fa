/** A server with two tools: over stdio, or over Streamable HTTP with sessions where PORT is set. */
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

const { PORT } = process.env;
const WORK_MS = 0.25;

if (PORT === undefined) await create().connect(new StdioServerTransport());
else http.createServer(serve).listen(Number(PORT), '127.0.0.1');

const sessions = new Map();

async function serve(request, response) {
  const id = request.headers['mcp-session-id'];
  const known = sessions.get(id);
  if (known !== undefined) return known.handleRequest(request, response);
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (made) => sessions.set(made, transport),
  });
  await create().connect(transport);
  await transport.handleRequest(request, response);
}

function create() {
  const server = new McpServer({ name: 'bench-server', version: '1.0.0' });
  server.registerTool(
    'echo',
    { description: 'Says it again', inputSchema: { text: z.string() } },
    async ({ text }) => ({ content: [{ type: 'text', text }] }),
  );
  server.registerTool(
    'work',
    {
      description: 'Says it again, after a quarter of a millisecond of work',
      inputSchema: { text: z.string() },
    },
    async ({ text }) => {
      const until = performance.now() + WORK_MS;
      while (performance.now() < until);
      return { content: [{ type: 'text', text }] };
    },
  );
  return server;
}
