import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { call, initialize, initialized } from '../process/support.ts';
import { programFile } from '../register/support.ts';

const DIST = join(__dirname, '../../dist');

export type Format = 'esm' | 'cjs';

/** Node's options that load an application's telemetry before the application. */
export function preloading(format: Format, text: string): string[] {
  const path = programFile(format === 'esm' ? 'telemetry.mjs' : 'telemetry.cjs', text);
  return format === 'esm' ? ['--import', pathToFileURL(path).href] : ['--require', path];
}

const PACKAGES = {
  context: ['metrics', '@opentelemetry/api'],
  metricExporter: ['OTLPMetricExporter', '@opentelemetry/exporter-metrics-otlp-http'],
  traceExporter: ['OTLPTraceExporter', '@opentelemetry/exporter-trace-otlp-http'],
  instrumentation: ['registerInstrumentations', '@opentelemetry/instrumentation'],
  resources: ['resourceFromAttributes', '@opentelemetry/resources'],
  sdkMetrics: ['MeterProvider, PeriodicExportingMetricReader', '@opentelemetry/sdk-metrics'],
  sdkTrace: ['BatchSpanProcessor, NodeTracerProvider', '@opentelemetry/sdk-trace-node'],
} as const;

/** What an application has that starts its own OpenTelemetry, exports to OTEL_EXPORTER_OTLP_ENDPOINT, and shuts it down. */
export function telemetryText(format: Format, instrumentations = '[new McpInstrumentation()]'): string {
  const entry = join(DIST, format === 'esm' ? 'instrumentation.js' : 'instrumentation.cjs');
  const needed = [...Object.values(PACKAGES), ['McpInstrumentation', entry]];
  const imports = needed.map(([names, from]) =>
    format === 'esm'
      ? `import { ${names} } from ${JSON.stringify(from?.startsWith('/') ? pathToFileURL(from).href : from)};`
      : `const { ${names} } = require(${JSON.stringify(from)});`,
  );
  return `${imports.join('\n')}
    ${format === 'esm' ? LOADER_HOOK : ''}
    const resource = resourceFromAttributes({ 'service.name': 'the-application' });
    const tracerProvider = new NodeTracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
    });
    tracerProvider.register();
    const meterProvider = new MeterProvider({
      resource,
      readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
    });
    metrics.setGlobalMeterProvider(meterProvider);
    globalThis.instrumentations = ${instrumentations};
    registerInstrumentations({ instrumentations });
    const shutdown = () => Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]);
    process.once('SIGTERM', () => shutdown().then(() => process.exit(0)));
    process.once('beforeExit', shutdown);`;
}

const LOADER_HOOK = `
  const { register } = await import('node:module');
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);`;

/** What a client does that does not go. */
export const VISIT = [initialize, initialized, call(1, 'greet'), call(2, 'fail')];
export const ANSWERS = 3;
