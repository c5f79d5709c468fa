import { afterEach, describe, expect, test } from '@jest/globals';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { z } from 'zod';
import { closeRecordings, record } from '../../support/recording.ts';
import { settled, until } from '../../support/until.ts';
import { type RawWire, wireV1 } from '../../support/wire.ts';

afterEach(closeRecordings);

const ANYTHING = z.looseObject({});
const SAMPLING = {
  method: 'sampling/createMessage' as const,
  params: { messages: [], maxTokens: 1 },
};

async function connected(config = {}) {
  const recording = record(config);
  const server = new McpServer(
    { name: 'asking', version: '1' },
    { capabilities: { logging: {}, tools: { listChanged: true } } },
  );
  recording.telemetry.instrument(server);
  const wire = await wireV1(server);
  await wire.initialize();
  return { ...recording, server, wire };
}

function sent(wire: RawWire, method: string): any {
  return wire.received.find((message) => message.method === method);
}

describe('a request that the server sends', () => {
  test.each([
    ['sampling/createMessage', SAMPLING.params],
    [
      'elicitation/create',
      { mode: 'form', message: '?', requestedSchema: { type: 'object', properties: {} } },
    ],
    ['roots/list', undefined],
    ['ping', undefined],
  ])('%s is a client span with its trace context in `_meta`', async (method, params) => {
    const { server, wire, one, telemetry } = await connected();
    const answer = server.server.request(
      { method, ...(params !== undefined && { params }) } as any,
      ANYTHING as any,
    );
    const message = await until(() => sent(wire, method), method);
    wire.send({ jsonrpc: '2.0', id: message.id, result: { fine: true } });
    await expect(answer).resolves.toEqual({ fine: true });
    const span = one(method);
    const { traceId, spanId } = span.spanContext();
    expect(message.params).toEqual({ ...params, _meta: { traceparent: `00-${traceId}-${spanId}-01` } });
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toEqual({
      'mcp.method.name': method,
      'mcp.session.id': telemetry.sessionId,
      'mcp.client.session.id': telemetry.activeSessions()[0]?.id,
      'mcp.client.session.source': 'connection',
      'jsonrpc.request.id': String(message.id),
      'mcp.protocol.version': '2025-11-25',
      'mcp.client.name': 'raw',
      'mcp.client.version': '1',
      'mcp.request.size': Buffer.byteLength(JSON.stringify(message)),
      'mcp.response.size': Buffer.byteLength(
        JSON.stringify({ jsonrpc: '2.0', id: message.id, result: { fine: true } }),
      ),
    });
    await wire.close();
  });

  test('keeps the `_meta` of its author, whose object is not touched', async () => {
    const { server, wire } = await connected();
    const request = {
      ...SAMPLING,
      params: { ...SAMPLING.params, _meta: { mine: 1, traceparent: 'my own' } },
    };
    const before = structuredClone(request);
    void server.server.request(request, ANYTHING as any).catch(() => {});
    const message = await until(() => sent(wire, SAMPLING.method), 'the request');
    expect(message.params._meta).toEqual({ mine: 1, traceparent: 'my own' });
    expect(request).toEqual(before);
    await wire.close();
  });

  test('keeps its progress token beside the trace context', async () => {
    const { server, wire } = await connected();
    const seen: unknown[] = [];
    const answer = server.server.request(SAMPLING, ANYTHING as any, { onprogress: (p) => seen.push(p) });
    const message = await until(() => sent(wire, SAMPLING.method), 'the request');
    expect(message.params._meta).toEqual({ progressToken: message.id, traceparent: expect.any(String) });
    wire.notify('notifications/progress', { progressToken: message.id, progress: 1 });
    await settled();
    wire.send({ jsonrpc: '2.0', id: message.id, result: {} });
    await answer;
    expect(seen).toEqual([{ progress: 1 }]);
    await wire.close();
  });

  test('with params that hold no `_meta` goes out as it is', async () => {
    const { wire } = await connected();
    await wire.transport.send({ jsonrpc: '2.0', id: 'a', method: 'app/a', params: ['by', 'position'] });
    await wire.transport.send({ jsonrpc: '2.0', id: 'b', method: 'app/b', params: { _meta: 'none' } });
    expect(sent(wire, 'app/a').params).toEqual(['by', 'position']);
    expect(sent(wire, 'app/b').params).toEqual({ _meta: 'none' });
    await wire.close();
  });

  test('that the client refuses is an error, whatever the code', async () => {
    const { server, wire, one, points } = await connected();
    const answer = server.server.request(SAMPLING, ANYTHING as any);
    const message = await until(() => sent(wire, SAMPLING.method), 'the request');
    wire.send({ jsonrpc: '2.0', id: message.id, error: { code: -32602, message: 'no sampling today' } });
    await expect(answer).rejects.toThrow('no sampling today');
    const span = one(SAMPLING.method);
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no sampling today' });
    expect(span.attributes).toMatchObject({ 'error.type': '-32602', 'rpc.response.status_code': '-32602' });
    const [point] = (await points('mcp.client.operation.duration')).filter(
      ({ attributes }) => attributes['mcp.method.name'] === SAMPLING.method,
    );
    expect(point).toMatchObject({
      unit: 's',
      attributes: { 'error.type': '-32602', 'rpc.response.status_code': '-32602' },
    });
    await wire.close();
  });

  test('ends when its client answers with the id as text, which both SDKs take', async () => {
    const { server, wire, one } = await connected();
    const answer = server.server.request(SAMPLING, ANYTHING as any);
    const message = await until(() => sent(wire, SAMPLING.method), 'the request');
    wire.send({ jsonrpc: '2.0', id: String(message.id), result: {} });
    await answer;
    expect(one(SAMPLING.method).status.code).toBe(SpanStatusCode.UNSET);
    await wire.close();
  });

  test('that its server gives up on by a timeout is a timeout', async () => {
    const { server, wire, one } = await connected();
    await expect(server.server.request(SAMPLING, ANYTHING as any, { timeout: 5 })).rejects.toThrow(
      'Request timed out',
    );
    const span = one(SAMPLING.method);
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes['error.type']).toBe('timeout');
    expect(one('notifications/cancelled').kind).toBe(SpanKind.CLIENT);
    await wire.close();
  });

  test('that its caller aborts is cancelled, and no error', async () => {
    const { server, wire, one } = await connected();
    const abort = new AbortController();
    const answer = server.server.request(SAMPLING, ANYTHING as any, { signal: abort.signal });
    await until(() => sent(wire, SAMPLING.method), 'the request');
    abort.abort('changed my mind');
    await expect(answer).rejects.toThrow('changed my mind');
    const span = one(SAMPLING.method);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes['error.type']).toBe('cancelled');
    await wire.close();
  });

  test('that is open when the connection closes is connection_closed', async () => {
    const { server, wire, one } = await connected();
    const answer = server.server.request(SAMPLING, ANYTHING as any);
    await until(() => sent(wire, SAMPLING.method), 'the request');
    await Promise.all([expect(answer).rejects.toThrow('Connection closed'), wire.close()]);
    expect(one(SAMPLING.method).attributes['error.type']).toBe('connection_closed');
  });

  test('that cannot be sent ends as connection_closed, and its caller is told as ever', async () => {
    const { server, wire, one } = await connected();
    const { send } = wire.transport;
    wire.transport._otherTransport = undefined;
    const answer = server.server.request(SAMPLING, ANYTHING as any);
    await expect(answer).rejects.toThrow('Not connected');
    expect(wire.transport.send).toBe(send);
    expect(one(SAMPLING.method).attributes['error.type']).toBe('connection_closed');
  });

  test('from within a tool hangs below the tool, beside the spans of other calls', async () => {
    const { server, wire, named } = await connected();
    server.registerTool('ask', { inputSchema: { n: z.number() } }, async ({ n }, extra) => {
      await extra.sendRequest({ ...SAMPLING, params: { ...SAMPLING.params, maxTokens: n } }, ANYTHING as any);
      return { content: [] };
    });
    wire.request('x', 'tools/call', { name: 'ask', arguments: { n: 1 } });
    wire.request('y', 'tools/call', { name: 'ask', arguments: { n: 2 } });
    const asked = await until(() => {
      const all = wire.received.filter(({ method }) => method === SAMPLING.method);
      return all.length === 2 && all;
    }, 'both requests');
    for (const { id } of asked.toReversed()) wire.send({ jsonrpc: '2.0', id, result: {} });
    await Promise.all([wire.answer('x'), wire.answer('y')]);
    const tools = named('tools/call ask');
    const parents = named(SAMPLING.method).map((span) => span.parentSpanContext?.spanId);
    expect(new Set(parents)).toEqual(new Set(tools.map((span) => span.spanContext().spanId)));
    await wire.close();
  });
});

describe('a notification that the server sends', () => {
  test('is a client span of its own, and its message is not touched', async () => {
    const { server, wire, one } = await connected();
    server.sendToolListChanged();
    await server.server.sendLoggingMessage({ level: 'info', data: 'hello' });
    await server.server.sendResourceUpdated({ uri: 'note://1' }).catch(() => {});
    await until(() => sent(wire, 'notifications/message'), 'the log message');
    expect(sent(wire, 'notifications/message')).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/message',
      params: { level: 'info', data: 'hello' },
    });
    for (const name of ['notifications/message', 'notifications/tools/list_changed']) {
      expect(one(name).kind).toBe(SpanKind.CLIENT);
      expect(one(name).attributes).not.toHaveProperty('jsonrpc.request.id');
      expect(one(name).attributes).not.toHaveProperty('mcp.request.id');
    }
    await wire.close();
  });

  test('of progress hangs below the request that it reports on', async () => {
    const { server, wire, one } = await connected();
    server.registerTool('long', {}, async (extra) => {
      const progressToken = extra._meta?.progressToken as number;
      await extra.sendNotification({
        method: 'notifications/progress',
        params: { progressToken, progress: 1 },
      });
      return { content: [] };
    });
    wire.request(1, 'tools/call', { name: 'long', _meta: { progressToken: 0 } });
    await wire.answer(1);
    expect(sent(wire, 'notifications/progress').params).toEqual({ progressToken: 0, progress: 1 });
    expect(one('notifications/progress').parentSpanContext?.spanId).toBe(
      one('tools/call long').spanContext().spanId,
    );
    await wire.close();
  });

  test('before any client has spoken belongs to no session', async () => {
    const recording = record();
    const server = new McpServer({ name: 'eager', version: '1' }, { capabilities: { logging: {} } });
    recording.telemetry.instrument(server);
    const wire = await wireV1(server);
    await server.server.sendLoggingMessage({ level: 'info', data: 'up' });
    const span = recording.one('notifications/message');
    expect(span.attributes).not.toHaveProperty('mcp.client.session.id');
    expect(recording.telemetry.activeSessions()).toEqual([]);
    await wire.close();
  });
});

describe('what is sent while sessions share a connection', () => {
  test('belongs to the session of the request that it answers to, not to the newest', async () => {
    const { server, wire, named, one, telemetry } = await connected({
      sessionKey: ({ meta }: any) => meta['conversation'],
    });
    const asking: (() => void)[] = [];
    server.registerTool('ask', {}, async (extra) => {
      await new Promise<void>((resolve) => asking.push(resolve));
      await extra.sendRequest(SAMPLING, ANYTHING as any);
      return { content: [] };
    });
    wire.request(1, 'tools/call', { name: 'ask', _meta: { conversation: 'first' } });
    await until(() => asking.length === 1, 'the first');
    wire.request(2, 'ping', { _meta: { conversation: 'second' } });
    await wire.answer(2);
    wire.notify('notifications/roots/list_changed', { _meta: { conversation: 'third' } });
    wire.notify('notifications/roots/list_changed', { _meta: { conversation: 'first' } });
    wire.request(3, 'ping', { _meta: { conversation: 'second' } });
    await wire.answer(3);
    wire.notify('notifications/roots/list_changed', { _meta: { conversation: 'first' } });
    asking[0]?.();
    const message = await until(() => sent(wire, SAMPLING.method), 'the request');
    wire.send({ jsonrpc: '2.0', id: message.id, result: {} });
    await wire.answer(1);
    expect(one(SAMPLING.method).attributes['mcp.client.session.id']).toBe('first');
    const client = { clientName: 'raw', clientVersion: '1', protocolVersion: '2025-11-25' };
    expect(telemetry.activeSessions()).toMatchObject([
      { ...client, source: 'connection', calls: 1 },
      { ...client, source: 'application', id: 'first', calls: 1 },
      { ...client, source: 'application', id: 'second', calls: 2 },
    ]);
    await wire.close();
    const ended = named('mcp.session end').map((span) => span.attributes['mcp.client.session.id']);
    expect(ended).toEqual(expect.arrayContaining(['first', 'second']));
    expect(ended).toHaveLength(3);
  });
});
