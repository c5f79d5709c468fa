/** mcp-opentelemetry, for version 2 of the SDK. */
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { instrumentServer } from 'mcp-opentelemetry';
import { setUp } from './telemetry.mjs';
import { offer } from './things.mjs';

const provider = setUp();
const server = offer(new McpServer({ name: 'demo', version: '1.0.0' }));
instrumentServer(server, { captureArguments: true });
await server.connect(new StdioServerTransport());
process.stdin.on('end', async () => {
  await provider.shutdown();
  process.exit();
});
