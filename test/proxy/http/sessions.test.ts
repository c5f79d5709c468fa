import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryEventStore } from '@modelcontextprotocol/sdk/examples/shared/inMemoryEventStore.js';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { closeHosts, connectHttp, listen, statefulV1 } from '../../support/http-v1.ts';
import { clientV2, connectV2, handlerV2 } from '../../support/http-v2.ts';
import { closeRecordings } from '../../support/recording.ts';
import { gate, until } from '../../support/until.ts';
import { v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';
import { ask, closeProxies, INITIALIZE, JSON_HEADERS, type Proxied, proxied } from './support.ts';

afterEach(closeProxies);
afterEach(closeHosts);
afterEach(closeRecordings);

const endOf = (proxy: Proxied, at = 0) =>
  until(() => proxy.named('mcp.session end')[at], 'the end of the session');

/** A server whose tool `wait` waits. */
function waiting(
  until: Promise<void>,
  create: () => McpServer = v1Server,
): { create: () => McpServer; called: Promise<void> } {
  const { opened: called, open } = gate();
  return {
    called,
    create: () => {
      const server = create();
      server.registerTool('wait', {}, async () => {
        open();
        await until;
        return { content: [] };
      });
      return server;
    },
  };
}

describe('a session', () => {
  test('begins with the id that the answer tells, and lasts from the moment that the request came', async () => {
    const id = '0b5c38f2-3a52-4b6e-9f0e-0a3b5a0f9d11';
    const host = await listen(async (request, response) => {
      for await (const _ of request);
      // How long it takes is what is tested.
      await delay(50);
      response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': id });
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 0, result: { serverInfo: { name: 'a' } } }));
    });
    const proxy = await proxied(host.url);
    const asked = ask(proxy.url, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(INITIALIZE) });
    await asked;
    const { attributes, duration } = await until(() => proxy.named('initialize')[0], 'the span');
    expect(attributes).toMatchObject({
      'mcp.client.session.id': id,
      'mcp.client.session.source': 'protocol',
      'jsonrpc.request.id': '0',
    });
    expect(duration[0] * 1_000 + duration[1] / 1e6).toBeGreaterThan(45);
  });

  test('ends with the DELETE of its client', async () => {
    const proxy = await proxied((await statefulV1(undefined)).url);
    const { client, transport } = await connectHttp(proxy.url);
    await transport.terminateSession();
    expect((await endOf(proxy)).attributes['mcp.client.session.end_reason']).toBe('client_delete');
    await client.close();
  });

  test('goes on where the server does not take the DELETE', async () => {
    const host = await statefulV1(undefined);
    const front = await listen((request, response) => {
      if (request.method === 'DELETE') response.writeHead(405).end();
      else host.listener(request, response);
    });
    const proxy = await proxied(front.url);
    const { client, transport } = await connectHttp(proxy.url);
    await transport.terminateSession();
    await client.close();
    expect(proxy.telemetry.activeSessions()).toHaveLength(1);
  });

  test('ends when the server does not know it any more, and the next one is another', async () => {
    const host = await statefulV1(undefined);
    let hasLost = false;
    const front = await listen((request, response) => {
      const { headers, method } = request;
      if (hasLost && method === 'POST' && headers['mcp-session-id'] !== undefined)
        response.writeHead(404).end();
      else host.listener(request, response);
    });
    const proxy = await proxied(front.url);
    const { client } = await connectHttp(proxy.url);
    hasLost = true;
    await expect(client.ping()).rejects.toThrow();
    expect((await endOf(proxy)).attributes).toMatchObject({
      'mcp.client.session.end_reason': 'transport_close',
      'mcp.client.session.errors': 1,
    });
    expect(proxy.one('ping').status.message).toBe('HTTP 404');
    hasLost = false;
    const { client: next } = await connectHttp(proxy.url);
    await next.ping();
    expect(proxy.telemetry.activeSessions()).toHaveLength(1);
    await client.close();
    await next.close();
  });

  test('of which the proxy knows nothing goes on under its id', async () => {
    const host = await statefulV1(undefined);
    const before = await proxied(host.url);
    const { client, transport } = await connectHttp(before.url);
    const proxy = await proxied(host.url);
    const headers = { ...JSON_HEADERS, 'mcp-session-id': transport.sessionId as string };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'ping' });
    await ask(proxy.url, { method: 'POST', headers, body });
    const span = await until(() => proxy.named('ping')[0], 'the span');
    expect(span.attributes['mcp.client.session.id']).toBe(transport.sessionId);
    await client.close();
  });

  test('that a client makes up is none', async () => {
    const proxy = await proxied((await statefulV1(undefined)).url);
    const headers = { ...JSON_HEADERS, 'mcp-session-id': 'made-up' };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'ping' });
    expect((await ask(proxy.url, { method: 'POST', headers, body })).status).toBe(400);
    expect(proxy.spans()).toEqual([]);
  });
});

test('a thousand sessions are a thousand, and streams that are open do not hold up what comes', async () => {
  const host = await listen(async (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      return;
    }
    for await (const _ of request);
    response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': randomUUID() });
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 0, result: { serverInfo: { name: 'a' } } }));
  });
  const proxy = await proxied(host.url);
  const streams = Array.from({ length: 300 }, () =>
    http.get(proxy.url, { headers: { accept: 'text/event-stream' }, agent: false }),
  );
  await Promise.all(streams.map((stream) => once(stream, 'response')));
  const body = JSON.stringify(INITIALIZE);
  const ids = new Set<unknown>();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
  const opening = Array.from({ length: 1_000 }, async () => {
    const { headers } = await ask(proxy.url, { method: 'POST', headers: JSON_HEADERS, body, agent });
    ids.add(headers['mcp-session-id']);
  });
  await Promise.all(opening);
  await until(() => proxy.telemetry.activeSessions().length >= 1_000, 'all of them');
  expect(new Set(proxy.telemetry.activeSessions().map(({ id }) => id))).toEqual(ids);
  agent.destroy();
  for (const stream of streams) stream.destroy();
});

describe('a stream that breaks', () => {
  const message = (text: string): string =>
    `data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"${text}"}}\n\n`;

  test('is sent again from where its client asks, and what is sent again counts once', async () => {
    const host = await listen((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const first = request.headers['last-event-id'] === undefined ? `id: 1\n${message('one')}` : '';
      const last = first === '' ? `id: 3\n${message('three')}` : '';
      response.end(`${first}id: 2\n${message('two')}${last}`);
    });
    const proxy = await proxied(host.url);
    const headers = { accept: 'text/event-stream', 'mcp-session-id': 'a-session' };
    const { body } = await ask(proxy.url, { headers });
    expect(body.match(/id: /g)).toHaveLength(2);
    const again = await ask(proxy.url, { headers: { ...headers, 'last-event-id': '1' } });
    expect(again.body.match(/id: /g)).toHaveLength(2);
    await until(() => proxy.named('notifications/message').length >= 3, 'the notifications');
    expect(proxy.named('notifications/message')).toHaveLength(3);
  });

  test('and is resumed by the SDK’s client brings the answer to its call, once', async () => {
    const done = gate();
    const { create, called } = waiting(done.opened);
    const host = await statefulV1(undefined, { create, options: { eventStore: new InMemoryEventStore() } });
    const posts: http.ServerResponse[] = [];
    let resumed = 0;
    const front = await listen((request, response) => {
      if (request.method === 'POST') posts.push(response);
      if (request.headers['last-event-id'] !== undefined) resumed += 1;
      host.listener(request, response);
    });
    const proxy = await proxied(front.url);
    const client = new Client({ name: 'resumer', version: '1' });
    const transport = new StreamableHTTPClientTransport(proxy.url, {
      reconnectionOptions: {
        initialReconnectionDelay: 1,
        maxReconnectionDelay: 1,
        reconnectionDelayGrowFactor: 1,
        maxRetries: 5,
      },
    });
    await client.connect(transport as Parameters<Client['connect']>[0]);
    const { opened: begun, open: onresumptiontoken } = gate<string>();
    const calling = client.callTool({ name: 'wait' }, undefined, { onresumptiontoken });
    await Promise.all([called, begun]);
    posts.at(-1)?.destroy();
    await until(() => resumed > 0, 'the resumed stream');
    done.open();
    expect(await calling).toEqual({ content: [] });
    const span = await until(() => proxy.named('tools/call wait')[0], 'the span');
    expect(span.attributes['error.type']).toBeUndefined();
    expect(proxy.telemetry.activeSessions()).toMatchObject([{ errors: 0 }]);
    await client.close();
  });
});

test('what the server asks of its client is recorded, with the answer that the client posts', async () => {
  const create = (): McpServer => {
    const server = v1Server();
    server.registerTool('think', {}, async () => {
      const { content } = await server.server.createMessage({ messages: [], maxTokens: 1 });
      return { content: [content as { type: 'text'; text: string }] };
    });
    return server;
  };
  const proxy = await proxied((await statefulV1(undefined, { create })).url);
  const client = new Client({ name: 'thinker', version: '1' }, { capabilities: { sampling: {} } });
  client.setRequestHandler(CreateMessageRequestSchema, async () => ({
    model: 'm',
    role: 'assistant',
    content: { type: 'text', text: 'so' },
  }));
  await connectHttp(proxy.url, { client });
  expect(await client.callTool({ name: 'think' })).toMatchObject({ content: [{ text: 'so' }] });
  const span = await until(
    () => proxy.spans().find(({ name }) => name.startsWith('sampling/createMessage')),
    'the span',
  );
  expect(span.attributes['error.type']).toBeUndefined();
  expect(span.attributes['mcp.client.session.source']).toBe('protocol');
  await client.close();
});

test('a request that its client cancels is cancelled', async () => {
  const done = gate();
  const { create, called } = waiting(done.opened);
  const proxy = await proxied((await statefulV1(undefined, { create })).url);
  const { client } = await connectHttp(proxy.url);
  const stop = new AbortController();
  const calling = client.callTool({ name: 'wait' }, undefined, { signal: stop.signal });
  await called;
  stop.abort();
  await expect(calling).rejects.toThrow();
  const span = await until(() => proxy.spans().find(({ name }) => name.startsWith('tools/call')), 'the span');
  expect(span.attributes['error.type']).toBe('cancelled');
  expect(span.attributes).not.toHaveProperty('mcp.request.abandoned');
  done.open();
  await client.close();
});

test('a client that hangs up cancels a request of the protocol without sessions', async () => {
  const done = gate();
  const { create, called } = waiting(done.opened, v2Server as unknown as () => McpServer);
  const host = await handlerV2(undefined, { create: create as never });
  const proxy = await proxied(host.url);
  const { client } = await connectV2(proxy.url, clientV2());
  const stop = new AbortController();
  const calling = client.callTool({ name: 'wait' }, { signal: stop.signal });
  await called;
  stop.abort();
  await expect(calling).rejects.toThrow();
  const span = await until(() => proxy.spans().find(({ name }) => name.startsWith('tools/call')), 'the span');
  expect(span.attributes['error.type']).toBe('cancelled');
  done.open();
  await client.close();
});

test('a subscription is a request for as long as its client listens, and what it brings is recorded', async () => {
  const host = await handlerV2(undefined);
  const proxy = await proxied(host.url);
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'listener', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { _meta: meta, notifications: { toolsListChanged: true } };
  const response = await fetch(proxy.url, {
    method: 'POST',
    headers: { ...JSON_HEADERS, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params }),
  });
  expect(response.status).toBe(200);
  await until(() => proxy.named('notifications/subscriptions/acknowledged')[0], 'the acknowledgement');
  host.notify.toolsChanged();
  await until(() => proxy.named('notifications/tools/list_changed')[0], 'the notification');
  expect(proxy.named('subscriptions/listen')).toEqual([]);
  await response.body?.cancel();
  const span = await until(() => proxy.named('subscriptions/listen')[0], 'the span');
  expect(span.attributes['error.type']).toBe('cancelled');
});

test('a call whose stream breaks without a way to resume it fails, and the session goes on', async () => {
  const { create, called } = waiting(new Promise(() => {}));
  const host = await statefulV1(undefined, { create });
  const cut: http.ServerResponse[] = [];
  const front = await listen((request, response) => {
    if (request.method === 'POST') cut.push(response);
    host.listener(request, response);
  });
  const proxy = await proxied(front.url);
  const { client } = await connectHttp(proxy.url);
  const calling = client.callTool({ name: 'wait' });
  calling.catch(() => {});
  await called;
  cut.at(-1)?.destroy();
  const span = await until(() => proxy.spans().find(({ name }) => name.startsWith('tools/call')), 'the span');
  expect(span.status.message).toBe('the connection to the server was lost');
  await client.ping();
  expect(proxy.telemetry.activeSessions()).toHaveLength(1);
  await client.close();
});

test('two clients with other tokens are two, and no token is recorded', async () => {
  const host = await handlerV2(undefined);
  const proxy = await proxied(host.url);
  for (const token of ['aaaa-first-token', 'bbbb-second-token']) {
    const { client } = await connectV2(proxy.url, clientV2(), { authorization: `Bearer ${token}` });
    await client.listTools();
    await client.close();
  }
  await until(() => proxy.named('tools/list').length === 2, 'the requests');
  expect(proxy.telemetry.activeSessions()).toHaveLength(2);
  expect(JSON.stringify(proxy.spans().map(({ attributes }) => attributes))).not.toMatch(
    /first-token|second-token/,
  );
});

test('messages of a batch are one each', async () => {
  const host = await listen(async (request, response) => {
    for await (const _ of request);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify([1, 2].map((id) => ({ jsonrpc: '2.0', id, result: {} }))));
  });
  const proxy = await proxied(host.url);
  const body = JSON.stringify([1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'ping' })));
  await ask(proxy.url, { method: 'POST', headers: JSON_HEADERS, body });
  const spans = await until(() => proxy.named('ping').length === 2 && proxy.named('ping'), 'the spans');
  expect(spans.map(({ attributes }) => attributes['jsonrpc.request.id']).sort()).toEqual(['1', '2']);
});
