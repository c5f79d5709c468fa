import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { closeHosts, connectHttp, statelessV1 } from '../support/http-v1.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { until } from '../support/until.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

const named = (name: string, userAgent = name) => ({
  client: new Client({ name, version: '1' }),
  headers: { 'user-agent': userAgent },
});

describe('Streamable HTTP with a server per request (v1)', () => {
  test('joins initialize on one server and the calls on others in one inferred session', async () => {
    const recording = record();
    const host = await statelessV1(recording.telemetry);
    const { client } = await connectHttp(host.url);
    await client.listTools();
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.callTool({ name: 'fail', arguments: {} });
    await client.close();
    const [session, ...others] = recording.telemetry.activeSessions();
    expect(others).toEqual([]);
    expect(session).toMatchObject({
      source: 'inferred',
      calls: 4,
      errors: 1,
      tools: ['echo', 'fail'],
      clientName: 'test-client',
      clientVersion: '4.5.6',
      protocolVersion: '2025-11-25',
    });
    expect(recording.one('tools/call echo').attributes).toMatchObject({
      'mcp.client.session.id': session?.id,
      'mcp.client.session.source': 'inferred',
      'mcp.client.name': 'test-client',
      'mcp.protocol.version': '2025-11-25',
      'client.address': '127.0.0.1',
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
      'network.protocol.version': '1.1',
    });
    expect(recording.named('mcp.session start')).toHaveLength(1);
    expect(recording.named('mcp.session end')).toEqual([]);
  });

  test('a server that is built for GET or DELETE and sees no message opens no session', async () => {
    const { telemetry, spans } = record();
    const host = await statelessV1(telemetry);
    for (const method of ['GET', 'DELETE']) {
      const response = await fetch(host.url, { method, headers: { accept: 'text/event-stream' } });
      await response.body?.cancel();
    }
    expect(spans()).toEqual([]);
    expect(telemetry.activeSessions()).toEqual([]);
  });

  test('clients with other user agents have sessions of their own', async () => {
    const { telemetry } = record();
    const host = await statelessV1(telemetry);
    const one = await connectHttp(host.url, named('one'));
    const two = await connectHttp(host.url, named('two'));
    await one.client.callTool({ name: 'echo', arguments: { text: '1' } });
    await two.client.ping();
    await one.client.ping();
    expect(telemetry.activeSessions()).toMatchObject([
      { clientName: 'one', calls: 3, tools: ['echo'] },
      { clientName: 'two', calls: 2, tools: [] },
    ]);
    await one.client.close();
    await two.client.close();
  });

  test('principals have sessions of their own, however alike their clients are', async () => {
    const { telemetry, spans } = record();
    const host = await statelessV1(telemetry, {
      auth: (request) => ({
        token: String(request.headers.authorization),
        clientId: 'app',
        scopes: [],
      }),
    });
    const ann = await connectHttp(host.url, { headers: { authorization: 'Bearer ann' } });
    const joe = await connectHttp(host.url, { headers: { authorization: 'Bearer joe' } });
    await ann.client.ping();
    await joe.client.listTools();
    await ann.client.listTools();
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 3 }, { calls: 2 }]);
    expect(JSON.stringify(spans().map(({ attributes }) => attributes))).not.toMatch(/ann|joe/);
    await ann.client.close();
    await joe.client.close();
  });

  test('one principal is one session across its user agents and renewed tokens', async () => {
    const { telemetry } = record();
    let token = 0;
    const host = await statelessV1(telemetry, {
      auth: () => ({ token: `token ${token++}`, clientId: 'app', scopes: [], extra: { sub: 'ann' } }),
    });
    const one = await connectHttp(host.url, named('one'));
    const two = await connectHttp(host.url, named('two'));
    await one.client.ping();
    await two.client.ping();
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 4 }]);
    await one.client.close();
    await two.client.close();
  });

  test('a client that comes back after the idle timeout has a new session', async () => {
    const recording = record({ sessionIdleTimeoutMs: 250 });
    const host = await statelessV1(recording.telemetry);
    const { client } = await connectHttp(host.url);
    await until(() => recording.named('mcp.session end')[0], 'the idle timeout');
    await client.ping();
    const starts = recording.named('mcp.session start');
    expect(starts).toHaveLength(2);
    expect(starts[1]?.attributes['mcp.client.session.id']).not.toBe(
      starts[0]?.attributes['mcp.client.session.id'],
    );
    expect(recording.telemetry.activeSessions()).toMatchObject([{ calls: 1 }]);
    await client.close();
  });

  test('with inferSessions: false, requests carry no client session', async () => {
    const { telemetry, spans, named: spansNamed } = record({ inferSessions: false });
    const host = await statelessV1(telemetry);
    const { client } = await connectHttp(host.url);
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.close();
    expect(telemetry.activeSessions()).toEqual([]);
    expect(spansNamed('mcp.session start')).toEqual([]);
    for (const { attributes } of spans()) {
      expect(attributes).not.toHaveProperty(['mcp.client.session.id']);
      expect(attributes).not.toHaveProperty(['mcp.client.session.source']);
      expect(attributes['mcp.session.id']).toBe(telemetry.sessionId);
    }
    expect(spans().map(({ name }) => name)).toContain('tools/call echo');
  });

  test('under the scope client, an inferred session is no mcp.session.id', async () => {
    const { telemetry, spans, points } = record({ sessionScope: 'client' });
    const host = await statelessV1(telemetry);
    const { client } = await connectHttp(host.url);
    await client.ping();
    await client.close();
    for (const { attributes } of spans()) expect(attributes).not.toHaveProperty(['mcp.session.id']);
    await telemetry.shutdown();
    expect(await points('mcp.server.session.duration')).toEqual([]);
  });

  test('the spans of one session are one trace', async () => {
    const { telemetry, spans, one } = record();
    const host = await statelessV1(telemetry);
    const { client } = await connectHttp(host.url);
    await client.listTools();
    await client.ping();
    await client.close();
    const root = one('mcp.session start').spanContext();
    for (const span of spans()) expect(span.spanContext().traceId).toBe(root.traceId);
    expect(one('tools/list').parentSpanContext?.spanId).toBe(root.spanId);
  });
});

describe('the sessionKey hook', () => {
  const byConversation = ({ header }: { header(name: string): string | undefined }) =>
    header('X-Conversation');

  test('names the session, on whatever server its requests arrive', async () => {
    const recording = record({ sessionKey: byConversation });
    const host = await statelessV1(recording.telemetry);
    const one = await connectHttp(host.url, { headers: { 'x-conversation': 'chat-1' } });
    const two = await connectHttp(host.url, { headers: { 'x-conversation': 'chat-2' } });
    await one.client.ping();
    await two.client.ping();
    await one.client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(recording.telemetry.activeSessions()).toMatchObject([
      { id: 'chat-1', source: 'application', calls: 3, tools: ['echo'] },
      { id: 'chat-2', source: 'application', calls: 2 },
    ]);
    expect(recording.one('tools/call echo').attributes).toMatchObject({
      'mcp.client.session.id': 'chat-1',
      'mcp.client.session.source': 'application',
    });
    await one.client.close();
    await two.client.close();
  });

  test('is shown the request: method, params, `_meta`, headers and authInfo', async () => {
    const seen: unknown[] = [];
    const { telemetry } = record({
      sessionKey: ({ method, params, meta, header, authInfo }) => {
        seen.push({ method, params, meta, agent: header('User-Agent'), none: header('x-none'), authInfo });
        return undefined;
      },
    });
    const auth = { token: 't', clientId: 'c', scopes: [] };
    const host = await statelessV1(telemetry, { auth: () => auth });
    const { client } = await connectHttp(host.url, { headers: { 'user-agent': 'agent/1' } });
    await client.callTool({ name: 'echo', arguments: { text: 'hi' }, _meta: { conversation: 7 } });
    await client.close();
    expect(seen).toContainEqual({
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'hi' }, _meta: { conversation: 7 } },
      meta: { conversation: 7 },
      agent: 'agent/1',
      none: undefined,
      authInfo: auth,
    });
  });

  test('leaves a request to the protocol where it returns nothing', async () => {
    const { telemetry } = record({ sessionKey: () => undefined });
    const host = await statelessV1(telemetry);
    const { client } = await connectHttp(host.url);
    expect(telemetry.activeSessions()).toMatchObject([{ source: 'inferred' }]);
    await client.close();
  });

  test('brings a conversation back after the idle timeout, with all its counts', async () => {
    const recording = record({ sessionKey: () => 'after-lunch', sessionIdleTimeoutMs: 250 });
    const host = await statelessV1(recording.telemetry);
    const { client } = await connectHttp(host.url);
    await client.callTool({ name: 'refuse', arguments: {} });
    await until(() => recording.named('mcp.session end')[0], 'the idle timeout');
    await client.callTool({ name: 'echo', arguments: { text: 'again' } });
    expect(recording.telemetry.activeSessions()).toMatchObject([
      { id: 'after-lunch', calls: 3, errors: 1, tools: ['refuse', 'echo'] },
    ]);
    expect(recording.named('mcp.session start')).toHaveLength(1);
    expect(recording.one('mcp.session update').attributes).toMatchObject({
      'mcp.client.session.seq': 2,
      'mcp.client.session.calls': 3,
    });
    await client.close();
  });
});
