import { afterEach, describe, expect, test } from '@jest/globals';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  InMemoryTransport as InMemoryTransportV2,
  McpServer as McpServerV2,
} from '@modelcontextprotocol/server';
import { SpanKind } from '@opentelemetry/api';
import { z } from 'zod';
import { closeRecordings, record } from '../support/recording.ts';
import { until } from '../support/until.ts';
import { connectV1 } from '../support/v1.ts';
import { wireV1 } from '../support/wire.ts';

afterEach(closeRecordings);

const CONFIRM = 'shop/confirm';
const STRICT = z.strictObject({ order: z.number() });
const ANSWER = z.object({ confirmed: z.boolean() });

// `_meta.traceparent` went into every request that the server sent, and such a client answered -32602.
describe('a client whose own method takes strict params', () => {
  test('gets the params of a v1 server as they were sent', async () => {
    const { telemetry, one } = record();
    const server = new McpServer({ name: 'shop', version: '1' });
    telemetry.instrument(server);
    const client = new Client({ name: 'strict', version: '1' });
    client.setRequestHandler(z.object({ method: z.literal(CONFIRM), params: STRICT }) as never, () => ({
      confirmed: true,
    }));
    await connectV1(server, client);
    const answer = server.server.request({ method: CONFIRM, params: { order: 7 } } as never, ANSWER as never);
    await expect(answer).resolves.toEqual({ confirmed: true });
    expect(one('_OTHER').kind).toBe(SpanKind.CLIENT);
    await client.close();
  });

  test('gets the params of a v2 server as they were sent', async () => {
    const { telemetry, one } = record();
    const server = new McpServerV2({ name: 'shop', version: '1' });
    telemetry.instrument(server);
    const client = new ClientV2({ name: 'strict', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
    client.setRequestHandler(CONFIRM, { params: STRICT, result: ANSWER }, async () => ({ confirmed: true }));
    const [near, far] = InMemoryTransportV2.createLinkedPair();
    await server.connect(far);
    await client.connect(near);
    const answer = server.server.request({ method: CONFIRM, params: { order: 7 } }, ANSWER);
    await expect(answer).resolves.toEqual({ confirmed: true });
    expect(one('_OTHER').kind).toBe(SpanKind.CLIENT);
    await client.close();
  });
});

describe('what a client is sent', () => {
  /** The first message that `send` sends. */
  async function sentBy(send: (server: McpServer) => Promise<unknown>, config = {}): Promise<unknown> {
    const { telemetry } = record(config);
    const server = new McpServer({ name: 'shop', version: '1' }, { capabilities: { logging: {} } });
    telemetry.instrument(server);
    const wire = await wireV1(server);
    await wire.initialize();
    const before = wire.received.length;
    const sending = send(server).catch(() => {});
    const message = await until(() => wire.received[before], 'the message');
    await wire.close();
    await sending;
    return message;
  }

  test('carries trace context in requests of the specification', async () => {
    const ping = await sentBy((server) => server.server.ping());
    expect(ping).toMatchObject({ method: 'ping', params: { _meta: { traceparent: expect.any(String) } } });
  });

  test('does not with `propagateToClient: false`', async () => {
    const ping = await sentBy((server) => server.server.ping(), { propagateToClient: false });
    expect(ping).toEqual({ jsonrpc: '2.0', id: expect.any(Number), method: 'ping' });
  });

  test.each(['tools/call', 'resources/read', 'constructor', CONFIRM])(
    'does not in %s, which no server sends by the specification',
    async (method) => {
      const sent = await sentBy((server) =>
        server.server.request({ method, params: { name: 'x' } } as never, z.any() as never),
      );
      expect(sent).toEqual({ jsonrpc: '2.0', id: expect.any(Number), method, params: { name: 'x' } });
    },
  );

  test('does not in notifications', async () => {
    const sent = await sentBy((server) => server.server.sendLoggingMessage({ level: 'info', data: 'hi' }));
    expect(sent).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/message',
      params: { level: 'info', data: 'hi' },
    });
  });
});
