/**
 * Metrics that Prometheus scrapes, from the port of the server itself, and traces over OTLP.
 *
 *     npx tsx examples/prometheus/server.ts
 *
 * listens on http://127.0.0.1:3000/mcp (PORT chooses another port), with the metrics at /metrics. Traces go to
 * http://localhost:4318, or where OTEL_EXPORTER_OTLP_ENDPOINT says.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { z } from 'zod';

const resource = resourceFromAttributes({ 'service.name': 'stock' });
// Without `preventServerStart` it listens on a port of its own, 9464.
const prometheus = new PrometheusExporter({ preventServerStart: true });

// With a meter provider given, no SDK is started: whoever wants traces gives a tracer provider, too.
const telemetry = new TelemetryManager({
  meterProvider: new MeterProvider({ resource, readers: [prometheus] }),
  tracerProvider: new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  }),
});
installShutdownHooks(telemetry);

const mcp = toNodeHandler(
  createMcpHandler(() => {
    const server = new McpServer({ name: 'stock', version: '1.0.0' });
    server.registerTool('count', { inputSchema: z.object({ item: z.string() }) }, async ({ item }) => {
      if (item === 'unicorn') throw new RangeError('never heard of it');
      return { content: [{ type: 'text', text: '3' }] };
    });
    telemetry.instrument(server);
    return server;
  }),
);

const listener = createServer((request, response) => {
  if (request.url === '/metrics') prometheus.getMetricsRequestHandler(request, response);
  else void mcp(request, response);
});
listener.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = listener.address() as AddressInfo;
  console.error(`stock: listening on http://127.0.0.1:${port}/mcp`);
});
