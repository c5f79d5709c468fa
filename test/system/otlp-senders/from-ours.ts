import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { z } from 'zod';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';

/** A client of a server that this package instruments, which sends to a collector as it does by itself. */
export async function sendFromOurs(url: string): Promise<void> {
  await converse({ exporterEndpoint: url });
}

/** The same with the OpenTelemetry SDK of the application, which sends protobuf. */
export async function sendFromOursAsProtobuf(url: string): Promise<void> {
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  const tracerProvider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  await converse({ tracerProvider });
  await tracerProvider.shutdown();
}

/**
 * What OTLP as JSON has no form for, in every place that takes a number, beside a span and a value that are good. The
 * Collector's reader refuses a request for one of them.
 */
export async function sendInexpressible(config: Partial<TelemetryConfig>): Promise<void> {
  const { TelemetryManager } = await built();
  const telemetry = new TelemetryManager({
    serverName: 'odd',
    resourceAttributes: { weight: Number.NaN },
    ...config,
  });
  const odd = { nan: Number.NaN, list: [1, Number.NEGATIVE_INFINITY], huge: 1e300, long: -(2 ** 63) };
  const context = { traceId: 'bad', spanId: 'bad', traceFlags: 1 };
  telemetry.startActiveSpan('given', odd, () => {});
  const span = telemetry.tracer.startSpan('set', { links: [{ context }] });
  span.setAttributes(odd).addEvent('event', odd).addEvent('never', {}, new Date(Number.NaN)).end();
  telemetry.tracer.startSpan('no time', { startTime: new Date(Number.NaN) }).end();
  for (const value of [1, Number.NaN, Number.POSITIVE_INFINITY]) {
    telemetry.getHistogram('odd.histogram')(value, odd);
    telemetry.getIncrementCounter('odd.counter')(value);
  }
  telemetry.meter.createObservableGauge('odd.gauge').addCallback((result) => result.observe(Number.NaN));
  await telemetry.shutdown();
}

async function converse(config: Partial<TelemetryConfig>): Promise<void> {
  const { instrumentServer } = await built();
  const server = new McpServer({ name: 'weather', version: '1.0.0' });
  server.registerTool('get_weather', { inputSchema: { city: z.string() } }, ({ city }) => {
    if (city === 'Atlantis') throw new Error('no such city: "Atlantis" ☂');
    return { content: [{ type: 'text', text: 'sunny' }] };
  });
  const telemetry = instrumentServer(server, {
    serverName: 'weather',
    enableArgumentCollection: true,
    ...config,
  });
  const client = new Client({ name: 'a client', version: '2.0.0' });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(ours), client.connect(theirs)]);
  await client.listTools();
  for (const city of ['Ulm', 'Atlantis']) await client.callTool({ name: 'get_weather', arguments: { city } });
  await client.close();
  await telemetry.shutdown();
}

/** The package as it is built: the sources find the SDK's chunk in `dist` only. */
function built(): Promise<typeof import('../../../src/index.ts')> {
  return import(new URL('../../../dist/index.js', import.meta.url).href);
}
