import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/client';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, InitializedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { context, trace } from '@opentelemetry/api';
import { NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import type { CurrentRequest } from '../../../src/sdk/types.ts';
import { closeHosts, connectHttp, statefulV1, statelessV1 } from '../../support/http-v1.ts';
import { connectV2, handlerV2, statefulV2 } from '../../support/http-v2.ts';
import { closeRecordings, record } from '../../support/recording.ts';
import { stderrOf } from '../../support/stderr.ts';
import { settled } from '../../support/until.ts';
import { connectV1, v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';
import { manage, setEnvironment, shutDownAll } from '../export/support.ts';
import { ask, type Caller, idsOf, inMemoryV1, inMemoryV2, withWhich } from './which.ts';

afterEach(async () => {
  setEnvironment();
  await closeHosts();
  await closeRecordings();
  await shutDownAll();
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe.each<[string, (telemetry: TelemetryManager) => Promise<Caller>]>([
  ['v1, in memory', inMemoryV1],
  ['v2, in memory', inMemoryV2],
  [
    'v1, HTTP with sessions',
    async (telemetry) => {
      const { url } = await statefulV1(telemetry, { create: () => withWhich(v1Server(), telemetry) });
      return (await connectHttp(url)).client;
    },
  ],
  [
    'v1, HTTP without sessions',
    async (telemetry) => {
      const { url } = await statelessV1(telemetry, { create: () => withWhich(v1Server(), telemetry) });
      return (await connectHttp(url)).client;
    },
  ],
  [
    'v2, HTTP with sessions',
    async (telemetry) => {
      const { url } = await statefulV2(telemetry, () => withWhich(v2Server(), telemetry));
      const client = new Client({ name: 'v2-client', version: '2' });
      return (await connectV2(url, client)).client;
    },
  ],
  [
    'v2, a server per HTTP request',
    async (telemetry) => {
      const { url } = await handlerV2(telemetry, { create: () => withWhich(v2Server(), telemetry) });
      return (await connectV2(url)).client;
    },
  ],
])('%s: the current request', (_, connect) => {
  test('has the ids of its span', async () => {
    const { telemetry, one } = record();
    const client = await connect(telemetry);
    const said = await ask(client);
    await client.close();
    expect(said).toEqual(idsOf(one('tools/call which')));
    expect(said).toMatchObject({ requestId: expect.stringMatching(UUID), sessionId: telemetry.sessionId });
  });

  test('does not mix with others that are open at the same time', async () => {
    const { telemetry, named } = record();
    const client = await connect(telemetry);
    const said = await Promise.all([30, 20, 10, 0, 15].map((ms) => ask(client, ms)));
    await client.close();
    const byId = new Map(named('tools/call which').map((span) => [span.attributes['mcp.request.id'], span]));
    expect(byId.size).toBe(5);
    for (const each of said) expect(each).toEqual(idsOf(byId.get(each.requestId) as ReadableSpan));
    expect(new Set(said.map(({ requestId }) => requestId)).size).toBe(5);
  });
});

describe('the current request', () => {
  test('is undefined outside of a handler', async () => {
    const { telemetry } = record();
    expect(manage({ exporterType: 'none' }).currentRequest()).toBeUndefined();
    expect(telemetry.currentRequest()).toBeUndefined();
    const client = await inMemoryV1(telemetry);
    await ask(client);
    expect(telemetry.currentRequest()).toBeUndefined();
  });

  test('is undefined where it cannot be read, and throws nothing', async () => {
    const { telemetry } = record();
    context.disable();
    const broken = (): never => {
      throw new Error('no context today');
    };
    context.setGlobalContextManager({
      active: broken,
      with: broken,
      bind: (_, target) => target,
      enable: broken,
      disable: () => undefined as never,
    });
    try {
      const said = await stderrOf(async () => expect(telemetry.currentRequest()).toBeUndefined());
      expect(said).toContain('no context today');
    } finally {
      context.disable();
    }
  });

  test('is a notification, too, which has no ids of a request', async () => {
    const { telemetry, one } = record();
    const server = v1Server();
    const heard = new Promise<CurrentRequest | undefined>((resolve) => {
      server.server.setNotificationHandler(InitializedNotificationSchema, async () => {
        await delay(1);
        resolve(telemetry.currentRequest());
      });
    });
    await inMemoryV1(telemetry, server);
    const said = await heard;
    await settled();
    const { traceId, spanId, clientSessionId, clientSessionSource } = idsOf(one('notifications/initialized'));
    expect(said).toEqual({
      sessionId: telemetry.sessionId,
      clientSessionId,
      clientSessionSource,
      method: 'notifications/initialized',
      traceId,
      spanId,
    });
  });

  test('names the conversation that its client names', async () => {
    const { telemetry } = record();
    const server = v1Server();
    let said: CurrentRequest | undefined;
    server.registerPrompt('which', {}, () => {
      said = telemetry.currentRequest();
      return { messages: [] };
    });
    const client = await inMemoryV1(telemetry, server);
    await client.getPrompt({ name: 'which', _meta: { 'openai/session': 'v1/lunch' } });
    const [session] = telemetry.activeSessions();
    expect(session).toMatchObject({ source: 'conversation', conversationId: 'v1/lunch' });
    expect(said).toMatchObject({
      clientSessionId: session?.id,
      clientSessionSource: 'conversation',
      conversationId: 'v1/lunch',
    });
  });

  test('has no tool where none is called', async () => {
    const { telemetry, one } = record();
    const server = v1Server();
    let said: CurrentRequest | undefined;
    server.registerPrompt('which', {}, () => {
      said = telemetry.currentRequest();
      return { messages: [] };
    });
    await (await inMemoryV1(telemetry, server)).getPrompt({ name: 'which' });
    const { toolName: _, ...ids } = idsOf(one('prompts/get which'));
    expect(said).toEqual(ids);
  });

  test('goes on in what the handler left running, after the answer', async () => {
    const { telemetry, one } = record();
    const server = v1Server();
    let later: Promise<CurrentRequest | undefined> | undefined;
    server.registerTool('leave', {}, () => {
      later = new Promise((resolve) => setTimeout(() => resolve(telemetry.currentRequest()), 20));
      return { content: [] };
    });
    await (await inMemoryV1(telemetry, server)).callTool({ name: 'leave', arguments: {} });
    const ids = idsOf(one('tools/call leave'));
    expect(await later).toEqual(ids);
  });

  test('has the span of one’s own that is active', async () => {
    const { telemetry, one } = record();
    const server = v1Server();
    let said: CurrentRequest | undefined;
    server.registerTool('work', {}, () =>
      telemetry.startActiveSpan('step', {}, () => {
        said = telemetry.currentRequest();
        return { content: [] };
      }),
    );
    await (await inMemoryV1(telemetry, server)).callTool({ name: 'work', arguments: {} });
    const { spanId } = one('step').spanContext();
    expect(said).toEqual({ ...idsOf(one('tools/call work')), spanId });
  });

  test('is the one of the innermost server, where a handler calls another server', async () => {
    const outer = record();
    const inner = record();
    const innerClient = await inMemoryV1(inner.telemetry);
    const server = v1Server();
    const seen: (CurrentRequest | undefined)[] = [];
    server.registerTool('forward', {}, async () => {
      seen.push(await ask(innerClient), outer.telemetry.currentRequest());
      return { content: [] };
    });
    await (await inMemoryV1(outer.telemetry, server)).callTool({ name: 'forward', arguments: {} });
    expect(seen).toEqual([idsOf(inner.one('tools/call which')), idsOf(outer.one('tools/call forward'))]);
  });

  test('has its trace also where the spans are sampled out', async () => {
    const { telemetry, spans } = record({ tracerProvider: neverSampled() });
    const said = await ask(await inMemoryV1(telemetry));
    expect(spans()).toEqual([]);
    expect(said.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(said.spanId).toMatch(/^[0-9a-f]{16}$/);
  });

  test('is cut where a client sends names without end', async () => {
    const { telemetry, spans } = record();
    const server = new Server({ name: 'low', version: '1' }, { capabilities: { tools: {} } });
    let said: CurrentRequest | undefined;
    server.setRequestHandler(CallToolRequestSchema, () => {
      said = telemetry.currentRequest();
      return { content: [] };
    });
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    await client.callTool({ name: 'x'.repeat(1_000), arguments: {} });
    expect(said?.toolName).toBe(`${'x'.repeat(127)}…`);
    const call = spans().find(({ attributes }) => attributes['mcp.method.name'] === 'tools/call');
    expect(said?.toolName).toBe(call?.attributes['gen_ai.tool.name']);
  });
});

describe('without spans, the current request has all ids but those of the trace', () => {
  const ids = {
    sessionId: expect.stringMatching(UUID),
    clientSessionId: expect.stringMatching(UUID),
    clientSessionSource: 'connection',
    requestId: expect.stringMatching(UUID),
    jsonrpcRequestId: '1',
    method: 'tools/call',
    toolName: 'which',
  };

  test.each([
    ['the exporter none', {}],
    ['OTEL_SDK_DISABLED', { OTEL_SDK_DISABLED: 'true' }],
  ])('%s, for which no context manager is set', async (_, environment) => {
    context.disable();
    setEnvironment(environment);
    const telemetry = manage({ exporterType: 'none' });
    const client = await inMemoryV1(telemetry);
    const [slow, quick] = await Promise.all([ask(client, 20), ask(client)]);
    expect(slow).toEqual(ids);
    expect(quick).toEqual({ ...ids, jsonrpcRequestId: '2' });
  });

  test('traces turned off beside an application’s own provider', async () => {
    const { telemetry } = record({ enableTracing: false });
    expect(await ask(await inMemoryV1(telemetry))).toEqual(ids);
  });
});

test('below a span of the application, which registered its providers, it is in the same trace', async () => {
  const provider = new NodeTracerProvider();
  provider.register();
  try {
    const telemetry = manage({});
    const client = await inMemoryV1(telemetry);
    await provider.getTracer('app').startActiveSpan('app', async (span) => {
      expect((await ask(client)).traceId).toBe(span.spanContext().traceId);
      span.end();
    });
  } finally {
    await provider.shutdown();
    trace.disable();
    context.disable();
  }
});

function neverSampled(): NodeTracerProvider {
  return new NodeTracerProvider({
    sampler: { shouldSample: () => ({ decision: 0 }), toString: () => 'none' },
  });
}
