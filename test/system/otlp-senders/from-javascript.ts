import { gzipSync } from 'node:zlib';
import {
  type Attributes,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  trace,
  ValueType,
} from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { DURATIONS, LOGS, METRICS, SCENE } from './scene.ts';
import type { Way } from './way.ts';

const [GROUP] = SCENE.resourceSpans;
const [SCOPED] = GROUP!.scopeSpans;

/** Sends the scene with OpenTelemetry's SDK for JavaScript. */
export async function sendFromJavaScript(url: string, { encoding, compression }: Way): Promise<void> {
  const [Traces, Metrics] =
    encoding === 'json' ? [JsonTraces, JsonMetrics] : [ProtobufTraces, ProtobufMetrics];
  const options = { compression: compression as Compression };
  const resource = resourceFromAttributes(attributesOf(GROUP!.resource.attributes));
  const spans = new Traces({ ...options, url: `${url}/v1/traces` });
  await sent((done) =>
    spans.export(
      SCOPED!.spans.map((span) => spanOf(span, resource)),
      done,
    ),
  );
  await spans.shutdown();
  await sendMetrics(new Metrics({ ...options, url: `${url}/v1/metrics` }), resource);
  await sendLogs(`${url}/v1/logs`, resource, { encoding, compression });
}

/** What the exporters for logs send is what these serializers make. */
async function sendLogs(url: string, resource: Resource, { encoding, compression }: Way): Promise<void> {
  const memory = new InMemoryLogRecordExporter();
  const processors = [new SimpleLogRecordProcessor({ exporter: memory })];
  const provider = new LoggerProvider({ resource, processors });
  const [record] = LOGS.resourceLogs[0]!.scopeLogs[0]!.logRecords;
  const { traceId, spanId, body, severityNumber, severityText } = record!;
  const context = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });
  provider.getLogger(SCOPED!.scope.name, SCOPED!.scope.version).emit({
    timestamp: timeOf(record!.timeUnixNano),
    observedTimestamp: timeOf(record!.observedTimeUnixNano),
    ...{ severityNumber, severityText, context },
    body: body.stringValue,
    attributes: attributesOf(record!.attributes),
  });
  await provider.forceFlush();
  const serializer = encoding === 'json' ? JsonLogsSerializer : ProtobufLogsSerializer;
  const plain = serializer.serializeRequest(memory.getFinishedLogRecords())!;
  const headers = {
    'content-type': `application/${encoding === 'json' ? 'json' : 'x-protobuf'}`,
    ...(compression === 'gzip' && { 'content-encoding': 'gzip' }),
  };
  const sentAs = new Uint8Array(compression === 'gzip' ? gzipSync(plain) : plain);
  const { ok } = await fetch(url, { method: 'POST', headers, body: sentAs });
  if (!ok) throw new Error('the logs were not taken');
}

type Compression = NonNullable<NonNullable<ConstructorParameters<typeof JsonTraces>[0]>['compression']>;

async function sendMetrics(exporter: JsonMetrics | ProtobufMetrics, resource: Resource): Promise<void> {
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const meter = provider.getMeter(SCOPED!.scope.name, SCOPED!.scope.version);
  const tool = { tool: 'get_weather' };
  meter.createCounter('calls', { unit: '{call}', valueType: ValueType.INT }).add(3, tool);
  const explicitBucketBoundaries = METRICS[1]!.histogram!.dataPoints[0]!.explicitBounds;
  const duration = meter.createHistogram('duration', { unit: 's', advice: { explicitBucketBoundaries } });
  for (const value of DURATIONS) duration.record(value, tool);
  await provider.shutdown();
}

function sent(send: (done: (result: ExportResult) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    send(({ code, error }) => (code === ExportResultCode.SUCCESS ? resolve() : reject(error)));
  });
}

type SceneSpan = Partial<Record<'attributes' | 'events' | 'links' | 'status' | 'parentSpanId', any>> & {
  traceId: string;
  spanId: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
};

function spanOf(span: SceneSpan, resource: Resource): ReadableSpan {
  const context = { traceId: span.traceId, spanId: span.spanId, traceFlags: TraceFlags.SAMPLED };
  const startTime = timeOf(span.startTimeUnixNano);
  return {
    name: span.name,
    // OTLP counts kinds from 1.
    kind: span.kind - 1,
    spanContext: () => context,
    ...(span.parentSpanId !== undefined && { parentSpanContext: { ...context, spanId: span.parentSpanId } }),
    startTime,
    endTime: timeOf(span.endTimeUnixNano),
    duration: [0, 0],
    status: span.status ?? { code: SpanStatusCode.UNSET },
    attributes: attributesOf(span.attributes),
    links: (span.links ?? []).map((link: any) => ({
      context: { traceId: link.traceId, spanId: link.spanId, traceFlags: TraceFlags.SAMPLED },
      attributes: attributesOf(link.attributes),
    })),
    events: (span.events ?? []).map((event: any) => ({
      name: event.name,
      time: timeOf(event.timeUnixNano),
      attributes: attributesOf(event.attributes),
    })),
    ended: true,
    resource,
    instrumentationScope: SCOPED!.scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function attributesOf(attributes: readonly any[] = []): Attributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOfAny(value)]));
}

function valueOfAny({ intValue, arrayValue, ...other }: any): any {
  if (arrayValue !== undefined) return arrayValue.values.map(valueOfAny);
  return intValue !== undefined ? Number(intValue) : Object.values(other)[0];
}

function timeOf(nanos: string): [number, number] {
  return [Number(nanos.slice(0, -9)), Number(nanos.slice(-9))];
}
