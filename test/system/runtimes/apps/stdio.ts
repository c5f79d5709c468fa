import process from 'node:process';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { registerTools } from './tools.js';

const telemetry = new TelemetryManager({
  serverName: 'weather',
  serverVersion: '1.0.0',
  ...(process.env.TO_FILES !== undefined && { exporterType: 'file', exporterEndpoint: process.env.TO_FILES }),
});
if (process.env.WITHOUT_HOOKS === undefined) installShutdownHooks(telemetry);
else process.stdin.on('end', () => process.exit());

const server = new McpServer({ name: 'weather', version: '1.0.0' });
telemetry.instrument(server);
await registerTools(server, telemetry).connect(new StdioServerTransport());
