import type http from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { callTool, newClient, type Sdk } from '../../support/clients.ts';
import { closeHosts, listen, statefulV1 } from '../../support/http-v1.ts';
import { handlerV2 } from '../../support/http-v2.ts';
import { closeRecordings, record } from '../../support/recording.ts';
import { gate, until } from '../../support/until.ts';
import { v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';

const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await closeHosts();
  await closeRecordings();
});

const MODERN = { versionNegotiation: { mode: { pin: '2026-07-28' } } };

function observed(sdk: Sdk, options = {}) {
  const recording = record();
  const client = newClient(sdk, options);
  clients.push(client);
  recording.telemetry.instrumentClient(client);
  return { ...recording, client };
}

function transportTo(sdk: Sdk, url: URL, options: object = {}): HttpV1 {
  return new (sdk === 'v1' ? HttpV1 : HttpV2)(url, options as never) as HttpV1;
}

const connect = (client: Client, transport: unknown): Promise<void> => client.connect(transport as never);

describe.each(['v1', 'v2'] as const)('a client of %s over Streamable HTTP', (sdk) => {
  test('says where its server is, and which session of the protocol it has', async () => {
    const host = await statefulV1(undefined);
    const { client, one, points } = observed(sdk);
    const transport = transportTo(sdk, host.url);
    await connect(client, transport);
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    const place = {
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
      'server.address': '127.0.0.1',
      'server.port': Number(host.url.port),
    };
    expect(one('initialize').attributes).toMatchObject(place);
    expect(one('tools/call echo').attributes).toMatchObject({
      ...place,
      'mcp.protocol.session.id': transport.sessionId,
      'mcp.protocol.version': '2025-11-25',
    });
    await client.close();
    const [point] = await points('mcp.client.session.duration');
    expect(point?.attributes).toMatchObject({ ...place, 'mcp.protocol.version': '2025-11-25' });
    const [operation] = await points('mcp.client.operation.duration');
    expect(operation?.attributes).toMatchObject(place);
  });

  test('makes its HTTP requests in the context of their spans', async () => {
    const host = await statefulV1(undefined);
    const { client, one } = observed(sdk);
    const seen: (string | undefined)[] = [];
    const watching: typeof fetch = (url, init) => {
      if (String(init?.body).includes('tools/call')) seen.push(trace.getActiveSpan()?.spanContext().spanId);
      return fetch(url, init);
    };
    await connect(client, transportTo(sdk, host.url, { fetch: watching }));
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(seen).toEqual([one('tools/call echo').spanContext().spanId]);
  });

  test('has the span of what the server asks below that of the request in whose stream it comes', async () => {
    const create = () => {
      const server = v1Server();
      server.registerTool('ask', {}, async (extra) => {
        await extra
          .sendRequest({ method: 'roots/list' }, { parse: (v: unknown) => v } as never)
          .catch(() => {});
        return { content: [] };
      });
      return server;
    };
    const host = await statefulV1(undefined, { create });
    const { client, one } = observed(sdk);
    await connect(client, transportTo(sdk, host.url));
    await client.callTool({ name: 'ask' });
    const span = one('roots/list');
    expect(span.kind).toBe(SpanKind.SERVER);
    expect(span.parentSpanContext?.spanId).toBe(one('tools/call ask').spanContext().spanId);
  });

  test('says why a request could not be sent, and is a connection of its own when it connects again', async () => {
    const host = await statefulV1(undefined);
    const { client, named, one } = observed(sdk);
    await connect(client, transportTo(sdk, host.url));
    await host.close();
    await expect(client.callTool({ name: 'echo' })).rejects.toThrow();
    const span = one('tools/call echo');
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes).toMatchObject({ 'error.type': 'TypeError', 'exception.type': 'TypeError' });
    await client.close();
    const next = await statefulV1(undefined);
    await connect(client, transportTo(sdk, next.url));
    const ids = named('initialize').map(({ attributes }) => attributes['mcp.client.connection.id']);
    expect(new Set(ids).size).toBe(2);
  });

  test('that has to sign in first has one span for each request', async () => {
    const { host, provider } = await protectedHost();
    const { client, spans, one } = observed(sdk);
    await connect(client, transportTo(sdk, host.url, { authProvider: provider(sdk) }));
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(spans().map(({ name }) => name)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/call echo',
    ]);
    expect(one('initialize').status.code).toBe(SpanStatusCode.UNSET);
  });
});

describe('a client of v2 that speaks MCP 2026-07-28', () => {
  test('finds out what it talks to with a span of its own', async () => {
    const host = await handlerV2(undefined);
    const { client, spans, one } = observed('v2', MODERN);
    await connect(client, transportTo('v2', host.url));
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(spans().map(({ name }) => name)).toEqual(['server/discover', 'tools/call echo']);
    expect(one('server/discover').attributes).toMatchObject({
      'mcp.server.name': 'test-server',
      'mcp.protocol.version': '2026-07-28',
    });
    expect(one('server/discover').status.code).toBe(SpanStatusCode.UNSET);
    expect(one('tools/call echo').attributes).toMatchObject({
      'mcp.server.name': 'test-server',
      'mcp.protocol.version': '2026-07-28',
    });
    const ids = spans().map(({ attributes }) => attributes['mcp.client.connection.id']);
    expect(new Set(ids).size).toBe(1);
  });

  test('falls back to `initialize` on the same connection', async () => {
    const host = await statefulV1(undefined);
    const { client, spans } = observed('v2', { versionNegotiation: { mode: 'auto' } });
    await connect(client, transportTo('v2', host.url));
    expect(spans().map(({ name }) => name)).toEqual([
      'server/discover',
      'initialize',
      'notifications/initialized',
    ]);
    const ids = spans().map(({ attributes }) => attributes['mcp.client.connection.id']);
    expect(new Set(ids).size).toBe(1);
  });

  test.each([
    ['timeout', () => ({ timeout: 30 })],
    ['cancelled', (aborted: AbortSignal) => ({ signal: aborted })],
  ])('tells %s by how it gives up on a request', async (errorType, options) => {
    const called = gate();
    const finished = gate();
    const create = () => {
      const server = v2Server();
      server.registerTool('hang', {}, async () => {
        called.open();
        await finished.opened;
        return { content: [] };
      });
      return server;
    };
    const host = await handlerV2(undefined, { create });
    const { client, one } = observed('v2', MODERN);
    await connect(client, transportTo('v2', host.url));
    const abort = new AbortController();
    const call = callTool('v2', client, { name: 'hang' }, options(abort.signal));
    if (errorType === 'cancelled') {
      await called.opened;
      abort.abort('changed my mind');
    }
    await expect(call).rejects.toThrow();
    finished.open();
    expect(one('tools/call hang').attributes['error.type']).toBe(errorType);
  });
});

test('a client over server-sent events says where its server is', async () => {
  const transports: SSEServerTransport[] = [];
  const host = await listen(async (request, response) => {
    if (request.method === 'POST') {
      await transports[0]?.handlePostMessage(request, response);
      return;
    }
    const transport = new SSEServerTransport('/messages', response);
    transports.push(transport);
    await v1Server().connect(transport as never);
  });
  const { client, one, points } = observed('v1');
  await connect(client, new SSEClientTransport(host.url));
  await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
  expect(one('tools/call echo').attributes).toMatchObject({
    'network.transport': 'tcp',
    'server.address': '127.0.0.1',
    'server.port': Number(host.url.port),
  });
  await client.close();
  await until(() => client.transport === undefined, 'the end');
  expect(await points('mcp.client.session.duration')).toHaveLength(1);
});

/** A host that wants a token for every request, and what gets one when it is refused. */
async function protectedHost() {
  const inner = await statefulV1(undefined);
  const host = await listen((request: http.IncomingMessage, response: http.ServerResponse) => {
    if (request.url === '/token') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: 'good', token_type: 'Bearer' }));
    } else if (request.url !== '/mcp') response.writeHead(404).end();
    else if (request.headers.authorization === 'Bearer good') inner.listener(request, response);
    else response.writeHead(401).end();
  });
  let tokens = { access_token: 'bad', refresh_token: 'again', token_type: 'Bearer', issuer: host.url.origin };
  const signIn = async (): Promise<void> => {
    tokens = { ...tokens, access_token: 'good' };
  };
  const provider = (sdk: Sdk): object =>
    sdk === 'v2'
      ? { token: async () => tokens.access_token, onUnauthorized: signIn }
      : {
          redirectUrl: 'http://127.0.0.1/callback',
          clientMetadata: { redirect_uris: [] },
          clientInformation: () => ({ client_id: 'agent' }),
          tokens: () => tokens,
          saveTokens: signIn,
        };
  return { host, provider };
}
