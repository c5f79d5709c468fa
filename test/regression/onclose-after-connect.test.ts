import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { InMemoryTransport as InMemoryTransportV2 } from '@modelcontextprotocol/server';
import { closeHosts, connectHttp, type Host, listen } from '../support/http-v1.ts';
import { closeRecordings, type Recording, record } from '../support/recording.ts';
import { settled, until } from '../support/until.ts';
import { v1Server } from '../support/v1.ts';
import { v2Server } from '../support/v2.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

interface SessionHost extends Host {
  transports: Map<string, any>;
}

/** As very many servers do it: `onclose` is assigned when the session is known. */
async function sessionHost(
  telemetry: { instrument(server: object): unknown },
  create: () => any,
  Transport: new (options: any) => any,
): Promise<SessionHost> {
  const transports = new Map<string, any>();
  const host = await listen(async (request, response) => {
    let transport = transports.get(String(request.headers['mcp-session-id']));
    if (transport === undefined) {
      transport = new Transport({
        sessionIdGenerator: () => randomUUID(),
        onsessioninitialized: (id: string) => {
          transports.set(id, transport);
          transport.onclose = () => transports.delete(id);
        },
      });
      const server = create();
      telemetry.instrument(server);
      await server.connect(transport);
    }
    await transport.handleRequest(request, response);
  });
  return { ...host, transports };
}

const reasons = ({ named }: Recording): unknown[] =>
  named('mcp.session end').map(({ attributes }) => attributes['mcp.client.session.end_reason']);

// The host had no session left, and we had three; no end was ever recorded.
describe.each<[string, () => any, new (options: any) => any]>([
  ['v1', v1Server, StreamableHTTPServerTransport],
  ['v2', v2Server, NodeStreamableHTTPServerTransport],
])('a host of %s that assigns onclose in onsessioninitialized', (_, create, Transport) => {
  test('has no session after three DELETE requests, and neither have we', async () => {
    const recording = record();
    const host = await sessionHost(recording.telemetry, create, Transport);
    const visits = await Promise.all([1, 2, 3].map(() => connectHttp(host.url)));
    for (const { client } of visits) await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(recording.telemetry.activeSessions()).toHaveLength(3);
    for (const { transport } of visits) await transport.terminateSession();
    for (const { client } of visits) await client.close();
    await until(() => reasons(recording).length === 3, 'the ends');
    expect(host.transports.size).toBe(0);
    expect(recording.telemetry.activeSessions()).toEqual([]);
    expect(reasons(recording)).toEqual(['client_delete', 'client_delete', 'client_delete']);
  });

  test('and closes a transport itself has closed it, once', async () => {
    const recording = record();
    const host = await sessionHost(recording.telemetry, create, Transport);
    const { client } = await connectHttp(host.url);
    for (const transport of host.transports.values()) {
      await transport.close();
      await transport.close();
    }
    await settled();
    expect(recording.telemetry.activeSessions()).toEqual([]);
    expect(reasons(recording)).toEqual(['transport_close']);
    await client.close();
  });
});

test('of a transport for Fetch requests the DELETE is seen as well', async () => {
  const recording = record();
  const transport: any = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: () => {
      transport.onclose = () => {};
    },
  });
  const server: any = v1Server();
  recording.telemetry.instrument(server);
  await server.connect(transport);
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-session-id': '',
  };
  const send = (method: string, body?: object): Promise<Response> =>
    transport.handleRequest(
      new Request('http://host/mcp', { method, headers, ...(body && { body: JSON.stringify(body) }) }),
    );
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'web', version: '1' },
  };
  const answer = await send('POST', { jsonrpc: '2.0', id: 1, method: 'initialize', params });
  await answer.text();
  headers['mcp-session-id'] = transport.sessionId;
  expect((await send('DELETE')).status).toBe(200);
  await settled();
  expect(recording.telemetry.activeSessions()).toEqual([]);
  // Outside of a server of Node's, too, as in other runtimes.
  expect(reasons(recording)).toEqual(['client_delete']);
});

test('a stream of server-sent events that breaks off ends its session', async () => {
  const recording = record();
  let transport: any;
  const host = await listen(async (_, response) => {
    transport = new SSEServerTransport('/messages', response);
    const server: any = v1Server();
    recording.telemetry.instrument(server);
    await server.connect(transport);
    transport.onclose = () => {};
  });
  const abort = new AbortController();
  await fetch(host.url, { signal: abort.signal });
  await transport.handleMessage({ jsonrpc: '2.0', id: 1, method: 'ping' });
  await until(() => recording.named('ping')[0], 'the ping');
  abort.abort();
  await until(() => reasons(recording)[0], 'the end');
  expect(reasons(recording)).toEqual(['transport_close']);
  expect(recording.telemetry.activeSessions()).toEqual([]);
});

describe.each<[string, () => any, () => any[]]>([
  ['v1', v1Server, () => InMemoryTransport.createLinkedPair()],
  ['v2', v2Server, () => InMemoryTransportV2.createLinkedPair()],
])('an onclose that takes the place of the one of %s', (_, create, pair) => {
  /** What the application sees; `close` is how the connection ends. */
  async function visit(close: string, instrument: (server: object) => unknown): Promise<unknown[]> {
    const seen: unknown[] = [];
    const [near, far] = pair();
    const server = create();
    server.server.onclose = () => seen.push('server closed');
    instrument(server);
    await server.connect(far);
    const mine = (): void => void seen.push('transport closed');
    far.onclose = mine;
    const answered = new Promise((resolve) => {
      near.onmessage = resolve;
    });
    void near.send({ jsonrpc: '2.0', id: 1, method: 'ping' });
    await answered;
    seen.push(far.onclose === mine);
    await (close === 'client' ? near.close() : close === 'server' ? server.close() : far.close());
    await settled();
    await server.connect(pair()[1]).catch((error: unknown) => seen.push(String(error)));
    return seen;
  }

  test.each(['client', 'server', 'transport'])(
    'hides the close by the %s from the SDK only',
    async (close) => {
      const recording = record();
      const bare = await visit(close, () => {});
      expect(await visit(close, (server) => recording.telemetry.instrument(server))).toEqual(bare);
      expect(bare).not.toContain('server closed');
      expect(reasons(recording)).toEqual(['transport_close']);
      expect(recording.telemetry.activeSessions()).toEqual([]);
    },
  );
});
