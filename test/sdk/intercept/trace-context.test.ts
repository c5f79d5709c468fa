import { afterEach, describe, expect, test } from '@jest/globals';
import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer } from '@modelcontextprotocol/server';
import {
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace-node';
import { z } from 'zod';
import { closeHosts, connectHttp, listen, statelessV1 } from '../../support/http-v1.ts';
import { closeRecordings, type Recording, record } from '../../support/recording.ts';
import { until } from '../../support/until.ts';
import { type RawWire, wireV1, wireV2 } from '../../support/wire.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;

const versions = [
  ['v1', () => new McpServerV1({ name: 'probe', version: '1' }), wireV1],
  ['v2', () => new McpServer({ name: 'probe', version: '1' }), wireV2],
] as const;

/** A server whose tool `look` tells what is active in its handler. */
async function looking(
  [, create, connect]: (typeof versions)[number],
  config: Parameters<typeof record>[0] = {},
) {
  const recording = record(config);
  const server = create();
  const seen: Context[] = [];
  const look = async () => {
    await Promise.resolve();
    seen.push(context.active());
    recording.provider.getTracer('user').startSpan('user work').end();
    return { content: [] };
  };
  (server as McpServerV1).registerTool('look', {}, look);
  recording.telemetry.instrument(server);
  const wire = await connect(server);
  await wire.initialize();
  return { ...recording, wire, seen };
}

async function look(wire: RawWire, meta?: object, within = context.active()): Promise<void> {
  context.with(within, () =>
    wire.request('look', 'tools/call', { name: 'look', ...(meta && { _meta: meta }) }),
  );
  await wire.answer('look');
}

function ambientIn({ provider }: Recording): { ambient: Span; active: Context } {
  const ambient = provider.getTracer('app').startSpan('ambient');
  return { ambient, active: trace.setSpan(context.active(), ambient) };
}

describe.each(versions)('the parent of a request (%s)', (...version) => {
  test('is the session’s start where nothing else is known', async () => {
    const { wire, one } = await looking(version);
    await look(wire);
    const span = one('tools/call look');
    const start = one('mcp.session start').spanContext();
    expect(span.parentSpanContext).toMatchObject({ spanId: start.spanId, traceId: start.traceId });
    expect(span.links).toEqual([]);
    await wire.close();
  });

  test('is the sender’s span, and the session’s start is linked', async () => {
    const { wire, one } = await looking(version);
    await look(wire, { traceparent: TRACEPARENT, tracestate: 'vendor=1' });
    const span = one('tools/call look');
    expect(span.spanContext().traceId).toBe(TRACE);
    expect(span.spanContext().traceState?.serialize()).toBe('vendor=1');
    expect(span.parentSpanContext).toMatchObject({ spanId: PARENT, isRemote: true });
    expect(span.links.map((link) => link.context.spanId)).toEqual([
      one('mcp.session start').spanContext().spanId,
    ]);
    await wire.close();
  });

  test('is the sender’s span before the ambient one, which is linked too', async () => {
    const recording = await looking(version);
    const { wire, one } = recording;
    const { ambient, active } = ambientIn(recording);
    await look(wire, { traceparent: TRACEPARENT }, active);
    const span = one('tools/call look');
    expect(span.parentSpanContext?.spanId).toBe(PARENT);
    expect(span.links.map((link) => link.context.spanId)).toEqual([
      ambient.spanContext().spanId,
      one('mcp.session start').spanContext().spanId,
    ]);
    await wire.close();
  });

  test('is the ambient span without a sender’s, and the session’s start is linked', async () => {
    const recording = await looking(version);
    const { wire, one } = recording;
    const { ambient, active } = ambientIn(recording);
    await look(wire, undefined, active);
    const span = one('tools/call look');
    expect(span.parentSpanContext?.spanId).toBe(ambient.spanContext().spanId);
    expect(span.links.map((link) => link.context.spanId)).toEqual([
      one('mcp.session start').spanContext().spanId,
    ]);
    await wire.close();
  });

  test.each([
    ['no trace parent', 'hello'],
    ['all zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['too long', `${TRACEPARENT}${'x'.repeat(10_000)}`],
    ['empty', ''],
    ['a number', 7],
    ['an object', { traceparent: TRACEPARENT }],
    ['null', null],
  ])('is the session’s start where `traceparent` is %s', async (_, traceparent) => {
    const { wire, one } = await looking(version);
    await look(wire, { traceparent });
    const span = one('tools/call look');
    expect(span.parentSpanContext?.spanId).toBe(one('mcp.session start').spanContext().spanId);
    expect(span.links).toEqual([]);
    await wire.close();
  });

  test('that was not sampled makes the request’s span unrecorded, and its metrics stay', async () => {
    const { wire, named, points, telemetry } = await looking(version);
    await look(wire, { traceparent: `00-${TRACE}-${PARENT}-00` });
    expect(named('tools/call look')).toEqual([]);
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 2, tools: ['look'] }]);
    const calls = (await points('mcp.server.operation.duration')).filter(
      ({ attributes }) => attributes['gen_ai.tool.name'] === 'look',
    );
    expect(calls).toMatchObject([{ value: { count: 1 } }]);
    await wire.close();
  });
});

describe.each(versions)('in a handler (%s)', (...version) => {
  test('the request’s span is active, and the user’s own spans nest in it', async () => {
    const { wire, one, seen } = await looking(version);
    await look(wire);
    const { spanId } = one('tools/call look').spanContext();
    expect(trace.getSpanContext(seen[0] as Context)?.spanId).toBe(spanId);
    expect(one('user work').parentSpanContext?.spanId).toBe(spanId);
    await wire.close();
  });

  test('the sender’s baggage can be read, with and without its span', async () => {
    const { wire, one, seen } = await looking(version);
    await look(wire, { traceparent: TRACEPARENT, baggage: 'tenant=blue' });
    await wire.close();
    const alone = await looking(version);
    await look(alone.wire, { baggage: 'tenant=red' });
    await alone.wire.close();
    const tenants = [...seen, ...alone.seen].map(
      (active) => propagation.getBaggage(active)?.getEntry('tenant')?.value,
    );
    expect(tenants).toEqual(['blue', 'red']);
    expect(one('tools/call look').parentSpanContext?.spanId).toBe(PARENT);
    expect(alone.one('tools/call look').parentSpanContext?.spanId).toBe(
      alone.one('mcp.session start').spanContext().spanId,
    );
  });

  test('the sender’s baggage does not take the ambient span away', async () => {
    const recording = await looking(version);
    const { wire, one, seen } = recording;
    const { ambient, active } = ambientIn(recording);
    await look(wire, { baggage: 'tenant=red' }, active);
    expect(one('tools/call look').parentSpanContext?.spanId).toBe(ambient.spanContext().spanId);
    expect(propagation.getBaggage(seen[0] as Context)?.getEntry('tenant')?.value).toBe('red');
    await wire.close();
  });

  test('without tracing, the sender’s context still passes through', async () => {
    const { wire, spans, seen } = await looking(version, { enableTracing: false });
    await look(wire, { traceparent: TRACEPARENT });
    expect(trace.getSpanContext(seen[0] as Context)).toMatchObject({ traceId: TRACE, spanId: PARENT });
    expect(spans().map(({ name }) => name)).toEqual(['user work']);
    expect(spans()[0]?.parentSpanContext?.spanId).toBe(PARENT);
    await wire.close();
  });
});

const VENDOR: TextMapPropagator = {
  fields: () => ['x-vendor'],
  inject: (active, carrier, setter) =>
    setter.set(carrier, 'x-vendor', trace.getSpanContext(active)?.spanId ?? ''),
  extract: (active, carrier, getter) => {
    const spanId = getter.get(carrier, 'x-vendor');
    return typeof spanId === 'string'
      ? trace.setSpanContext(active, { traceId: TRACE, spanId, traceFlags: 1, isRemote: true })
      : active;
  },
};

describe('the configured propagator', () => {
  test('is asked instead of W3C, in and out', async () => {
    const recording = record({ propagator: VENDOR });
    const server = new McpServerV1({ name: 'probe', version: '1' });
    server.registerTool('ask', {}, async (extra) => {
      await extra.sendRequest({ method: 'ping' }, z.looseObject({}));
      return { content: [] };
    });
    recording.telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(1, 'tools/call', {
      name: 'ask',
      _meta: { 'x-vendor': PARENT, traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` },
    });
    const ping = await until(() => wire.received.find(({ method }) => method === 'ping'), 'the ping');
    wire.send({ jsonrpc: '2.0', id: ping.id, result: {} });
    await wire.answer(1);
    expect(recording.one('tools/call ask').parentSpanContext).toMatchObject({
      traceId: TRACE,
      spanId: PARENT,
    });
    expect(ping.params._meta).toEqual({ 'x-vendor': recording.one('ping').spanContext().spanId });
    await wire.close();
  });

  test('loses only the trace context where it throws', async () => {
    const broken = (): never => {
      throw new Error('no context today');
    };
    const recording = record({
      propagator: { fields: () => ['traceparent'], inject: broken, extract: broken },
    });
    const server = new McpServerV1({ name: 'probe', version: '1' });
    server.registerTool('ask', {}, async (extra) => {
      await extra.sendRequest({ method: 'ping' }, z.looseObject({}));
      return { content: [] };
    });
    recording.telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(1, 'tools/call', { name: 'ask', _meta: { traceparent: TRACEPARENT } });
    const ping = await until(() => wire.received.find(({ method }) => method === 'ping'), 'the ping');
    expect(ping).toEqual({ jsonrpc: '2.0', id: ping.id, method: 'ping' });
    wire.send({ jsonrpc: '2.0', id: ping.id, result: {} });
    await wire.answer(1);
    expect(recording.one('tools/call ask').parentSpanContext?.spanId).toBe(
      recording.one('mcp.session start').spanContext().spanId,
    );
    expect(recording.one('ping').kind).toBe(SpanKind.CLIENT);
    await wire.close();
  });
});

describe('over HTTP', () => {
  test('the span of the HTTP server is the parent, or linked below the sender’s', async () => {
    const recording = record();
    const inner = await statelessV1(recording.telemetry);
    const handle = inner.listener;
    const tracer = recording.provider.getTracer('http');
    const host = await listen((request, response) =>
      tracer.startActiveSpan(`POST ${request.url}`, (span) => {
        response.on('close', () => span.end());
        return handle(request, response);
      }),
    );
    const { client } = await connectHttp(host.url);
    await client.callTool({ name: 'echo', arguments: { text: 'ambient' } });
    await client.callTool({
      name: 'refuse',
      arguments: {},
      _meta: { traceparent: TRACEPARENT },
    });
    await client.close();
    const https = recording.named('POST /mcp').map((span) => span.spanContext().spanId);
    const start = recording.one('mcp.session start').spanContext().spanId;
    const echo = recording.one('tools/call echo');
    expect(https).toContain(echo.parentSpanContext?.spanId);
    expect(echo.links.map((link) => link.context.spanId)).toEqual([start]);
    const refuse = recording.one('tools/call refuse');
    expect(refuse.parentSpanContext?.spanId).toBe(PARENT);
    expect(refuse.links).toHaveLength(2);
    expect(https).toContain(refuse.links[0]?.context.spanId);
    expect(refuse.links[1]?.context.spanId).toBe(start);
  });

  test('a sampler of the application that drops everything drops no metric and no answer', async () => {
    const { NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
    const tracerProvider = new NodeTracerProvider({
      sampler: { shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }), toString: () => 'none' },
    });
    const { telemetry, points } = record({ tracerProvider });
    const host = await statelessV1(telemetry);
    const { client } = await connectHttp(host.url);
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.close();
    const calls = (await points('mcp.server.operation.duration')).filter(
      ({ attributes }) => attributes['gen_ai.tool.name'] === 'echo',
    );
    expect(calls).toMatchObject([{ value: { count: 1 } }]);
  });
});
