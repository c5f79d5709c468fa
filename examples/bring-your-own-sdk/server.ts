/**
 * An application that has OpenTelemetry already: its providers are used, and no second SDK is started.
 *
 *     npx tsx examples/bring-your-own-sdk/server.ts
 *
 * listens on http://127.0.0.1:3000/mcp (PORT chooses another port). Telemetry goes where the application's exporters
 * send it: to http://localhost:4318, or where OTEL_EXPORTER_OTLP_ENDPOINT says.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { metrics, SpanKind, trace } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { z } from 'zod';

// The application's own set-up, as it was before.
const resource = resourceFromAttributes({ 'service.name': 'price-service' });
const headers = { 'x-sent-by': 'price-service' };
const tracerProvider = new NodeTracerProvider({
  resource,
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ headers }))],
});
tracerProvider.register();
const meterProvider = new MeterProvider({
  resource,
  readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ headers }) })],
});
metrics.setGlobalMeterProvider(meterProvider);
const tracer = trace.getTracer('price-service');

// Registered providers are found. Ones that are not registered are given as `tracerProvider` and `meterProvider`.
const telemetry = new TelemetryManager();
installShutdownHooks(telemetry, {
  // The providers are the application's: `telemetry` flushes them, and ending them is left to it.
  beforeExit: async () => {
    await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]);
  },
});

function createPriceServer(): McpServer {
  const server = new McpServer({ name: 'prices', version: '1.0.0' });
  server.registerTool('get_price', { inputSchema: { item: z.string() } }, async ({ item }) => {
    // A span of the application's own tracer, below that of the request.
    const price = await tracer.startActiveSpan('SELECT prices', async (span) => {
      span.setAttribute('db.system.name', 'sqlite');
      span.end();
      return item.length * 10;
    });
    return { content: [{ type: 'text', text: String(price) }] };
  });
  telemetry.instrument(server);
  return server;
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const server = createPriceServer();
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on('close', () => void server.close());
  await server.connect(transport);
  await transport.handleRequest(request, response);
}

// The span that HTTP instrumentation would make: the spans of MCP requests are its children.
const listener = createServer((request, response) => {
  void tracer.startActiveSpan(`${request.method} /mcp`, { kind: SpanKind.SERVER }, async (span) => {
    response.on('close', () => span.end());
    await handle(request, response);
  });
});
listener.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = listener.address() as AddressInfo;
  console.error(`prices: listening on http://127.0.0.1:${port}/mcp`);
});
