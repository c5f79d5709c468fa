/**
 * A server whose tool asks another service over HTTP. It is instrumented as every server is: that its spans hang below those
 * of the agent needs no line.
 *
 *     npx tsx examples/agent-to-tool/server.ts
 *
 * is the command that the agent starts it with. The tool asks STATION_URL. Telemetry goes to http://localhost:4318, or where
 * OTEL_EXPORTER_OTLP_ENDPOINT says.
 */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { SpanKind } from '@opentelemetry/api';
import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';
import { z } from 'zod';

const station = new URL(process.env['STATION_URL'] ?? 'http://127.0.0.1:8080/');
const server = new McpServer({ name: 'weather', version: '1.0.0' });
const telemetry = instrumentServer(server);
installShutdownHooks(telemetry);

server.registerTool('get_weather', { inputSchema: { city: z.string() } }, async ({ city }) => {
  const response = await get(new URL(encodeURIComponent(city), station));
  if (!response.ok) throw new Error(`no station in ${city}`);
  return { content: [{ type: 'text', text: await response.text() }] };
});

await server.connect(new StdioServerTransport());

/** A request with its span. An application with an instrumentation of `fetch` has that by itself. */
function get(url: URL): Promise<Response> {
  const attributes = { 'http.request.method': 'GET', 'server.address': url.hostname, 'url.full': url.href };
  return telemetry.tracer.startActiveSpan('GET', { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      const response = await fetch(url);
      span.setAttribute('http.response.status_code', response.status);
      return response;
    } finally {
      span.end();
    }
  });
}
