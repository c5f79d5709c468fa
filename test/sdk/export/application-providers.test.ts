import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';
import { type OtlpSink, startOtlpSink } from '../../support/otlp-sink.ts';
import { stderrOf } from '../../support/stderr.ts';
import { connectV1, v1Server } from '../../support/v1.ts';
import { manage, observe, setEnvironment, shutDownAll } from './support.ts';

let sink: OtlpSink;
let spans: InMemorySpanExporter;
let dataPoints: InMemoryMetricExporter;
let tracers: NodeTracerProvider;
let meters: MeterProvider;

beforeEach(async () => {
  setEnvironment();
  sink = await startOtlpSink();
  spans = new InMemorySpanExporter();
  dataPoints = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  tracers = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: dataPoints })] });
});
afterEach(async () => {
  await shutDownAll();
  for (const api of [trace, metrics, context, propagation]) api.disable();
  await Promise.all([tracers.shutdown(), meters.shutdown(), sink.close()]);
});

/** One call, observed; what the application's own providers were given, and what was said. */
async function callOnce(config: TelemetryConfig) {
  const said = await stderrOf(async () => {
    const { echo, telemetry } = await observe(config);
    await echo();
    await telemetry.shutdown();
  });
  return {
    said,
    spans: spans.getFinishedSpans().map(({ name }) => name),
    metrics: dataPoints
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: all }) => all)),
  };
}

describe('providers that the application has registered', () => {
  test('are used, and no SDK of our own is started', async () => {
    trace.setGlobalTracerProvider(tracers);
    metrics.setGlobalMeterProvider(meters);
    const recorded = await callOnce({});
    expect(recorded.said).toBe('');
    expect(recorded.spans).toContain('tools/call echo');
    expect(recorded.metrics.map(({ descriptor }) => descriptor.name)).toContain(
      'mcp.server.session.duration',
    );
    expect(sink.requests).toEqual([]);
  });

  test('after a server was instrumented are used all the same, and so is a context manager', async () => {
    const server = v1Server();
    const telemetry = manage({});
    telemetry.instrument(server);
    expect(context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())).toBe(true);
    expect(trace.setGlobalTracerProvider(tracers)).toBe(true);
    const { client } = await connectV1(server);
    await client.ping();
    expect(spans.getFinishedSpans().map(({ name }) => name)).toContain('ping');
  });

  test('are used for metrics where only a meter provider is registered', async () => {
    metrics.setGlobalMeterProvider(meters);
    const recorded = await callOnce({});
    expect(recorded.metrics.map(({ descriptor }) => descriptor.name)).toContain(
      'mcp.server.operation.duration',
    );
    expect(recorded.spans).toEqual([]);
  });
});

describe('providers that the configuration gives', () => {
  test('are used without a word, and win over registered ones', async () => {
    const others = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(
      new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(others)] }),
    );
    const recorded = await callOnce({
      tracerProvider: tracers,
      meterProvider: meters,
      exporterEndpoint: sink.url,
    });
    expect(recorded.said).toBe('');
    expect(recorded.spans).toContain('tools/call echo');
    expect(others.getFinishedSpans()).toEqual([]);
    expect(sink.requests).toEqual([]);
  });

  test.each([
    ['traces', { enableTracing: false }],
    ['metrics', { enableMetrics: false }],
  ])('get no %s where they are turned off', async (signal, off) => {
    const recorded = await callOnce({ tracerProvider: tracers, meterProvider: meters, ...off });
    expect(recorded.spans.length > 0).toBe(signal !== 'traces');
    expect(recorded.metrics.length > 0).toBe(signal !== 'metrics');
  });
});

test('OTEL_SDK_DISABLED stops recording into given and into registered providers', async () => {
  setEnvironment({ OTEL_SDK_DISABLED: 'true' });
  const given = await callOnce({ tracerProvider: tracers, meterProvider: meters });
  trace.setGlobalTracerProvider(tracers);
  metrics.setGlobalMeterProvider(meters);
  const registered = await callOnce({});
  await meters.forceFlush();
  for (const recorded of [given, registered]) {
    expect(recorded).toEqual({ said: '', spans: [], metrics: [] });
  }
  expect(dataPoints.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)).toEqual([]);
  expect(sink.requests).toEqual([]);
});

test('without any, nothing is registered globally but the context manager that spans need', async () => {
  const { telemetry } = await observe({ exporterEndpoint: sink.url });
  const delegate = (trace.getTracerProvider() as { getDelegate?(): object }).getDelegate?.();
  expect(delegate?.constructor.name).toBe('NoopTracerProvider');
  expect(metrics.getMeterProvider().constructor.name).toBe('NoopMeterProvider');
  expect(propagation.fields()).toEqual([]);
  await telemetry.shutdown();
});

test('after shutdown a manager records and says nothing', async () => {
  const { echo, telemetry } = await observe({ exporterEndpoint: sink.url });
  await telemetry.shutdown();
  const before = sink.requests.length;
  const said = await stderrOf(async () => {
    await echo();
    expect(telemetry.startActiveSpan('late', {}, () => 'result')).toBe('result');
    telemetry.getIncrementCounter('late.things')(1);
    await telemetry.forceFlush();
    await telemetry.shutdown();
  });
  expect(said).toBe('');
  expect(sink.requests).toHaveLength(before);
  expect(telemetry.activeSessions()).toEqual([]);
});
