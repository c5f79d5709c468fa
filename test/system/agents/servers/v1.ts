/** A server of SDK v1: over stdio, or over HTTP with sessions where `PORT` says where it listens. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { startTelemetry } from './telemetry.js';
import { INFO, registerTools } from './tools.js';

const { PORT: port } = process.env;
const telemetry = startTelemetry();
const transports = new Map<string, StreamableHTTPServerTransport>();

if (port === undefined) await createWeather().connect(new StdioServerTransport());
else createServer((request, response) => void handle(request, response)).listen(Number(port));

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const id = request.headers['mcp-session-id'];
  const transport = (typeof id === 'string' ? transports.get(id) : undefined) ?? (await open());
  await transport.handleRequest(request, response);
}

async function open(): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (own) => void transports.set(own, transport),
    onsessionclosed: (own) => void transports.delete(own),
  });
  await createWeather().connect(transport);
  return transport;
}

function createWeather(): McpServer {
  const server = new McpServer(INFO);
  registerTools(server, telemetry);
  telemetry?.instrument(server);
  return server;
}
