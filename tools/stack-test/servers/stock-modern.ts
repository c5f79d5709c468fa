/** Protocol 2026-07-28, which has no session on the wire. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { z } from 'zod';
import { shortIntervals } from './settings.ts';

const telemetry = new TelemetryManager({
  serverName: 'stock',
  serverVersion: '3.0.0',
  ...shortIntervals(),
});
installShutdownHooks(telemetry);

function createStock(): McpServer {
  const server = new McpServer({ name: 'stock', version: '3.0.0' });
  server.registerTool('get_stock', { inputSchema: z.object({ item: z.string() }) }, async ({ item }) => ({
    content: [{ type: 'text', text: `12 of ${item}` }],
  }));
  telemetry.instrument(server);
  return server;
}

const handler = toNodeHandler(createMcpHandler(createStock));
const listener = createServer((request, response) => void handler(request, response));
listener.listen(0, '127.0.0.1', () => {
  const { port } = listener.address() as AddressInfo;
  console.error(`stock: listening on http://127.0.0.1:${port}/mcp`);
});
