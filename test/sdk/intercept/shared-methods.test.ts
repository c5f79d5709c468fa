import { afterEach, expect, test } from '@jest/globals';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { SpanKind } from '@opentelemetry/api';
import { closeRecordings, record } from '../../support/recording.ts';
import { v1Server } from '../../support/v1.ts';
import { wireV1 } from '../../support/wire.ts';

afterEach(closeRecordings);

const ECHO = { name: 'echo', arguments: { text: 'hi' } };

test('the transports of a class share what stands in the place of their methods, and are told apart', async () => {
  const { telemetry, named } = record();
  const wires = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const server = v1Server();
      telemetry.instrument(server);
      const wire = await wireV1(server);
      await wire.initialize();
      return { wire, transport: server.server.transport as InMemoryTransport };
    }),
  );
  for (const name of ['start', 'send', 'close'] as const) {
    expect(new Set(wires.map(({ transport }) => transport[name])).size).toBe(1);
  }
  for (const [i, { wire }] of wires.entries()) {
    for (let id = 1; id <= i + 1; id += 1) {
      wire.request(id, 'tools/call', ECHO);
      await wire.answer(id);
    }
  }
  expect(
    telemetry
      .activeSessions()
      .map(({ calls }) => calls)
      .sort(),
  ).toEqual([2, 3, 4]);
  await wires[1]?.wire.close();
  expect(named('mcp.session end').map(({ attributes }) => attributes['mcp.client.session.calls'])).toEqual([
    3,
  ]);
});

test.each([
  ['an object derived from it', (far: InMemoryTransport) => Object.create(far) as InMemoryTransport],
  ['a Proxy of it', (far: InMemoryTransport) => new Proxy(far, {})],
])('what is sent through %s is recorded once', async (_, derive) => {
  const { telemetry, one } = record();
  const server = v1Server();
  telemetry.instrument(server);
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  const heard: unknown[] = [];
  near.onmessage = (message) => heard.push(message);
  await near.start();
  await derive(far).send({
    jsonrpc: '2.0',
    method: 'notifications/message',
    params: { level: 'info', data: 'hi' },
  });
  expect(heard).toHaveLength(1);
  expect(one('notifications/message').kind).toBe(SpanKind.CLIENT);
});
