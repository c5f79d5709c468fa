/** OTLP/HTTP to OTEL_EXPORTER_OTLP_ENDPOINT, span by span: nothing is lost when the process ends. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

export const processor = new SimpleSpanProcessor(new OTLPTraceExporter());

export function setUp() {
  const resource = resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME });
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  return provider;
}
