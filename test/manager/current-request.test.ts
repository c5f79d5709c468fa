import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/client';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { McpServer as V1Server } from '@modelcontextprotocol/sdk/server/mcp.js';
import { CallToolRequestSchema, InitializedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { InMemoryTransport, type McpServer as V2Server } from '@modelcontextprotocol/server';
import { context, trace } from '@opentelemetry/api';
import { NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { z } from 'zod';
import type { TelemetryManager } from '../../src/telemetry-manager.ts';
import type { CurrentRequest } from '../../src/types.ts';
import { manage, setEnvironment, shutDownAll } from '../export/support.ts';
import { closeHosts, connectHttp, statefulV1, statelessV1 } from '../support/http-v1.ts';
import { connectV2, handlerV2, statefulV2 } from '../support/http-v2.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { settled } from '../support/until.ts';
import { connectV1, v1Server } from '../support/v1.ts';
import { v2Server } from '../support/v2.ts';

afterEach(async () => {
  setEnvironment();
  await closeHosts();
  await closeRecordings();
  await shutDownAll();
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Says, after a while, which request it is in. */
function withTool<S extends V1Server | V2Server>(server: S, telemetry: TelemetryManager): S {
  const config = { inputSchema: z.object({ ms: z.number() }) };
  const which = async ({ ms }: { ms: number }) => {
    await delay(ms);
    return { content: [{ type: 'text' as const, text: JSON.stringify(telemetry.currentRequest() ?? null) }] };
  };
  (server as V2Server).registerTool('which', config, which);
  return server;
}

type Caller = { callTool(params: { name: string; arguments: object }): Promise<unknown> };

async function ask(client: unknown, ms = 0): Promise<CurrentRequest> {
  const result = await (client as Caller).callTool({ name: 'which', arguments: { ms } });
  return JSON.parse((result as { content: [{ text: string }] }).content[0].text);
}

/** What the span of a request says of the same ids. */
function idsOf(span: ReadableSpan): CurrentRequest {
  const { attributes } = span;
  const { traceId, spanId } = span.spanContext();
  return {
    sessionId: attributes['mcp.session.id'] as string,
    clientSessionId: attributes['mcp.client.session.id'] as string,
    requestId: attributes['mcp.request.id'] as string,
    jsonrpcRequestId: attributes['jsonrpc.request.id'] as string,
    method: attributes['mcp.method.name'] as string,
    toolName: attributes['gen_ai.tool.name'] as string,
    traceId,
    spanId,
  };
}

async function inMemoryV1(server: V1Server) {
  return (await connectV1(server)).client;
}

async function inMemoryV2(server: V2Server) {
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  const client = new Client({ name: 'v2-client', version: '2' });
  await client.connect(near);
  return client;
}

describe.each<[string, (telemetry: TelemetryManager) => Promise<unknown>]>([
  ['v1, in memory', (telemetry) => inMemoryV1(withTool(instrumentedV1(telemetry), telemetry))],
  ['v2, in memory', (telemetry) => inMemoryV2(withTool(instrumentedV2(telemetry), telemetry))],
  [
    'v1, HTTP with sessions',
    async (telemetry) => {
      const { url } = await statefulV1(telemetry, { create: () => withTool(v1Server(), telemetry) });
      return (await connectHttp(url)).client;
    },
  ],
  [
    'v1, HTTP without sessions',
    async (telemetry) => {
      const { url } = await statelessV1(telemetry, { create: () => withTool(v1Server(), telemetry) });
      return (await connectHttp(url)).client;
    },
  ],
  [
    'v2, HTTP with sessions',
    async (telemetry) => {
      const { url } = await statefulV2(telemetry, () => withTool(v2Server(), telemetry));
      const client = new Client({ name: 'v2-client', version: '2' });
      return (await connectV2(url, client)).client;
    },
  ],
  [
    'v2, a server per HTTP request',
    async (telemetry) => {
      const { url } = await handlerV2(telemetry, { create: () => withTool(v2Server(), telemetry) });
      return (await connectV2(url)).client;
    },
  ],
])('%s: the current request', (_, connect) => {
  test('has the ids of its span', async () => {
    const { telemetry, one } = record();
    const said = await ask(await connect(telemetry));
    expect(said).toEqual(idsOf(one('tools/call which')));
    expect(said).toMatchObject({ requestId: expect.stringMatching(UUID), sessionId: telemetry.sessionId });
  });

  test('does not mix with others that are open at the same time', async () => {
    const { telemetry, named } = record();
    const client = await connect(telemetry);
    const said = await Promise.all([30, 20, 10, 0, 15].map((ms) => ask(client, ms)));
    const byId = new Map(named('tools/call which').map((span) => [span.attributes['mcp.request.id'], span]));
    expect(byId.size).toBe(5);
    for (const each of said) expect(each).toEqual(idsOf(byId.get(each.requestId) as ReadableSpan));
    expect(new Set(said.map(({ requestId }) => requestId)).size).toBe(5);
  });
});

function instrumentedV1(telemetry: TelemetryManager): V1Server {
  const server = v1Server();
  telemetry.instrument(server);
  return server;
}

function instrumentedV2(telemetry: TelemetryManager): V2Server {
  const server = v2Server();
  telemetry.instrument(server);
  return server;
}

describe('the current request', () => {
  test('is undefined outside of a handler', async () => {
    const { telemetry } = record();
    expect(manage({ exporterType: 'none' }).currentRequest()).toBeUndefined();
    expect(telemetry.currentRequest()).toBeUndefined();
    const client = await inMemoryV1(withTool(instrumentedV1(telemetry), telemetry));
    await ask(client);
    expect(telemetry.currentRequest()).toBeUndefined();
  });

  test('is a notification, too, which has no ids of a request', async () => {
    const { telemetry, one } = record();
    const server = instrumentedV1(telemetry);
    const heard = new Promise<CurrentRequest | undefined>((resolve) => {
      server.server.setNotificationHandler(InitializedNotificationSchema, async () => {
        await delay(1);
        resolve(telemetry.currentRequest());
      });
    });
    await inMemoryV1(server);
    const said = await heard;
    await settled();
    const { traceId, spanId, clientSessionId } = idsOf(one('notifications/initialized'));
    expect(said).toEqual({
      sessionId: telemetry.sessionId,
      clientSessionId,
      method: 'notifications/initialized',
      traceId,
      spanId,
    });
  });

  test('has no tool where none is called', async () => {
    const { telemetry, one } = record();
    const server = instrumentedV1(telemetry);
    let said: CurrentRequest | undefined;
    server.registerPrompt('which', {}, () => {
      said = telemetry.currentRequest();
      return { messages: [] };
    });
    await (await inMemoryV1(server)).getPrompt({ name: 'which' });
    const { toolName: _, ...ids } = idsOf(one('prompts/get which'));
    expect(said).toEqual(ids);
  });

  test('goes on in what the handler left running, after the answer', async () => {
    const { telemetry, one } = record();
    const server = instrumentedV1(telemetry);
    let later: Promise<CurrentRequest | undefined> | undefined;
    server.registerTool('leave', {}, () => {
      later = new Promise((resolve) => setTimeout(() => resolve(telemetry.currentRequest()), 20));
      return { content: [] };
    });
    await (await inMemoryV1(server)).callTool({ name: 'leave', arguments: {} });
    const ids = idsOf(one('tools/call leave'));
    expect(await later).toEqual(ids);
  });

  test('has the span of one’s own that is active', async () => {
    const { telemetry, one } = record();
    const server = instrumentedV1(telemetry);
    let said: CurrentRequest | undefined;
    server.registerTool('work', {}, () =>
      telemetry.startActiveSpan('step', {}, () => {
        said = telemetry.currentRequest();
        return { content: [] };
      }),
    );
    await (await inMemoryV1(server)).callTool({ name: 'work', arguments: {} });
    const { spanId } = one('step').spanContext();
    expect(said).toEqual({ ...idsOf(one('tools/call work')), spanId });
  });

  test('is the one of the innermost server, where a handler calls another server', async () => {
    const outer = record();
    const inner = record();
    const innerClient = await inMemoryV1(withTool(instrumentedV1(inner.telemetry), outer.telemetry));
    const server = instrumentedV1(outer.telemetry);
    const seen: (CurrentRequest | undefined)[] = [];
    server.registerTool('forward', {}, async () => {
      seen.push(await ask(innerClient), outer.telemetry.currentRequest());
      return { content: [] };
    });
    await (await inMemoryV1(server)).callTool({ name: 'forward', arguments: {} });
    expect(seen).toEqual([idsOf(inner.one('tools/call which')), idsOf(outer.one('tools/call forward'))]);
  });

  test('has its trace also where the spans are sampled out', async () => {
    const { telemetry, spans } = record({ tracerProvider: neverSampled() });
    const said = await ask(await inMemoryV1(withTool(instrumentedV1(telemetry), telemetry)));
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
    const client = await inMemoryV1(withTool(instrumentedV1(telemetry), telemetry));
    const [slow, quick] = await Promise.all([ask(client, 20), ask(client)]);
    expect(slow).toEqual(ids);
    expect(quick).toEqual({ ...ids, jsonrpcRequestId: '2' });
  });

  test('traces turned off beside an application’s own provider', async () => {
    const { telemetry } = record({ enableTracing: false });
    expect(await ask(await inMemoryV1(withTool(instrumentedV1(telemetry), telemetry)))).toEqual(ids);
  });
});

test('below a span of the application, which registered its providers, it is in the same trace', async () => {
  const provider = new NodeTracerProvider();
  provider.register();
  try {
    const telemetry = manage({});
    const client = await inMemoryV1(withTool(instrumentedV1(telemetry), telemetry));
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
