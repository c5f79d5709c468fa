/** A low-level server that takes its time to list its tools. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';
import { shortIntervals } from './settings.ts';
import { DISCOVERY_MS } from './times.ts';

const TOOLS = ['list_products', 'track_parcel'];

const server = new Server({ name: 'catalog', version: '0.4.0' }, { capabilities: { tools: {} } });
installShutdownHooks(instrumentServer(server, shortIntervals()));
server.setRequestHandler(ListToolsRequestSchema, async () => {
  await sleep(DISCOVERY_MS);
  return { tools: TOOLS.map((name) => ({ name, inputSchema: { type: 'object' as const } })) };
});
server.setRequestHandler(CallToolRequestSchema, async ({ params }) => ({
  content: [{ type: 'text', text: `${params.name} is done` }],
}));
await server.connect(new StdioServerTransport());
