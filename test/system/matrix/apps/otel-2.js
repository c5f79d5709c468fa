// The application has OpenTelemetry JS 2.x.
import { metrics } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

export function setUp(how, url) {
  const resource = resourceFromAttributes({ 'service.name': 'the-application', 'otel.line': '2.x' });
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  const tracerProvider = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: `${url}/v1/metrics` }),
  });
  const meterProvider = new MeterProvider({ resource, readers: [reader] });
  const finish = async () => void (await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]));
  if (how === 'config') return { config: { tracerProvider, meterProvider }, finish };
  tracerProvider.register();
  metrics.setGlobalMeterProvider(meterProvider);
  return { config: {}, finish };
}
