import { afterEach, describe, expect, test } from '@jest/globals';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { z } from 'zod';
import { instrumentServer, TelemetryManager } from '../../../src/index.ts';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';
import { closeRecordings, record } from '../../support/recording.ts';
import { connectV1, v1Server } from '../../support/v1.ts';

afterEach(closeRecordings);

describe('startActiveSpan', () => {
  test('returns what the function returns and ends the span', async () => {
    const { telemetry, one } = record();
    expect(telemetry.startActiveSpan('sync', { a: 1 }, () => 42)).toBe(42);
    await expect(telemetry.startActiveSpan('async', {}, async () => 43)).resolves.toBe(43);
    expect(one('sync').attributes).toEqual({ a: 1, 'mcp.session.id': telemetry.sessionId });
    expect(one('async').ended).toBe(true);
  });

  test('records what is thrown and throws the same on', async () => {
    const { telemetry, one } = record();
    const error = new RangeError('too much');
    const thrower = (): never => {
      throw error;
    };
    expect(() => telemetry.startActiveSpan('sync', {}, thrower)).toThrow(error);
    await expect(telemetry.startActiveSpan('async', {}, async () => thrower())).rejects.toBe(error);
    for (const name of ['sync', 'async']) {
      expect(one(name).status.code).toBe(SpanStatusCode.ERROR);
      expect(one(name).events[0]?.attributes).toMatchObject({
        'exception.type': 'RangeError',
        'exception.message': 'too much',
      });
    }
  });

  test('the span is active in the function, and one that the function ended is left alone', () => {
    const { telemetry, named } = record();
    telemetry.startActiveSpan('outer', {}, (span) => {
      expect(trace.getActiveSpan()).toBe(span);
      telemetry.startActiveSpan('inner', {}, () => {});
      span.end();
    });
    expect(named('outer')).toHaveLength(1);
    expect(named('inner')[0]?.parentSpanContext?.spanId).toBe(named('outer')[0]?.spanContext().spanId);
  });

  test('inside a tool it carries the ids of the request and hangs below its span', async () => {
    const { telemetry, one } = record();
    const server = v1Server();
    server.registerTool('work', { inputSchema: { n: z.number() } }, async ({ n }) =>
      telemetry.startActiveSpan('step', { n }, async () => ({ content: [] })),
    );
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    await client.callTool({ name: 'work', arguments: { n: 1 } });
    const call = one('tools/call work');
    const step = one('step');
    expect(step.parentSpanContext?.spanId).toBe(call.spanContext().spanId);
    for (const id of ['mcp.session.id', 'mcp.request.id', 'mcp.client.session.id']) {
      expect(step.attributes[id]).toBe(call.attributes[id]);
      expect(step.attributes[id]).toBeDefined();
    }
  });
});

describe('custom instruments', () => {
  test('are made once per name and carry the process session', async () => {
    const { telemetry, points } = record();
    const histogram = telemetry.getHistogram('rows', { unit: '{row}' });
    expect(telemetry.getHistogram('rows')).toBe(histogram);
    const counter = telemetry.getIncrementCounter('hits', {});
    histogram(3, { table: 't' });
    counter(2);
    counter(5);
    const [rows] = await points('rows');
    expect(rows).toMatchObject({
      unit: '{row}',
      attributes: { table: 't', 'mcp.session.id': telemetry.sessionId },
      value: { count: 1, sum: 3 },
    });
    expect((await points('hits'))[0]?.value).toBe(7);
  });
});

describe('data processors', () => {
  test('see and change every attribute set, in order', async () => {
    const { telemetry, spans, points } = record({
      dataProcessors: [
        (attributes) => ({ ...attributes, first: true }),
        (attributes) => ({ ...attributes, second: attributes.first }),
      ],
    });
    const server = v1Server();
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    await client.ping();
    telemetry.startActiveSpan('own', {}, () => {});
    for (const span of spans()) expect(span.attributes).toMatchObject({ first: true, second: true });
    for (const { attributes } of await points())
      expect(attributes).toMatchObject({ first: true, second: true });
  });

  test('may change the set itself, which is in no other data point', async () => {
    let pings = 0;
    const { telemetry, points } = record({
      dataProcessors: [
        (attributes) => {
          if (attributes['mcp.method.name'] === 'ping') attributes['nth'] = pings++;
          return attributes;
        },
      ],
    });
    const server = v1Server();
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    await client.ping();
    await client.ping();
    const nths = (await points('mcp.server.operation.duration')).flatMap(
      ({ attributes }) => attributes['nth'] ?? [],
    );
    expect(new Set(nths).size).toBe(2);
  });

  test('one that throws, or returns nothing, loses the attributes and not the request', async () => {
    for (const processor of [
      () => {
        throw new Error('processor');
      },
      () => undefined,
    ]) {
      const { telemetry, spans } = record({ dataProcessors: [processor] });
      const server = v1Server();
      telemetry.instrument(server);
      const { client } = await connectV1(server);
      await expect(client.callTool({ name: 'echo', arguments: { text: 'hi' } })).resolves.toMatchObject({
        content: [{ text: 'hi' }],
      });
      expect(spans().map(({ attributes }) => attributes)).toEqual(spans().map(() => ({})));
      expect(spans().length).toBeGreaterThan(3);
    }
  });
});

describe('instrumentServer', () => {
  test('an equal configuration shares a manager, another one gets another; the process session is one', async () => {
    const provider = new NodeTracerProvider();
    const config = { serverName: 'shared', exporterType: 'none' as const, exporterHeaders: { a: '1' } };
    const first = instrumentServer(v1Server(), config);
    expect(instrumentServer(v1Server(), { ...config, exporterHeaders: { a: '1' } })).toBe(first);
    const second = instrumentServer(v1Server(), { ...config, serverName: 'other' });
    const third = instrumentServer(v1Server(), { ...config, tracerProvider: provider });
    expect(new Set([first, second, third]).size).toBe(3);
    expect(new Set([first, second, third].map(({ sessionId }) => sessionId)).size).toBe(1);
    await Promise.all([first, second, third].map((manager) => manager.shutdown()));
    const again = instrumentServer(v1Server(), config);
    expect(again).not.toBe(first);
    await again.shutdown();
  });

  test('what is no server gets a TypeError that says what is taken', () => {
    for (const wrong of [{}, null, 'server', { connect() {} }]) {
      expect(() => instrumentServer(wrong as object, { exporterType: 'none' })).toThrow(
        /server must be an McpServer or Server of @modelcontextprotocol\/sdk >= 1\.15/,
      );
    }
  });

  test('a frozen server is observed, but for the exceptions of its tools', async () => {
    const { telemetry, one } = record();
    const server = v1Server();
    telemetry.instrument(Object.freeze(server));
    const { client } = await connectV1(server);
    await client.callTool({ name: 'fail', arguments: {} });
    expect(one('tools/call fail').attributes['error.type']).toBe('tool_error');
    expect(() => telemetry.instrument(Object.freeze(v1Server().server))).not.toThrow();
  });

  test('instrumenting twice records once', async () => {
    const recording = record();
    const server = v1Server();
    recording.telemetry.instrument(server).instrument(server.server).instrument(server);
    const { client } = await connectV1(server);
    await client.ping();
    expect(recording.named('ping')).toHaveLength(1);
  });
});

describe('shutdown', () => {
  test('ends the sessions and open requests, records the process session once, and is idempotent', async () => {
    const recording = record();
    const server = v1Server();
    server.registerTool('hang', { inputSchema: {} }, () => new Promise(() => {}));
    recording.telemetry.instrument(server);
    const { client } = await connectV1(server);
    void client.callTool({ name: 'hang', arguments: {} }).catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    const first = recording.telemetry.shutdown();
    expect(recording.telemetry.shutdown()).toBe(first);
    await first;
    expect(recording.one('mcp.session end').attributes['mcp.client.session.end_reason']).toBe(
      'server_shutdown',
    );
    expect(recording.one('tools/call hang').attributes['error.type']).toBe('connection_closed');
    expect(recording.telemetry.activeSessions()).toEqual([]);
    const [point, ...others] = await recording.points('mcp.server.session.duration');
    expect(others).toEqual([]);
    expect(point).toMatchObject({
      unit: 's',
      attributes: { 'mcp.session.id': recording.telemetry.sessionId },
      value: { count: 1 },
    });
    await client.close();
  });

  test('records the process session once, where managers share a meter provider', async () => {
    let config: TelemetryConfig = {};
    const { telemetry, points } = record({}, (full) => {
      config = full;
      return new TelemetryManager(full);
    });
    const other = new TelemetryManager(config);
    await Promise.all([telemetry.shutdown(), other.shutdown()]);
    expect(await points('mcp.server.session.duration')).toMatchObject([{ value: { count: 1 } }]);
  });

  test('records a duration of the process session that the clock of the machine cannot turn', async () => {
    const { telemetry, points } = record();
    const { now } = Date;
    Date.now = () => now() - 3_600_000;
    await telemetry.shutdown();
    Date.now = now;
    const [point] = await points('mcp.server.session.duration');
    const sum = Number((point?.value as { sum?: number } | undefined)?.sum);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan(3_000);
  });

  test('the server goes on without telemetry', async () => {
    const recording = record();
    const server = v1Server();
    recording.telemetry.instrument(server);
    const { client } = await connectV1(server);
    await recording.telemetry.shutdown();
    const before = recording.spans().length;
    await expect(client.callTool({ name: 'echo', arguments: { text: 'hi' } })).resolves.toBeDefined();
    expect(recording.spans()).toHaveLength(before);
  });

  test('leaves the server to another manager, connected or not', async () => {
    const [first, second, third] = [record(), record(), record()];
    const server = v1Server();
    first.telemetry.instrument(server);
    await first.telemetry.shutdown();
    second.telemetry.instrument(server);
    const { client } = await connectV1(server);
    await client.callTool({ name: 'fail', arguments: {} });
    await second.telemetry.shutdown();
    third.telemetry.instrument(server);
    await client.ping();
    expect(first.spans()).toEqual([]);
    expect(second.one('tools/call fail').events).toHaveLength(1);
    expect(second.named('ping')).toEqual([]);
    expect(third.named('ping')).toHaveLength(1);
  });

  test('an application’s providers stay up', async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const telemetry = new TelemetryManager({ tracerProvider: provider, enableMetrics: false });
    telemetry.instrument(v1Server());
    await telemetry.shutdown();
    provider.getTracer('app').startSpan('after').end();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['after']);
  });
});

test('activeSessions gives read-only pictures', async () => {
  const { telemetry } = record();
  expect(telemetry.activeSessions()).toEqual([]);
  const server = v1Server();
  telemetry.instrument(server);
  const { client } = await connectV1(server);
  await client.callTool({ name: 'refuse', arguments: {} });
  expect(telemetry.activeSessions()).toMatchObject([
    {
      source: 'connection',
      calls: 2,
      errors: 1,
      tools: ['refuse'],
      clientName: 'test-client',
      clientVersion: '4.5.6',
    },
  ]);
});
