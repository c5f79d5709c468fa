/** Shinzo's instrumentation, which sees tools that are offered in the older way. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { instrumentServer } from '@shinzolabs/instrumentation-mcp';
import { offer, olderTool } from './things.mjs';

const server = new McpServer({ name: 'demo', version: '1.0.0' });
const telemetry = instrumentServer(server, {
  serverName: process.env.OTEL_SERVICE_NAME,
  serverVersion: '1.0.0',
  exporterEndpoint: `${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1`,
  enableMetrics: false,
});
await offer(server, olderTool(server)).connect(new StdioServerTransport());
process.stdin.on('end', async () => {
  await telemetry.shutdown();
  process.exit();
});
