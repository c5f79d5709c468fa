/**
 * A stdio server whose sessions, requests and errors go to an OpenTelemetry collector.
 *
 *     npx tsx examples/stdio/server.ts
 *
 * is the command to give an MCP client. Telemetry goes to http://localhost:4318, or where
 * OTEL_EXPORTER_OTLP_ENDPOINT says.
 */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';
import { z } from 'zod';

const FORECASTS: Record<string, string> = { Oslo: '4 °C, rain', Lisbon: '19 °C, sunny' };

const server = new McpServer({ name: 'weather', version: '1.0.0' });

// Before or after the tools are registered, but before `connect`. Service name and version are the server's own.
const telemetry = instrumentServer(server);

// The client of a stdio server closes stdin when it is done. The hooks flush then, and on SIGINT and SIGTERM: without
// them the last batch would be lost, and the session would never end.
installShutdownHooks(telemetry);

server.registerTool(
  'get_weather',
  { description: 'The weather of a city', inputSchema: { city: z.string() } },
  async ({ city }) => {
    const forecast = FORECASTS[city];
    // The client reads `isError`; the span also says which exception it was.
    if (forecast === undefined) throw new RangeError(`no forecast for ${city}`);
    return { content: [{ type: 'text', text: forecast }] };
  },
);

await server.connect(new StdioServerTransport());
