/** AgentCat, with its exporter of OTLP alone. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { track } from 'agentcat';
import { offer } from './things.mjs';

// It takes the server's name for the service's.
const server = offer(new McpServer({ name: process.env.OTEL_SERVICE_NAME, version: '1.0.0' }));
const otlp = { type: 'otlp', endpoint: process.env.OTEL_EXPORTER_OTLP_ENDPOINT };
track(server, null, { enableToolCallContext: false, enableReportMissing: false, exporters: { otlp } });
await server.connect(new StdioServerTransport());
// It has no way to wait for what it sends.
process.stdin.on('end', () => setTimeout(() => process.exit(), 1_000));
