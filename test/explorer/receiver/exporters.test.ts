import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { openRecording } from '../../../src/explorer/recording/recording.ts';
import { type Running, run } from './support.ts';

let running: Running;
beforeEach(async () => {
  running = await run();
});
afterEach(() => running.close());

const resource = resourceFromAttributes({
  'service.name': 'shop',
  'service.instance.id': 'one',
  weight: 1.5,
});
type Compression = NonNullable<
  NonNullable<ConstructorParameters<typeof JsonTraceExporter>[0]>['compression']
>;
/** Each way in which OpenTelemetry's exporters for JavaScript send. */
const WAYS = [
  ['protobuf', 'none' as Compression],
  ['protobuf', 'gzip' as Compression],
  ['json', 'none' as Compression],
  ['json', 'gzip' as Compression],
] as const;

describe('the exporters of the OpenTelemetry SDK', () => {
  test('send spans that land identically, however they are encoded', async () => {
    const spans = await makeSpans();
    for (const [encoding, compression] of WAYS) {
      const Exporter = encoding === 'json' ? JsonTraceExporter : ProtobufTraceExporter;
      const exporter = new Exporter({ url: `${running.url}/v1/traces`, compression });
      await sent((done) => exporter.export(spans, done));
      await exporter.shutdown();
    }
    const lines = running.lines('traces');
    expect(lines).toHaveLength(4);
    expect(new Set(lines).size).toBe(1);
    expect(running.written).toEqual(['traces', 'traces', 'traces', 'traces']);
    expect(spansIn(lines[0])).toHaveLength(spans.length);
  });

  test('send metrics that land identically, however they are encoded', async () => {
    const metrics = await makeMetrics();
    for (const [encoding, compression] of WAYS) {
      const Exporter = encoding === 'json' ? JsonMetricExporter : ProtobufMetricExporter;
      const exporter = new Exporter({ url: `${running.url}/v1/metrics`, compression });
      await sent((done) => exporter.export(metrics, done));
      await exporter.shutdown();
    }
    const lines = running.lines('metrics');
    expect(lines).toHaveLength(4);
    expect(new Set(lines).size).toBe(1);
    const [line] = lines.map((each) => JSON.parse(each));
    expect(line.resourceMetrics[0].scopeMetrics[0].metrics.map(({ name }: { name: string }) => name)).toEqual(
      ['size', 'calls', 'open', 'duration', 'load'],
    );
  });

  test('send logs that land identically, however they are encoded', async () => {
    const records = await makeLogs();
    const bodies = [
      ['application/json', JsonLogsSerializer.serializeRequest(records)],
      ['application/x-protobuf', ProtobufLogsSerializer.serializeRequest(records)],
    ] as const;
    for (const [type, plain] of bodies) {
      for (const encoding of ['identity', 'gzip']) {
        const body = new Uint8Array(encoding === 'gzip' ? gzipSync(plain!) : plain!);
        const headers = { 'content-type': type, 'content-encoding': encoding };
        const response = await fetch(`${running.url}/v1/logs`, { method: 'POST', headers, body });
        expect(response.status).toBe(200);
      }
    }
    const lines = running.lines('logs');
    expect(lines).toHaveLength(4);
    expect(new Set(lines).size).toBe(1);
    expect(running.written).toEqual(['logs', 'logs', 'logs', 'logs']);
    const [scope] = JSON.parse(lines[0]!).resourceLogs[0].scopeLogs;
    expect(scope.logRecords).toMatchObject([
      {
        timeUnixNano: '1795179600123456789',
        severityNumber: 17,
        body: { stringValue: 'it broke' },
        attributes: [{ key: 'http.response.status_code', value: { intValue: '503' } }],
        traceId: 'ab'.repeat(16),
        spanId: 'cd'.repeat(8),
      },
      { body: { kvlistValue: { values: [{ key: 'step', value: { intValue: '1' } }] } } },
    ]);
    // Outside of a span.
    expect(Object.keys(scope.logRecords[1])).not.toContain('traceId');
  });

  test('send what the command reads back as it was', async () => {
    const spans = await makeSpans();
    const exporter = new ProtobufTraceExporter({ url: `${running.url}/v1/traces` });
    await sent((done) => exporter.export(spans, done));
    await exporter.shutdown();
    const read = [];
    for await (const span of (await openRecording(running.dir)).spans()) read.push(span);
    // What others recorded comes last.
    const order = spans.map((span) => span.spanContext().spanId);
    read.sort((a, b) => order.indexOf(a.spanId) - order.indexOf(b.spanId));
    expect(read.map(({ spanId, name }) => ({ spanId, name }))).toEqual(
      spans.map((span) => ({ spanId: span.spanContext().spanId, name: span.name })),
    );
    const [call] = read;
    expect(call).toMatchObject({ kind: 'server', hasErrorStatus: true, statusMessage: 'no such city' });
    expect(call).toMatchObject({ serviceName: 'shop', exceptionMessage: 'boom' });
    expect(Object.fromEntries(call?.attributes ?? [])).toMatchObject({
      'mcp.method.name': 'tools/call',
      'jsonrpc.request.id': '',
      'mcp.client.session.calls': 3,
      ratio: 0.25,
      isError: false,
      'mcp.client.session.tools_list': ['a', 'b'],
    });
  });
});

/** Spans with everything that a span can have. */
async function makeSpans(): Promise<ReadableSpan[]> {
  const memory = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(memory)] });
  const tracer = provider.getTracer('test', '1.2.3', { schemaUrl: 'https://example.com/schema' });
  const other = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: TraceFlags.SAMPLED };
  const call = tracer.startSpan('tools/call get_weather', {
    kind: SpanKind.SERVER,
    startTime: [1_795_179_600, 123_456_789],
    attributes: {
      'mcp.method.name': 'tools/call',
      'jsonrpc.request.id': '',
      'mcp.client.session.calls': 3,
      ratio: 0.25,
      isError: false,
      'mcp.client.session.tools_list': ['a', 'b'],
      large: 2 ** 53 - 1,
      negative: -7,
      none: [],
      text: 'naïve ☂ \u0000 \u202e "quoted" \\ </script>',
    },
    links: [{ context: other, attributes: { why: 'because' } }],
  });
  call.addEvent('half way', { step: 1 }, [1_795_179_600, 200_000_000]);
  call.recordException(new Error('boom'), [1_795_179_600, 300_000_000]);
  call.setStatus({ code: SpanStatusCode.ERROR, message: 'no such city' });
  call.end([1_795_179_601, 1]);
  const plain = tracer.startSpan('ping', { startTime: [1_795_179_602, 0] });
  plain.end([1_795_179_602, 0]);
  provider.getTracer('another').startSpan('x', { kind: SpanKind.CLIENT }).end();
  await provider.forceFlush();
  return memory.getFinishedSpans();
}

/** A line within a span, and one outside of all. */
async function makeLogs(): Promise<ReadableLogRecord[]> {
  const memory = new InMemoryLogRecordExporter();
  const processors = [new SimpleLogRecordProcessor({ exporter: memory })];
  const provider = new LoggerProvider({ resource, processors });
  const logger = provider.getLogger('test', '1.2.3');
  const within = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: TraceFlags.SAMPLED };
  logger.emit({
    timestamp: [1_795_179_600, 123_456_789],
    severityNumber: SeverityNumber.ERROR,
    severityText: 'ERROR',
    body: 'it broke',
    attributes: { 'http.response.status_code': 503 },
    context: trace.setSpanContext(ROOT_CONTEXT, within),
  });
  logger.emit({ body: { step: 1 }, context: ROOT_CONTEXT });
  await provider.forceFlush();
  return memory.getFinishedLogRecords();
}

/** One metric of each kind. */
async function makeMetrics(): Promise<ResourceMetrics> {
  const memory = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: memory, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({
    resource,
    readers: [reader],
    views: [{ instrumentName: 'size', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  const meter = provider.getMeter('test', '1.2.3');
  meter.createCounter('calls', { unit: '{call}', description: 'how many' }).add(3, { tool: 'a' });
  meter.createUpDownCounter('open').add(-2);
  const duration = meter.createHistogram('duration', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.1, 1] },
  });
  for (const value of [0.05, 0.5, 5]) duration.record(value, { tool: 'a' });
  const size = meter.createHistogram('size');
  for (const value of [0, 1, 1000, 0.001]) size.record(value);
  meter.createObservableGauge('load').addCallback((result) => result.observe(0.5));
  await reader.forceFlush();
  const [metrics] = memory.getMetrics();
  await provider.shutdown();
  return metrics as ResourceMetrics;
}

function sent(
  send: (done: (result: { code: ExportResultCode; error?: Error }) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    send(({ code, error }) => (code === ExportResultCode.SUCCESS ? resolve() : reject(error)));
  });
}

function spansIn(line: string | undefined): any[] {
  return JSON.parse(line ?? '{}').resourceSpans.flatMap(({ scopeSpans }: any) =>
    scopeSpans.flatMap(({ spans }: any) => spans),
  );
}
