import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { context, propagation, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { manage, setEnvironment, shutDownAll } from '../sdk/export/support.ts';
import { type OtlpSink, type SinkSpan, startOtlpSink } from '../support/otlp-sink.ts';
import { stderrOf } from '../support/stderr.ts';
import { connectV1 } from '../support/v1.ts';

let sink: OtlpSink;
let spans: InMemorySpanExporter;
beforeEach(async () => {
  setEnvironment();
  sink = await startOtlpSink();
  spans = new InMemorySpanExporter();
});
afterEach(async () => {
  await shutDownAll();
  for (const api of [trace, context, propagation]) api.disable();
  await sink.close();
});

function registerSdk(rootRatio: number): void {
  new NodeTracerProvider({
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(rootRatio) }),
    spanProcessors: [new SimpleSpanProcessor(spans)],
  }).register();
}

const one = (name: string): SinkSpan => {
  const found = sink.spans.filter((span) => span.name === name);
  expect(found).toHaveLength(1);
  return found[0] as SinkSpan;
};

/** The application's own spans: names, and whether they hang below another. */
const ofApplication = (): string[] =>
  spans
    .getFinishedSpans()
    .map(({ name, parentSpanContext }) => `${name} ${parentSpanContext === undefined ? 'root' : 'child'}`);

const work = (): void => {
  const tracer = trace.getTracer('application');
  tracer.startActiveSpan('work', (span) => {
    tracer.startSpan('part').end();
    span.end();
  });
};

/** A call whose handler makes spans of the application around and within ours. */
async function callOnce(): Promise<{ traceId?: string; spanId?: string } | undefined> {
  const telemetry = manage({ exporterEndpoint: sink.url });
  const server = new McpServer({ name: 'test-server', version: '1.0.0' }, { capabilities: { logging: {} } });
  let request: ReturnType<typeof telemetry.currentRequest>;
  server.registerTool('do', {}, async () => {
    work();
    await telemetry.startActiveSpan('outer', {}, async () => {
      await Promise.resolve();
      work();
      telemetry.tracer.startActiveSpan('by tracer', (span) => {
        work();
        telemetry.tracer.startSpan('innermost').end();
        span.end();
      });
    });
    request = telemetry.currentRequest();
    await server.server.ping();
    return { content: [] };
  });
  telemetry.instrument(server);
  await stderrOf(async () => {
    const { client } = await connectV1(server);
    await client.callTool({ name: 'do' });
    await telemetry.shutdown();
  });
  return request;
}

// Our span was active in the handler: it made the application's sampler keep all, and its roots children of what is elsewhere.
describe('where the code names a place, a provider that the application registered', () => {
  test('keeps as little as it did', async () => {
    registerSdk(0);
    await callOnce();
    expect(ofApplication()).toEqual([]);
    expect(one('tools/call do').spanId).toEqual(expect.any(String));
  });

  test('has the roots that it had', async () => {
    registerSdk(1);
    await callOnce();
    expect(ofApplication()).toEqual([...Array(3)].flatMap(() => ['part child', 'work root']));
  });

  test.each([0, 1])('keeps our own spans together, and the request known (ratio %d)', async (ratio) => {
    registerSdk(ratio);
    const request = await callOnce();
    const [call, outer, byTracer] = [one('tools/call do'), one('outer'), one('by tracer')];
    expect(outer.parentSpanId).toBe(call.spanId);
    expect(byTracer.parentSpanId).toBe(outer.spanId);
    expect(one('innermost').parentSpanId).toBe(byTracer.spanId);
    expect(one('ping').parentSpanId).toBe(call.spanId);
    expect(request).toMatchObject({ traceId: call.traceId, spanId: call.spanId, toolName: 'do' });
    expect(outer.attributes['mcp.request.id']).toBe(call.attributes['mcp.request.id']);
  });
});
