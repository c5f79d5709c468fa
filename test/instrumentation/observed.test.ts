import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { metrics, SpanKind, trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { instrumentServer } from '../../src/index.ts';
import { McpInstrumentation } from '../../src/instrumentation/index.ts';
import { stderrOf } from '../support/stderr.ts';
import { connectV1, v1Server } from '../support/v1.ts';
import { type Application, application, disableAll, instrumentation, shown } from './application.ts';

let app: Application;
beforeEach(() => {
  app = application();
});
afterEach(async () => {
  disableAll();
  await app.shutdown();
});

const CALL = 'tools/call echo';

describe('a server is observed', () => {
  test('by what is global where no provider is given', async () => {
    trace.setGlobalTracerProvider(app.tracerProvider);
    metrics.setGlobalMeterProvider(app.meterProvider);
    try {
      shown(new McpInstrumentation());
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
    const instance = instrumentation({ enabled: false }, app);
    await connectV1(v1Server());
    expect(app.names()).toEqual([]);
    registerInstrumentations({ instrumentations: [instance], ...app });
    await connectV1(v1Server());
    expect(app.names()).toContain('initialize');
  });

  test('where its class calls connect of the one above', async () => {
    class Shop extends McpServer {
      opened = 0;
      override async connect(transport: Parameters<McpServer['connect']>[0]): Promise<void> {
        this.opened += 1;
        await super.connect(transport);
      }
    }
    instrumentation({}, app);
    const shop = new Shop({ name: 'shop', version: '1' });
    await connectV1(shop);
    expect(shop.opened).toBe(1);
    expect(app.names()).toEqual(['mcp.session start', 'initialize', 'notifications/initialized']);
  });

  test('by the manager that the application has for it', async () => {
    const own = application();
    instrumentation({}, app);
    const server = v1Server();
    const telemetry = instrumentServer(server, {
      tracerProvider: own.tracerProvider,
      meterProvider: own.meterProvider,
    });
    const said = await stderrOf(async () => {
      const { client } = await connectV1(server);
      await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
    });
    await telemetry.shutdown();
    expect(said).toBe('');
    expect(own.names()).toContain(CALL);
    expect(app.names()).toEqual([]);
  });

  test('with what its tools throw', async () => {
    instrumentation({}, app);
    const { client } = await connectV1(v1Server());
    await client.callTool({ name: 'fail', arguments: {} });
    const failed = app.spans().find(({ name }) => name === 'tools/call fail');
    expect(failed?.attributes['exception.type']).toBe('PaymentError');
  });

  test('and its client', async () => {
    const connect = Client.prototype.connect;
    const instance = instrumentation({}, app);
    const { client } = await connectV1(v1Server());
    await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
    const calls = app.exporter.getFinishedSpans().filter(({ name }) => name === CALL);
    const own = calls.find(({ kind }) => kind === SpanKind.CLIENT);
    const server = calls.find(({ kind }) => kind === SpanKind.SERVER);
    expect(calls).toHaveLength(2);
    expect(own?.attributes['mcp.server.name']).toBe('test-server');
    expect(server?.parentSpanContext?.spanId).toBe(own?.spanContext().spanId);
    instance.disable();
    expect(Client.prototype.connect).toBe(connect);
  });
});
