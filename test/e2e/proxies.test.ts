import { afterEach, describe, expect, test } from '@jest/globals';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { closeHosts, connectHttp, type Host, statefulV1, statelessV1 } from '../support/http-v1.ts';
import { connectV2, handlerV2, statefulV2 } from '../support/http-v2.ts';
import { MODERN } from '../support/pipes.ts';
import { forwarded, proxyFor } from '../support/proxy.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { v2Server } from '../support/v2.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

const USERS = ['203.0.113.7', '203.0.113.8', '2001:db8::7'];

type Connect = (url: URL, headers?: Record<string, string>) => ReturnType<typeof connectV2>;

const legacy = ((url: URL, headers = {}) => connectHttp(url, { headers })) as unknown as Connect;
const modern: Connect = (url, headers) => connectV2(url, undefined, headers);

const sessionless: [string, (telemetry: TelemetryManager) => Promise<Host>, Connect][] = [
  ['v1, a server per request', (telemetry) => statelessV1(telemetry), legacy],
  ['v2, a server per request, legacy client', (telemetry) => handlerV2(telemetry), legacy],
  ['v2, a server per request', (telemetry) => handlerV2(telemetry), modern],
];

/** One user of one client program: lists, calls, goes away. */
async function visit(connect: Connect, url: URL, headers?: Record<string, string>): Promise<void> {
  const { client } = await connect(url, headers);
  await client.listTools();
  await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
  await client.close();
}

describe.each(sessionless)('three users of one program behind a reverse proxy (%s)', (_, serve, connect) => {
  test('are one session, with the proxy’s address, where the proxy is not known', async () => {
    const { telemetry, named } = record();
    const host = await serve(telemetry);
    for (const user of USERS) await visit(connect, (await proxyFor(user, host.url)).url);
    expect(telemetry.activeSessions()).toMatchObject([{ source: 'inferred', tools: ['echo'] }]);
    const calls = named('tools/call echo').map(({ attributes }) => attributes['client.address']);
    expect(calls).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  });

  test.each([[1], ['loopback']])('are three sessions with trustProxy: %j', async (trustProxy) => {
    const { telemetry, named } = record({ trustProxy });
    const host = await serve(telemetry);
    for (const user of USERS) await visit(connect, (await proxyFor(user, host.url)).url);
    expect(telemetry.activeSessions()).toHaveLength(3);
    const starts = named('mcp.session start').map(({ attributes }) => attributes['client.address']);
    expect(starts).toEqual(USERS);
    for (const [index, call] of named('tools/call echo').entries()) {
      expect(call.attributes['client.address']).toBe(USERS[index]);
      // That is the proxy's, and nobody has said the user's.
      expect(call.attributes).not.toHaveProperty(['client.port']);
    }
  });
});

describe('what a client writes itself', () => {
  const FALSE = { 'x-forwarded-for': `${'6.6.6.6, '.repeat(500)}6.6.6.6`, forwarded: 'for=6.6.6.6' };

  test('is not believed behind a proxy that adds to it', async () => {
    const { telemetry, named } = record({ trustProxy: 1 });
    const host = await statelessV1(telemetry);
    await visit(legacy, (await proxyFor('203.0.113.7', host.url)).url, FALSE);
    expect(named('mcp.session start').map(({ attributes }) => attributes['client.address'])).toEqual([
      '203.0.113.7',
    ]);
  });

  test('is not believed of who is no trusted proxy', async () => {
    const { telemetry, one } = record({ trustProxy: '203.0.113.0/24' });
    const host = await handlerV2(telemetry);
    await visit(modern, host.url, FALSE);
    expect(one('tools/call echo').attributes).toMatchObject({
      'client.address': '127.0.0.1',
      'client.port': expect.any(Number),
    });
  });
});

test.each([
  ['v1', (telemetry: TelemetryManager) => statefulV1(telemetry), legacy],
  ['v2', (telemetry: TelemetryManager) => statefulV2(telemetry), legacy],
] as const)(
  'a session of the protocol has its client’s address and port, as `Forwarded` names them (%s)',
  async (_, serve, connect) => {
    const { telemetry, one } = record({ trustProxy: 'loopback' });
    const host: Host = await serve(telemetry);
    await visit(connect, (await proxyFor('[2001:db8::7]:4711', host.url, forwarded)).url);
    expect(one('tools/call echo').attributes).toMatchObject({
      'client.address': '2001:db8::7',
      'client.port': 4711,
      'mcp.client.session.source': 'protocol',
    });
    expect(one('mcp.session start').attributes['client.address']).toBe('2001:db8::7');
  },
);

test('requests of the Fetch API, whose peer nobody knows, come from whom the given number of hops names', async () => {
  const { telemetry, named } = record({ trustProxy: 1 });
  const handler = createMcpHandler(() => {
    const server = v2Server();
    telemetry.instrument(server);
    return server;
  });
  for (const [id, user] of USERS.entries()) {
    const response = await handler.fetch(
      new Request('http://server/mcp', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/list',
          'x-forwarded-for': `6.6.6.6, ${user}`,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/list', params: { _meta: MODERN } }),
      }),
    );
    expect(response.status).toBe(200);
    await response.text();
  }
  expect(named('tools/list').map(({ attributes }) => attributes['client.address'])).toEqual(USERS);
  expect(telemetry.activeSessions()).toHaveLength(3);
});
