import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import * as serverModule from '@modelcontextprotocol/sdk/server/index.js';
import * as mcpModule from '@modelcontextprotocol/sdk/server/mcp.js';
import { metrics, trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { instrumentServer } from '../../src/index.ts';
import { McpInstrumentation, type McpInstrumentationConfig } from '../../src/instrumentation/index.ts';
import { stderrOf } from '../support/stderr.ts';
import { connectV1, v1Server } from '../support/v1.ts';

const { Server } = serverModule;

/** An application's OpenTelemetry, which is no global one. */
function application(processor?: (exporter: InMemorySpanExporter) => SpanProcessor) {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new NodeTracerProvider({
    spanProcessors: [processor?.(exporter) ?? new SimpleSpanProcessor(exporter)],
  });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const names = (): string[] => exporter.getFinishedSpans().map(({ name }) => name);
  const metricNames = (): string[] =>
    metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name));
  return { exporter, tracerProvider, meterProvider, names, metricNames };
}

let app: ReturnType<typeof application>;
let made: McpInstrumentation[] = [];
beforeEach(() => {
  app = application();
});
afterEach(async () => {
  for (const each of made) each.disable();
  made = [];
  await Promise.all([app.tracerProvider.shutdown(), app.meterProvider.shutdown()]);
});

/** Registered with the application's providers, and shown the modules that the tests load past Node's own ways. */
function instrumentation(config?: McpInstrumentationConfig, { tracerProvider, meterProvider } = app) {
  const instance = new McpInstrumentation(config);
  made.push(instance);
  if (config?.enabled !== false)
    registerInstrumentations({ instrumentations: [instance], tracerProvider, meterProvider });
  for (const { name, files } of instance.getModuleDefinitions()) {
    if (name !== '@modelcontextprotocol/sdk') continue;
    for (const file of files) file.patch(file.name.endsWith('mcp.js') ? mcpModule : serverModule);
  }
  return instance;
}

async function callEcho(client: Client): Promise<unknown> {
  return client.callTool({ name: 'echo', arguments: { text: 'hello' } });
}

const CALL = 'tools/call echo';

describe('disable()', () => {
  test('ends the sessions, has recorded all when it returns, and leaves servers alone', async () => {
    const instance = instrumentation();
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
    const instance = instrumentation();
    expect(Object.getOwnPropertyNames(Server.prototype)).not.toEqual(before);
    instance.disable();
    expect(Object.getOwnPropertyNames(Server.prototype)).toEqual(before);
    app.tracerProvider.getTracer('the application').startSpan('its own').end();
    expect(app.names()).toEqual(['its own']);
  });

  test('is followed by enable(), for servers that connect from then on', async () => {
    const instance = instrumentation();
    instance.disable();
    instance.enable();
    const { client } = await connectV1(v1Server());
    await callEcho(client);
    expect(app.names()).toEqual(['mcp.session start', 'initialize', 'notifications/initialized', CALL]);
  });

  test('leaves what others have put before connect, and does not put itself there twice', async () => {
    const instance = instrumentation();
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
    instrumentation();
    for (let count = 0; count < 300; count += 1) await connectV1(v1Server());
    await Promise.all([app.tracerProvider.shutdown(), app.meterProvider.shutdown()]);
    expect(exported.filter((name) => name === 'mcp.session end')).toHaveLength(300);
    expect(app.metricNames()).toContain('mcp.server.session.duration');
  });

  test('and servers that connect afterwards are left alone, until there are others', async () => {
    const instance = instrumentation();
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
    const instance = instrumentation();
    const first = await connectV1(v1Server());
    instance.setConfig({ enableArgumentCollection: true });
    expect(instance.getConfig()).toEqual({ enabled: true, enableArgumentCollection: true });
    const second = await connectV1(v1Server());
    await callEcho(first.client);
    await callEcho(second.client);
    const calls = app.exporter.getFinishedSpans().filter(({ name }) => name === CALL);
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
    const instance = instrumentation({ maxAttributeLength: 100 });
    expect(() => instance.setConfig(wrong)).toThrow(new TypeError(message));
    expect(instance.getConfig()).toEqual({ enabled: true, maxAttributeLength: 100 });
  });
});

describe('a server is observed', () => {
  test('by what is global where no provider is given', async () => {
    trace.setGlobalTracerProvider(app.tracerProvider);
    metrics.setGlobalMeterProvider(app.meterProvider);
    try {
      made.push(new McpInstrumentation());
      for (const { files } of made[0]?.getModuleDefinitions() ?? []) files[0]?.patch(serverModule);
      await connectV1(v1Server());
      expect(app.names()).toContain('initialize');
      await app.meterProvider.forceFlush();
      expect(app.metricNames()).toContain('mcp.server.operation.duration');
    } finally {
      trace.disable();
      metrics.disable();
    }
  });

  test('not before it is enabled', async () => {
    const instance = instrumentation({ enabled: false });
    await connectV1(v1Server());
    expect(app.names()).toEqual([]);
    registerInstrumentations({ instrumentations: [instance], ...app });
    await connectV1(v1Server());
    expect(app.names()).toContain('initialize');
  });

  test('where its class calls connect of the one above', async () => {
    class Shop extends mcpModule.McpServer {
      opened = 0;
      override async connect(transport: Parameters<mcpModule.McpServer['connect']>[0]): Promise<void> {
        this.opened += 1;
        await super.connect(transport);
      }
    }
    instrumentation();
    const shop = new Shop({ name: 'shop', version: '1' });
    await connectV1(shop);
    expect(shop.opened).toBe(1);
    expect(app.names()).toEqual(['mcp.session start', 'initialize', 'notifications/initialized']);
  });

  test('by the manager that the application has for it', async () => {
    const own = application();
    instrumentation();
    const server = v1Server();
    const telemetry = instrumentServer(server, {
      tracerProvider: own.tracerProvider,
      meterProvider: own.meterProvider,
    });
    const said = await stderrOf(async () => {
      const { client } = await connectV1(server);
      await callEcho(client);
    });
    await telemetry.shutdown();
    expect(said).toBe('');
    expect(own.names()).toContain(CALL);
    expect(app.names()).toEqual([]);
  });

  test('with what its tools throw', async () => {
    instrumentation();
    const { client } = await connectV1(v1Server());
    await client.callTool({ name: 'fail', arguments: {} });
    const failed = app.exporter.getFinishedSpans().find(({ name }) => name === 'tools/call fail');
    expect(failed?.attributes['exception.type']).toBe('PaymentError');
  });

  test('and its client is not', async () => {
    const connect = Client.prototype.connect;
    instrumentation();
    expect(Client.prototype.connect).toBe(connect);
    await connectV1(v1Server());
    expect(app.names().filter((name) => name === 'initialize')).toHaveLength(1);
  });
});
