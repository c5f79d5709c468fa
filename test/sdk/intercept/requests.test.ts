import { afterEach, describe, expect, test } from '@jest/globals';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SpanStatusCode } from '@opentelemetry/api';
import { closeRecordings, record } from '../../support/recording.ts';
import { gate, settled, until } from '../../support/until.ts';
import { v1Server } from '../../support/v1.ts';
import { wireV1 } from '../../support/wire.ts';

afterEach(closeRecordings);

const CALL = 'tools/call wait';

/** A server whose tool `wait` ends when the test says so. */
function waitingServer() {
  const server = new McpServer({ name: 'waiting', version: '1' });
  const open: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  server.registerTool('wait', {}, async (extra) => {
    signals.push(extra.signal);
    await new Promise<void>((resolve) => open.push(resolve));
    return { content: [] };
  });
  return { server, open, signals };
}

describe('a request', () => {
  test.each([
    ['0', 0],
    ['an empty text', ''],
    ['a negative number', -7],
    ['a text', 'a b'],
    ['the name of an Object method', 'constructor'],
    ['__proto__', '__proto__'],
  ])('with the id %s is counted, answered and ended', async (_, id) => {
    const { telemetry, one } = record();
    const server = v1Server();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(id, 'tools/call', { name: 'echo', arguments: { text: 'hi' } });
    await expect(wire.answer(id)).resolves.toMatchObject({ result: { content: [{ text: 'hi' }] } });
    expect(one('tools/call echo').attributes['jsonrpc.request.id']).toBe(String(id));
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 1 }]);
    await wire.close();
  });

  test('the ids 1 and "1" are two requests', async () => {
    const { telemetry, named } = record();
    const { server, open } = waitingServer();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(1, 'tools/call', { name: 'wait' });
    wire.request('1', 'tools/call', { name: 'wait' });
    await until(() => open.length === 2, 'two open calls');
    for (const end of open) end();
    await Promise.all([wire.answer(1), wire.answer('1')]);
    expect(named(CALL).map((span) => span.attributes['error.type'])).toEqual([undefined, undefined]);
    await wire.close();
  });

  test('a second request with an id in flight ends the span of the first; both are answered', async () => {
    const { telemetry, named, points } = record();
    const { server, open } = waitingServer();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(1, 'tools/call', { name: 'wait' });
    wire.request(1, 'tools/call', { name: 'wait' });
    await until(() => open.length === 2, 'two open calls');
    for (const end of open) end();
    await until(() => wire.received.length === 2, 'two answers');
    expect(named(CALL)).toHaveLength(2);
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 2 }]);
    for (const { value } of await points('mcp.server.operation.active')) expect(value).toBe(0);
    await wire.close();
  });

  test('an unknown method is answered and recorded, and its name is in no span name', async () => {
    const { telemetry, one } = record();
    const server = v1Server();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(1, 'no/such', {});
    await expect(wire.answer(1)).resolves.toMatchObject({ error: { code: -32601 } });
    const span = one('_OTHER');
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toMatchObject({
      'mcp.method.name': 'no/such',
      'rpc.response.status_code': '-32601',
    });
    await wire.close();
  });

  test('an unknown tool is the method alone', async () => {
    const { telemetry, one } = record();
    const server = v1Server();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(1, 'tools/call', { name: 'nobody' });
    await wire.answer(1);
    expect(one('tools/call').attributes['gen_ai.tool.name']).toBe('nobody');
    await wire.close();
  });

  test('what is no JSON-RPC request gets no span: neither SDK answers it', async () => {
    const { telemetry, spans } = record();
    const server = v1Server();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.send({ id: 1, method: 'ping' });
    wire.send({ jsonrpc: '2.0', id: 1.5, method: 'ping' });
    wire.send({ jsonrpc: '2.0', id: 2, method: 'ping', params: [] });
    wire.send({ jsonrpc: '2.0', id: 3, method: 'ping', params: { _meta: 'x' } });
    wire.send({ jsonrpc: '2.0', id: 4, method: 'ping', also: 1 });
    wire.send({ jsonrpc: '2.0', id: null, method: 'ping' });
    wire.send([{ jsonrpc: '2.0', id: 5, method: 'ping' }]);
    await settled();
    expect(wire.received).toEqual([]);
    expect(spans()).toEqual([]);
    expect(telemetry.activeSessions()).toEqual([]);
    await wire.close();
  });
});

describe('a request that its client cancels', () => {
  test('ends when its handler settles, without a response, as cancelled and no error', async () => {
    const { telemetry, named, one } = record();
    const { server, open, signals } = waitingServer();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(5, 'tools/call', { name: 'wait' });
    await until(() => open.length === 1, 'the call');
    wire.notify('notifications/cancelled', { requestId: 5, reason: 'enough' });
    await until(() => signals[0]?.aborted, 'the signal');
    expect(named(CALL)).toEqual([]);
    open[0]?.();
    await settled();
    expect(one(CALL).status.code).toBe(SpanStatusCode.UNSET);
    expect(one(CALL).attributes['error.type']).toBe('cancelled');
    expect(wire.received).toEqual([]);
    expect(telemetry.activeSessions()).toMatchObject([{ errors: 0 }]);
    await wire.close();
  });

  test('ends when the transport closes, where its handler never settles', async () => {
    const { telemetry, one } = record();
    const { server, open, signals } = waitingServer();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(5, 'tools/call', { name: 'wait' });
    await until(() => open.length === 1, 'the call');
    wire.notify('notifications/cancelled', { requestId: 5 });
    await until(() => signals[0]?.aborted, 'the signal');
    await wire.close();
    expect(one(CALL).attributes['error.type']).toBe('cancelled');
    expect(one(CALL).status.code).toBe(SpanStatusCode.UNSET);
  });

  test('with the id 0, which v1 does not cancel, is answered and ends well', async () => {
    const { telemetry, one } = record();
    const { server, open, signals } = waitingServer();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(0, 'tools/call', { name: 'wait' });
    await until(() => open.length === 1, 'the call');
    wire.notify('notifications/cancelled', { requestId: 0 });
    await settled();
    expect(signals[0]?.aborted).toBe(false);
    open[0]?.();
    await wire.answer(0);
    expect(one(CALL).attributes).not.toHaveProperty('error.type');
    await wire.close();
  });

  test('for which a fallback handler answers ends too', async () => {
    const { telemetry, named } = record();
    const server = new Server({ name: 'fallback', version: '1' }, { capabilities: {} });
    const started = gate<AbortSignal>();
    const end = gate();
    server.fallbackRequestHandler = async (_request, extra) => {
      started.open(extra.signal);
      await end.opened;
      return {};
    };
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(1, 'app/anything', {});
    const signal = await started.opened;
    wire.notify('notifications/cancelled', { requestId: 1 });
    await until(() => signal.aborted, 'the signal');
    end.open();
    await settled();
    const span = named('_OTHER').find(({ attributes }) => attributes['mcp.method.name'] === 'app/anything');
    expect(span?.attributes['error.type']).toBe('cancelled');
    await wire.close();
  });
});

describe('a connection that closes', () => {
  test('with requests open ends them as connection_closed', async () => {
    const { telemetry, named, one } = record();
    const { server, open } = waitingServer();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(1, 'tools/call', { name: 'wait' });
    wire.request(2, 'tools/call', { name: 'wait' });
    await until(() => open.length === 2, 'two open calls');
    await wire.close();
    for (const span of named(CALL)) {
      expect(span.status.code).toBe(SpanStatusCode.ERROR);
      expect(span.attributes['error.type']).toBe('connection_closed');
    }
    expect(named(CALL)).toHaveLength(2);
    for (const end of open) end();
    await settled();
    expect(named(CALL)).toHaveLength(2);
    expect(one('mcp.session end').attributes['mcp.client.session.end_reason']).toBe('transport_close');
  });

  test('and tells it twice, as the in-memory transport does, ends its session once', async () => {
    const { telemetry, one, points } = record();
    const server = v1Server();
    telemetry.instrument(server);
    let closed = 0;
    const wire = await wireV1(server);
    const { onclose } = wire.transport;
    wire.transport.onclose = () => {
      closed += 1;
      onclose();
    };
    await wire.initialize();
    await server.close();
    expect(closed).toBe(2);
    expect(one('mcp.session end').attributes['mcp.client.session.calls']).toBe(1);
    expect((await points('mcp.server.client_session.active')).map(({ value }) => value)).toEqual([0]);
  });

  test('leaves the server free for another connection, where cancelled requests end as well', async () => {
    const { telemetry, named } = record();
    const { server, open, signals } = waitingServer();
    telemetry.instrument(server);
    for (const round of [0, 1]) {
      const wire = await wireV1(server);
      wire.request(1, 'tools/call', { name: 'wait' });
      await until(() => open.length === round + 1, 'the call');
      wire.notify('notifications/cancelled', { requestId: 1 });
      await until(() => signals[round]?.aborted, 'the signal');
      open[round]?.();
      await settled();
      expect(named(CALL)).toHaveLength(round + 1);
      await wire.close();
    }
    expect(named(CALL).map((span) => span.attributes['error.type'])).toEqual(['cancelled', 'cancelled']);
    expect(named('mcp.session start')).toHaveLength(2);
    expect(named('mcp.session end')).toHaveLength(2);
  });

  test('a second connect, which v1 refuses, does not lose what is in flight', async () => {
    const { telemetry, one } = record();
    const { server, open } = waitingServer();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(1, 'tools/call', { name: 'wait' });
    await until(() => open.length === 1, 'the call');
    await expect(server.connect(wire.transport)).rejects.toThrow('Already connected');
    open[0]?.();
    await wire.answer(1);
    expect(one(CALL).status.code).toBe(SpanStatusCode.UNSET);
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 1 }]);
    await wire.close();
  });
});

describe('instrumenting', () => {
  test('twice is once, also with another manager', async () => {
    const first = record();
    const second = record();
    const server = v1Server();
    first.telemetry.instrument(server).instrument(server).instrument(server.server);
    second.telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(1, 'ping');
    await wire.answer(1);
    expect(first.named('ping')).toHaveLength(1);
    expect(second.spans()).toEqual([]);
    await wire.close();
  });

  test('after connect sees what comes from then on', async () => {
    const { telemetry, one, named } = record();
    const { server, open } = waitingServer();
    const wire = await wireV1(server);
    await wire.initialize();
    wire.request(1, 'tools/call', { name: 'wait' });
    await until(() => open.length === 1, 'the call');
    telemetry.instrument(server);
    open[0]?.();
    await wire.answer(1);
    expect(named(CALL)).toEqual([]);
    wire.request(2, 'ping');
    await wire.answer(2);
    expect(one('ping').attributes['mcp.client.session.source']).toBe('connection');
    await server.close();
    expect(one('mcp.session end').attributes['mcp.client.session.calls']).toBe(1);
  });

  test('before or after handlers are registered makes no difference, also on a low-level Server', async () => {
    const { telemetry, one } = record();
    const server = new McpServer({ name: 'late', version: '1' });
    telemetry.instrument(server.server);
    server.registerTool('late', {}, async () => ({ content: [] }));
    const wire = await wireV1(server);
    wire.request(1, 'tools/call', { name: 'late' });
    await wire.answer(1);
    server.registerTool('later', {}, async () => ({ content: [] }));
    wire.request(2, 'tools/call', { name: 'later' });
    await wire.answer(2);
    expect(one('tools/call late').ended).toBe(true);
    expect(one('tools/call later').ended).toBe(true);
    await wire.close();
  });

  test('a transport that was never started leaves no session', async () => {
    const { telemetry, spans } = record();
    const server = v1Server();
    telemetry.instrument(server);
    const [, far] = InMemoryTransport.createLinkedPair();
    await server.connect(far);
    await server.close();
    expect(spans()).toEqual([]);
  });

  test.each([
    ['null', null],
    ['a text', 'server'],
    ['an object', {}],
    ['a client', { connect() {} }],
    ['a function', () => {}],
  ])('%s is refused with what it takes', (_, value) => {
    const { telemetry } = record();
    expect(() => telemetry.instrument(value as object)).toThrow(TypeError);
    expect(() => telemetry.instrument(value as object)).toThrow(
      /McpServer or Server of @modelcontextprotocol/,
    );
  });
});
