import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { trace } from '@opentelemetry/api';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { McpInstrumentation, type McpInstrumentationConfig } from '../../src/instrumentation/index.ts';
import { connectV1, v1Server } from '../support/v1.ts';
import { type Application, application, disableAll, instrumentation } from './application.ts';

let app: Application;
beforeEach(() => {
  app = application();
});
afterEach(async () => {
  disableAll();
  await app.shutdown();
});

const CALL = 'tools/call echo';

async function callEcho(client: Client): Promise<unknown> {
  return client.callTool({ name: 'echo', arguments: { text: 'hello' } });
}

describe('disable()', () => {
  test('ends the sessions, has recorded all when it returns, and leaves servers alone', async () => {
    const instance = instrumentation({}, app);
    const { client } = await connectV1(v1Server());
    const answer = await callEcho(client);
    expect(app.names()).toContain(CALL);
    instance.disable();
    expect(app.names().at(-1)).toBe('mcp.session end');
    const recorded = app.names().length;
    expect(await callEcho(client)).toEqual(answer);
    const later = await connectV1(v1Server());
    expect(await callEcho(later.client)).toEqual(answer);
    expect(app.names().length).toBe(recorded);
    await app.meterProvider.forceFlush();
    expect(app.metricNames()).toContain('mcp.server.session.duration');
  });

  test('leaves the providers running, and nothing before connect', async () => {
    const before = Object.getOwnPropertyNames(Server.prototype);
    const instance = instrumentation({}, app);
    expect(Object.getOwnPropertyNames(Server.prototype)).not.toEqual(before);
    instance.disable();
    expect(Object.getOwnPropertyNames(Server.prototype)).toEqual(before);
    app.tracerProvider.getTracer('the application').startSpan('its own').end();
    expect(app.names()).toEqual(['its own']);
  });

  test('is followed by enable(), for servers that connect from then on', async () => {
    const instance = instrumentation({}, app);
    instance.disable();
    instance.enable();
    const { client } = await connectV1(v1Server());
    await callEcho(client);
    expect(app.names()).toEqual(['mcp.session start', 'initialize', 'notifications/initialized', CALL]);
  });

  test('leaves what others have put before connect, and does not put itself there twice', async () => {
    const instance = instrumentation({}, app);
    const ours = Server.prototype.connect;
    let calls = 0;
    Server.prototype.connect = function (...args) {
      calls += 1;
      return ours.apply(this, args);
    };
    const theirs = Server.prototype.connect;
    try {
      instance.disable();
      await connectV1(v1Server());
      expect(app.names()).toEqual([]);
      instance.enable();
      expect(Server.prototype.connect).toBe(theirs);
      await connectV1(v1Server());
      expect(app.names()).toContain('initialize');
      expect(calls).toBe(2);
    } finally {
      Server.prototype.connect = ours;
    }
  });
});

describe('the application shuts its providers down', () => {
  test('and the sessions, however many, get their end before', async () => {
    app = application((exporter) => new BatchSpanProcessor(exporter));
    const exported: string[] = [];
    const exportAll = app.exporter.export.bind(app.exporter);
    // Shut down, it forgets.
    app.exporter.export = (spans, done) => {
      exported.push(...spans.map(({ name }) => name));
      exportAll(spans, done);
    };
    instrumentation({}, app);
    for (let count = 0; count < 300; count += 1) await connectV1(v1Server());
    await app.shutdown();
    expect(exported.filter((name) => name === 'mcp.session end')).toHaveLength(300);
    expect(app.metricNames()).toContain('mcp.server.session.duration');
  });

  test('and servers that connect afterwards are left alone, until there are others', async () => {
    const instance = instrumentation({}, app);
    await connectV1(v1Server());
    await app.tracerProvider.shutdown();
    const server = v1Server();
    await connectV1(server);
    expect(Object.hasOwn(server.server, 'connect')).toBe(false);
    const next = application();
    instance.setTracerProvider(next.tracerProvider);
    await connectV1(v1Server());
    expect(next.names()).toContain('initialize');
  });
});

describe('setConfig()', () => {
  test('holds for servers that connect later', async () => {
    const instance = instrumentation({}, app);
    const first = await connectV1(v1Server());
    instance.setConfig({ enableArgumentCollection: true });
    expect(instance.getConfig()).toEqual({ enabled: true, enableArgumentCollection: true });
    const second = await connectV1(v1Server());
    await callEcho(first.client);
    await callEcho(second.client);
    const calls = app.spans().filter(({ name }) => name === CALL);
    expect(calls.map(({ attributes }) => attributes['gen_ai.tool.call.arguments'])).toEqual([
      undefined,
      '{"text":"hello"}',
    ]);
    instance.disable();
    expect(app.names().filter((name) => name === 'mcp.session end')).toHaveLength(2);
  });

  test.each([
    [
      { exporterEndpoint: 'http://localhost:4318', samplingRate: 1 },
      'mcp-sessionscope: McpInstrumentation does not take exporterEndpoint (set it on the exporter of your SDK), ' +
        'samplingRate (set a sampler on your SDK)',
    ],
    [
      { tracerProvider: trace.getTracerProvider() },
      'mcp-sessionscope: McpInstrumentation does not take tracerProvider ' +
        '(your SDK sets it, or registerInstrumentations({ tracerProvider, meterProvider }))',
    ],
    [
      { maxAttributeLength: 3 },
      'mcp-sessionscope: maxAttributeLength must be a whole number from 16 to 1048576, got 3',
    ],
  ])('and the constructor refuse %j', (config, message) => {
    const wrong = config as McpInstrumentationConfig;
    expect(() => new McpInstrumentation(wrong)).toThrow(new TypeError(message));
    const instance = instrumentation({ maxAttributeLength: 100 }, app);
    expect(() => instance.setConfig(wrong)).toThrow(new TypeError(message));
    expect(instance.getConfig()).toEqual({ enabled: true, maxAttributeLength: 100 });
  });
});
