/** A server over stdio that records arguments and results, into a folder or to where OTLP is received. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';
import { z } from 'zod';

const otlpEndpoint = process.env['SHOP_OTLP_ENDPOINT'];

const server = new McpServer({ name: 'shop', version: '1.0.0' });
server.registerTool('find_item', { inputSchema: { name: z.string() } }, async ({ name }) => ({
  content: [{ type: 'text', text: `${name} costs 12.50 EUR` }],
}));
server.registerTool('order_item', { inputSchema: { name: z.string() } }, async ({ name }) => {
  throw new Error(`${name} is sold out`);
});

const telemetry = instrumentServer(server, {
  exporterType: otlpEndpoint === undefined ? 'file' : 'otlp-http',
  exporterEndpoint: otlpEndpoint,
  serverName: 'shop',
  batchTimeoutMs: 100,
  enableArgumentCollection: true,
  enableResultCollection: true,
});
installShutdownHooks(telemetry);
await server.connect(new StdioServerTransport());
