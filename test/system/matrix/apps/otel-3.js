// The application has OpenTelemetry JS 3.x, which needs API 1.10 and Node.js 22.15.
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

export function setUp(how, url) {
  const resource = resourceFromAttributes({ 'service.name': 'the-application', 'otel.line': '3.x' });
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  const tracerProvider = new TracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: `${url}/v1/metrics` }),
  });
  const meterProvider = new MeterProvider({ resource, readers: [reader] });
  const finish = async () => void (await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]));
  if (how === 'config') return { config: { tracerProvider, meterProvider }, finish };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider);
  metrics.setGlobalMeterProvider(meterProvider);
  return { config: {}, finish };
}
