import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { context, metrics, propagation, ROOT_CONTEXT, type TracerProvider, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  NodeTracerProvider,
  type Sampler,
  SamplingDecision,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { TelemetryConfig } from '../../src/sdk/types.ts';
import { runCli } from '../cli/support.ts';
import { observe, setEnvironment, shutDownAll } from '../sdk/export/support.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { stderrOf } from '../support/stderr.ts';

let sink: OtlpSink;
let spans: InMemorySpanExporter;

beforeEach(async () => {
  sink = await startOtlpSink();
  spans = new InMemorySpanExporter();
  // What is said once in a process is said once in a test.
  Reflect.deleteProperty(globalThis, Symbol.for('mcp-sessionscope.said'));
});
afterEach(async () => {
  await shutDownAll();
  for (const api of [trace, metrics, context, propagation]) api.disable();
  setEnvironment();
  await sink.close();
});

/** One call, observed; what was said, and what arrived where. */
async function callOnce(config: TelemetryConfig = {}) {
  const said = await stderrOf(async () => {
    const { echo, telemetry } = await observe(config);
    await echo();
    await telemetry.shutdown();
  });
  return {
    said: said.replaceAll('mcp-sessionscope: ', '').trimEnd().split('\n').filter(Boolean),
    endpoint: {
      spans: sink.spans.filter(({ name }) => name === 'tools/call echo').length,
      metrics: sink.points.some(({ metric }) => metric === 'mcp.server.operation.duration'),
    },
    application: spans.getFinishedSpans().filter(({ name }) => name === 'tools/call echo').length,
  };
}

const nameEndpoint = (): void => setEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });
const working = (more: object = {}) =>
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)], ...more });

/** Takes no span, as a library's does that wants errors only, whatever the sender decided. */
const keepsNothing: Sampler = {
  shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }),
  toString: () => 'ErrorsOnly',
};
/** One whose inside is not that of an SDK of OpenTelemetry. */
const unknown: TracerProvider = {
  getTracer: () => ({
    startSpan: () =>
      trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 0 }),
    startActiveSpan: () => {
      throw new Error('not used');
    },
  }),
};

// An endpoint was ignored where a library had registered providers, without a word.
describe('an endpoint that the code names', () => {
  test('is where telemetry goes, whatever the application has registered, and that is said once', async () => {
    trace.setGlobalTracerProvider(working());
    const recorded = await callOnce({ exporterEndpoint: sink.url });
    expect(recorded).toEqual({
      said: [
        'traces (NodeTracerProvider) go where the code says, not to the provider that the application registered',
      ],
      endpoint: { spans: 1, metrics: true },
      application: 0,
    });
    expect((await callOnce({ exporterEndpoint: sink.url })).said).toEqual([]);
  });

  test('gives way to a provider that the code gives', async () => {
    const recorded = await callOnce({ exporterEndpoint: sink.url, tracerProvider: working() });
    expect(recorded).toEqual({ said: [], endpoint: { spans: 0, metrics: false }, application: 1 });
  });
});

test('an exporter that our own variable names is used, whatever the application has registered', async () => {
  trace.setGlobalTracerProvider(working());
  setEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, MCP_SESSIONSCOPE_EXPORTER_TYPE: 'otlp-http' });
  expect(await callOnce()).toEqual({
    said: [
      'traces (NodeTracerProvider) go where MCP_SESSIONSCOPE_EXPORTER_TYPE says, not to the provider that the application registered',
    ],
    endpoint: { spans: 1, metrics: true },
    application: 0,
  });
});

describe('an endpoint that the environment names', () => {
  beforeEach(nameEndpoint);

  test('gives way to a registered provider that records and exports; metrics without one go there', async () => {
    trace.setGlobalTracerProvider(working());
    expect(await callOnce()).toEqual({
      said: [
        'traces (NodeTracerProvider) go to the provider that the application registered, and from there where that sends them; ' +
          'to send them to an endpoint of their own, set exporterEndpoint in code',
      ],
      endpoint: { spans: 0, metrics: true },
      application: 1,
    });
  });

  test.each<[string, () => TracerProvider, string]>([
    [
      'whose sampler is a library’s and keeps nothing',
      () => working({ sampler: keepsNothing }),
      'NodeTracerProvider) go where the environment says: the provider that the application registered records nothing',
    ],
    [
      'without processors',
      () => new NodeTracerProvider(),
      'NodeTracerProvider) go where the environment says: the provider that the application registered exports nothing',
    ],
    [
      'of an unknown kind that records nothing',
      () => unknown,
      'Object) go where the environment says: the provider that the application registered records nothing',
    ],
  ])('is used where the registered provider is one %s, and that is said', async (_, provider, said) => {
    trace.setGlobalTracerProvider(provider());
    expect(await callOnce()).toEqual({
      said: [`traces (${said}`],
      endpoint: { spans: 1, metrics: true },
      application: 0,
    });
  });

  test('gives way to a sampler of the application that was asked to keep nothing', async () => {
    trace.setGlobalTracerProvider(working({ sampler: new AlwaysOffSampler() }));
    expect(await callOnce()).toMatchObject({ endpoint: { spans: 0, metrics: true }, application: 0 });
  });

  test('gets the metrics where nobody reads the registered meter provider', async () => {
    metrics.setGlobalMeterProvider(new MeterProvider());
    expect(await callOnce()).toMatchObject({
      said: [
        'metrics (MeterProvider) go where the environment says: the provider that the application registered exports nothing',
      ],
      endpoint: { spans: 1, metrics: true },
    });
  });

  test('does not get the metrics where somebody reads it', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
    metrics.setGlobalMeterProvider(meters);
    const recorded = await callOnce();
    await meters.shutdown();
    expect(recorded.endpoint).toEqual({ spans: 1, metrics: false });
  });
});

test('`doctor` finds a provider that is registered in its process, as NODE_OPTIONS does it', async () => {
  trace.setGlobalTracerProvider(working());
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
  const { stdout } = await runCli(['doctor'], { env });
  expect(stdout).toMatch(/^warning +configuration/m);
  expect(stdout).toContain(
    'traces (NodeTracerProvider) go to the provider that the application registered, and from there where that sends them',
  );
});

test('to find that out, no span is started with an SDK and none is exported', async () => {
  nameEndpoint();
  const started: string[] = [];
  const processor: SpanProcessor = {
    onStart: (span) => void started.push((span as unknown as { name: string }).name),
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  trace.setGlobalTracerProvider(new NodeTracerProvider({ spanProcessors: [processor] }));
  await callOnce();
  expect(started).toEqual([
    'mcp.session start',
    'initialize',
    'notifications/initialized',
    'tools/call echo',
    'mcp.session end',
  ]);
});

test('below a span of the application that is not kept, spans go to the endpoint all the same', async () => {
  nameEndpoint();
  trace.setGlobalTracerProvider(working({ sampler: keepsNothing }));
  const dropped = trace.wrapSpanContext({ traceId: '2'.repeat(32), spanId: '2'.repeat(16), traceFlags: 0 });
  await stderrOf(async () => {
    const { echo, telemetry } = await observe({});
    await context.with(trace.setSpan(ROOT_CONTEXT, dropped), echo);
    await telemetry.shutdown();
  });
  expect(sink.spans.map(({ name }) => name)).toContain('tools/call echo');
});

// With errors-only Sentry and no endpoint named, nothing arrived at the default one, and nothing said so.
describe('without a word of where to', () => {
  test('a registered provider that drops everything is passed over, and that is said', async () => {
    trace.setGlobalTracerProvider(working({ sampler: keepsNothing }));
    const { said, application } = await callOnce({ exporterHeaders: { 'x-key': 'a key names no place' } });
    expect(said[0]).toBe(
      'traces (NodeTracerProvider) go to the default endpoint: the provider that the application registered records nothing',
    );
    expect(application).toBe(0);
  });

  test('one that records and exports is used, without a word', async () => {
    trace.setGlobalTracerProvider(working());
    expect(await callOnce()).toEqual({ said: [], endpoint: { spans: 0, metrics: false }, application: 1 });
  });
});
