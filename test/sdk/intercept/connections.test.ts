import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { RootsListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { closeRecordings, record } from '../../support/recording.ts';
import { gate, until } from '../../support/until.ts';
import { v1Server } from '../../support/v1.ts';
import { wireV1 } from '../../support/wire.ts';

afterEach(closeRecordings);

test.each(['rejects', 'throws'])(
  'a transport that refuses a second server (%s) stays with its first',
  async (how) => {
    const { telemetry, named, one } = record();
    const [near, far] = InMemoryTransport.createLinkedPair();
    const { start } = far;
    let started = false;
    far.start = () => {
      const refusal = new Error('already started');
      if (started && how === 'throws') throw refusal;
      if (started) return Promise.reject(refusal);
      started = true;
      return start.call(far);
    };
    const [first, second] = [v1Server(), v1Server()];
    telemetry.instrument(first).instrument(second);
    await first.connect(far);
    await expect(second.connect(far)).rejects.toThrow('already started');
    await near.send({ jsonrpc: '2.0', id: 1, method: 'ping' });
    await until(() => named('ping')[0], 'the span');
    expect(one('ping').attributes).not.toHaveProperty(['error.type']);
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 1 }]);
    await near.close();
    expect(one('mcp.session end').attributes['mcp.client.session.calls']).toBe(1);
  },
);

test('a connection that is not HTTP and is closed in a DELETE request was not deleted by its client', async () => {
  const { telemetry, one } = record();
  const server = v1Server();
  telemetry.instrument(server);
  const wire = await wireV1(server);
  wire.request(1, 'ping');
  await wire.answer(1);
  const sandbox = createServer((_, response) => void server.close().then(() => response.end()));
  await new Promise<void>((resolve) => sandbox.listen(0, resolve));
  await fetch(`http://127.0.0.1:${(sandbox.address() as AddressInfo).port}`, { method: 'DELETE' });
  sandbox.close();
  expect(one('mcp.session end').attributes['mcp.client.session.end_reason']).toBe('transport_close');
});

test('a request without a session names its client all the same', async () => {
  const { telemetry, one } = record({ inferSessions: false });
  const server = v1Server();
  telemetry.instrument(server);
  const { transport, answer } = await wireV1(server);
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'cli', version: '9' },
  };
  transport.onmessage(
    { jsonrpc: '2.0', id: 1, method: 'initialize', params },
    { requestInfo: { headers: {} } },
  );
  await answer(1);
  const { attributes } = one('initialize');
  expect(attributes).toMatchObject({ 'mcp.client.name': 'cli', 'mcp.client.version': '9' });
  expect(attributes).not.toHaveProperty(['mcp.client.session.id']);
});

test('a long request keeps its session, which is idle from its answer on', async () => {
  const { telemetry, named } = record({ sessionIdleTimeoutMs: 30 });
  const server = v1Server();
  const end = gate();
  server.registerTool('long', {}, async () => {
    await end.opened;
    return { content: [] };
  });
  telemetry.instrument(server);
  const wire = await wireV1(server);
  wire.request(1, 'tools/call', { name: 'long' });
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(telemetry.activeSessions()).toHaveLength(1);
  end.open();
  await wire.answer(1);
  const ended = await until(() => named('mcp.session end')[0], 'the end');
  expect(ended.attributes['mcp.client.session.end_reason']).toBe('idle_timeout');
  expect(ended.attributes['mcp.client.session.duration_ms']).toBeGreaterThanOrEqual(100);
  await wire.close();
});

test('however its requests end, a session can fall idle', async () => {
  const { telemetry, named } = record({ sessionIdleTimeoutMs: 30, sessionKey: () => 'one' });
  const server = v1Server();
  server.registerTool('hang', {}, () => new Promise(() => {}));
  telemetry.instrument(server);
  const wire = await wireV1(server);
  for (const id of [1, 1, 2]) wire.request(id, 'tools/call', { name: 'hang' });
  wire.request(3, 'no/such/method');
  await wire.answer(3);
  // Under the same id; without an answer, after a cancellation; with the connection.
  wire.request(1, 'ping');
  wire.notify('notifications/cancelled', { requestId: 2 });
  await wire.close();
  expect(telemetry.activeSessions()).toEqual([]);
  const again = await wireV1(server);
  again.request(4, 'ping');
  const ends = await until(
    () => named('mcp.session end').length === 2 && named('mcp.session end'),
    'the end',
  );
  expect(ends[1]?.attributes['mcp.client.session.end_reason']).toBe('idle_timeout');
  await again.close();
});

test('the span of a notification lasts as long as its handler, or its connection', async () => {
  const { telemetry, named, one } = record();
  const server = v1Server();
  const end = gate();
  const calls: unknown[] = [];
  server.server.setNotificationHandler(RootsListChangedNotificationSchema, async (notification) => {
    calls.push(notification);
    await end.opened;
    telemetry.startActiveSpan('work', {}, () => {});
  });
  telemetry.instrument(server);
  const wire = await wireV1(server);
  wire.notify('notifications/roots/list_changed');
  wire.notify('notifications/no-such');
  await until(() => calls.length === 1, 'the handler');
  expect(named('_OTHER')).toHaveLength(1);
  expect(named('notifications/roots/list_changed')).toEqual([]);
  end.open();
  await until(() => named('notifications/roots/list_changed')[0], 'the span');
  const span = one('notifications/roots/list_changed');
  expect(one('work').parentSpanContext?.spanId).toBe(span.spanContext().spanId);
  server.server.setNotificationHandler(RootsListChangedNotificationSchema, () => new Promise(() => {}));
  wire.notify('notifications/roots/list_changed');
  await wire.close();
  expect(named('notifications/roots/list_changed')).toHaveLength(2);
});
