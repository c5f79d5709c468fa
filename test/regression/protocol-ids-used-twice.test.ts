import { afterEach, describe, expect, test } from '@jest/globals';
import type { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { closeHosts, connectHttp, statefulV1 } from '../support/http-v1.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { rowsOf } from '../support/rows.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A process that gives every client the same session id. */
async function server(prepare?: (transport: StreamableHTTPServerTransport) => void) {
  const recording = record();
  const host = await statefulV1(recording.telemetry, {
    options: { sessionIdGenerator: () => 'single-session' },
    ...(prepare !== undefined && { prepare }),
  });
  return { ...recording, ...host };
}

const call = { name: 'echo', arguments: { text: 'hi' } };

/** A transport of another process has the session, as one that keeps its sessions in a store. */
function takeOver(transport: StreamableHTTPServerTransport): void {
  const inner = Reflect.get(transport, '_webStandardTransport') ?? transport;
  Object.assign(inner, { sessionId: 'single-session', _initialized: true });
}

describe('a session id of the protocol that is not unique', () => {
  test('is not the session’s, and each `initialize` opens another session', async () => {
    const { telemetry, url, spans, named, transports } = await server();
    for (let visit = 0; visit < 2; visit += 1) {
      const { client, transport } = await connectHttp(url);
      expect(transport.sessionId).toBe('single-session');
      transports.clear();
      await client.close();
    }
    const sessions = telemetry.activeSessions();
    expect(sessions).toMatchObject([
      { source: 'protocol', calls: 1 },
      { source: 'protocol', calls: 1 },
    ]);
    for (const { id } of sessions) expect(id).toMatch(UUID);
    expect(named('initialize').map(({ attributes }) => attributes['mcp.protocol.session.id'])).toEqual([
      'single-session',
      'single-session',
    ]);
    const starts = named('mcp.session start').map(({ attributes }) => attributes);
    for (const attributes of starts) {
      expect(attributes).toMatchObject({
        'mcp.protocol.session.id': 'single-session',
        'mcp.client.session.opened_by': 'initialize',
        'mcp.client.session.idle_timeout_ms': 1_800_000,
        'mcp.client.session.key': starts[0]?.['mcp.client.session.key'],
      });
    }
    expect(rowsOf(spans())).toHaveLength(2);
  });

  test('is one session over the processes of a service, and another one in a process that was started anew', async () => {
    const first = await server();
    const { client } = await connectHttp(first.url);
    await client.close();
    const second = await server(takeOver);
    const headers = { 'mcp-session-id': 'single-session', accept: 'application/json, text/event-stream' };
    const message = (id: number) => ({
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: call }),
    });
    await (await fetch(second.url, message(1))).text();
    await (await fetch(second.url, message(2))).text();
    expect(second.telemetry.activeSessions()).toMatchObject([{ source: 'protocol', calls: 2 }]);
    expect(rowsOf([...first.spans(), ...second.spans()])).toMatchObject([{ parts: 2 }]);

    const anew = await server();
    const again = await connectHttp(anew.url);
    await again.client.close();
    const all = [first, second, anew];
    await Promise.all(all.map(({ telemetry }) => telemetry.shutdown()));
    expect(rowsOf(all.flatMap(({ spans }) => spans()))).toMatchObject([{ calls: 3 }, { calls: 1 }]);
  });

  test.each(['process', 'client'] as const)(
    'is redacted where a server made it of an address, which its key does not give away (scope `%s`)',
    async (sessionScope) => {
      const [first, second] = await Promise.all(
        [record({ sessionScope }), record({ sessionScope, sessionSecret: 'shared by all replicas' })].map(
          async (recording) => {
            const options = { sessionIdGenerator: () => 'alice@example.com' };
            const host = await statefulV1(recording.telemetry, { options });
            const { client } = await connectHttp(host.url);
            await client.callTool(call);
            await client.callTool({ ...call, _meta: { 'openai/session': 'v1/lunch' } });
            await client.close();
            expect(recording.telemetry.activeSessions().map(({ calls }) => calls)).toEqual([2, 1]);
            await recording.telemetry.shutdown();
            const attributes = recording.spans().map((span) => span.attributes);
            expect(JSON.stringify(attributes)).not.toContain('alice');
            const of = (name: string) => recording.named(name)[0]?.attributes ?? {};
            expect(of('tools/call echo')['mcp.protocol.session.id']).toBe('[REDACTED:email]');
            return of('mcp.session start')['mcp.client.session.key'];
          },
        ),
      );
      expect(first).toMatch(/^[0-9a-f-]{36}$/);
      expect(second).not.toBe(first);
    },
  );

  test('stays the protocol’s under the scope `client`', async () => {
    const { telemetry, url, one } = await (async () => {
      const recording = record({ sessionScope: 'client' });
      const host = await statefulV1(recording.telemetry, { options: { sessionIdGenerator: () => '1' } });
      return { ...recording, ...host };
    })();
    const { client } = await connectHttp(url);
    await client.callTool(call);
    expect(one('tools/call echo').attributes).toMatchObject({
      'mcp.session.id': '1',
      'mcp.protocol.session.id': '1',
      'mcp.client.session.id': telemetry.activeSessions()[0]?.id,
    });
    await client.close();
  });
});

test('a session id that is unique is the session’s, without a key', async () => {
  const recording = record();
  const host = await statefulV1(recording.telemetry);
  const { client, transport } = await connectHttp(host.url);
  const { attributes } = recording.one('mcp.session start');
  expect(attributes['mcp.client.session.id']).toBe(transport.sessionId);
  for (const absent of ['key', 'idle_timeout_ms', 'opened_by'])
    expect(attributes).not.toHaveProperty([`mcp.client.session.${absent}`]);
  expect(attributes).not.toHaveProperty(['mcp.protocol.session.id']);
  await client.close();
});
