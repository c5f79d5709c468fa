import * as serverModule from '@modelcontextprotocol/sdk/server/index.js';
import * as mcpModule from '@modelcontextprotocol/sdk/server/mcp.js';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { McpInstrumentation, type McpInstrumentationConfig } from '../../src/instrumentation/index.ts';

export type Application = ReturnType<typeof application>;

/** An application's OpenTelemetry, which is no global one. */
export function application(processor?: (exporter: InMemorySpanExporter) => SpanProcessor) {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new NodeTracerProvider({
    spanProcessors: [processor?.(exporter) ?? new SimpleSpanProcessor(exporter)],
  });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const isOfServer = ({ attributes }: ReadableSpan): boolean => !('mcp.client.connection.id' in attributes);
  /** What is not told by the clients, which are in the same process. */
  const spans = (): ReadableSpan[] => exporter.getFinishedSpans().filter(isOfServer);
  const names = (): string[] => spans().map(({ name }) => name);
  const metricNames = (): string[] =>
    metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name));
  const shutdown = () => Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]);
  return { exporter, tracerProvider, meterProvider, spans, names, metricNames, shutdown };
}

const made = new Set<McpInstrumentation>();

/** Registered with the application's providers, and shown the modules that the tests load past Node's own ways. */
export function instrumentation(
  config: McpInstrumentationConfig | undefined,
  { tracerProvider, meterProvider }: Application,
): McpInstrumentation {
  const instance = shown(new McpInstrumentation(config));
  if (config?.enabled !== false)
    registerInstrumentations({ instrumentations: [instance], tracerProvider, meterProvider });
  return instance;
}

/** One that is shown the modules of SDK 1.x that have the servers. */
export function shown(instance: McpInstrumentation): McpInstrumentation {
  made.add(instance);
  for (const { name, files } of instance.getModuleDefinitions()) {
    if (name !== '@modelcontextprotocol/sdk') continue;
    for (const file of files)
      if (!file.name.includes('/client/'))
        file.patch(file.name.endsWith('mcp.js') ? mcpModule : serverModule);
  }
  return instance;
}

/** Call in `afterEach`. */
export function disableAll(): void {
  for (const each of made) each.disable();
  made.clear();
}
