import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import { serviceOf } from '../../src/sdk/export/service-of.ts';
import { type Service, SessionIds } from '../../src/sdk/session-ids.ts';
import { closeHosts, connectHttp, statefulV1, statelessV1 } from '../support/http-v1.ts';
import { clientV2, connectV2, handlerV2, statefulV2 } from '../support/http-v2.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { rowsOf } from '../support/rows.ts';
import { until } from '../support/until.ts';
import { connectV1, v1Server } from '../support/v1.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

const GATEWAY = randomBytes(32).toString('hex');

const echo = (conversation: string | undefined, key = 'openai/session') => ({
  name: 'echo',
  arguments: { text: 'hi' },
  ...(conversation !== undefined && { _meta: { [key]: conversation } }),
});

type Recording = ReturnType<typeof record>;

/** All that was recorded, with the ends. */
async function rows({ telemetry, spans }: Recording) {
  await telemetry.shutdown();
  return rowsOf(spans());
}

describe('a conversation of a client that renews its protocol session with every call', () => {
  test('is one row, with its handshakes (SDK 1)', async () => {
    const recording = record();
    const host = await statefulV1(recording.telemetry);
    const ids = new Set<string | undefined>();
    for (let call = 0; call < 5; call += 1) {
      const { client, transport } = await connectHttp(host.url);
      if (call === 0) await client.listTools();
      await client.callTool(echo('v1/lunch'));
      ids.add(transport.sessionId);
      if (call % 2 === 0) await transport.terminateSession();
      await client.close();
    }
    expect(ids.size).toBe(5);
    expect(recording.telemetry.activeSessions()).toMatchObject([
      { source: 'conversation', conversationId: 'v1/lunch', calls: 11, clientName: 'test-client' },
    ]);
    expect(await rows(recording)).toEqual([
      {
        sources: ['conversation'],
        conversations: ['v1/lunch'],
        clients: ['test-client'],
        calls: 11,
        errors: 0,
        parts: 6,
      },
    ]);
  });

  test('is one row (SDK 2)', async () => {
    const recording = record();
    const host = await statefulV2(recording.telemetry);
    for (let call = 0; call < 3; call += 1) {
      const { client } = await connectV2(host.url, clientV2('legacy'));
      await client.callTool(echo('v1/lunch'));
      await client.close();
    }
    expect(await rows(recording)).toMatchObject([
      { sources: ['conversation'], calls: 6, clients: ['modern-client'] },
    ]);
  });

  test('shows the protocol’s id on its spans, and counts once in the metrics', async () => {
    const { telemetry, named, points } = record({ sessionScope: 'client' });
    const host = await statefulV1(telemetry);
    const { client, transport } = await connectHttp(host.url);
    await client.callTool(echo('v1/lunch'));
    const id = telemetry.activeSessions()[0]?.id;
    expect(id).not.toBe(transport.sessionId);
    expect(named('tools/call echo')[0]?.attributes).toMatchObject({
      'mcp.session.id': transport.sessionId,
      'mcp.protocol.session.id': transport.sessionId,
      'mcp.client.session.id': id,
      'mcp.client.session.source': 'conversation',
      'gen_ai.conversation.id': 'v1/lunch',
    });
    expect(named('initialize')[0]?.attributes).toMatchObject({
      'mcp.session.id': transport.sessionId,
      'mcp.client.session.id': transport.sessionId,
      'mcp.client.session.source': 'protocol',
    });
    expect(named('initialize')[0]?.attributes).not.toHaveProperty(['mcp.protocol.session.id']);
    const active = await points('mcp.server.client_session.active');
    expect(active.reduce((sum, { value }) => sum + Number(value), 0)).toBe(1);
    await client.close();
    await telemetry.shutdown();
    const durations = await points('mcp.server.client_session.duration');
    expect(durations.map(({ value }) => (value as { count: number }).count)).toEqual([1]);
  });

  test('does not end with a protocol session', async () => {
    const { telemetry, named } = record();
    const host = await statefulV1(telemetry);
    const { client, transport } = await connectHttp(host.url);
    await client.callTool(echo('v1/lunch'));
    await transport.terminateSession();
    await client.close();
    const end = await until(() => named('mcp.session end')[0], 'the end of the protocol session');
    expect(end.attributes).toMatchObject({
      'mcp.client.session.id': transport.sessionId ?? expect.any(String),
      'mcp.client.session.end_reason': 'client_delete',
    });
    expect(telemetry.activeSessions()).toMatchObject([{ source: 'conversation', calls: 2 }]);
  });

  test('ends when it falls idle, and goes on when it comes back', async () => {
    const recording = record({ sessionIdleTimeoutMs: 300 });
    const host = await statefulV1(recording.telemetry);
    for (let visit = 0; visit < 2; visit += 1) {
      const { client } = await connectHttp(host.url);
      await client.callTool(echo('v1/lunch'));
      await client.close();
      if (visit === 0) await until(() => recording.telemetry.activeSessions().length === 0, 'the end');
    }
    const ends = recording.named('mcp.session end').map(({ attributes }) => attributes);
    expect(ends).toContainEqual(
      expect.objectContaining({
        'gen_ai.conversation.id': 'v1/lunch',
        'mcp.client.session.end_reason': 'idle_timeout',
      }),
    );
    expect(await rows(recording)).toMatchObject([{ sources: ['conversation'], calls: 4 }]);
  });
});

describe('conversations over servers without sessions', () => {
  test('are a row each, without the name of a client that may be another’s (SDK 1)', async () => {
    const recording = record();
    const host = await statelessV1(recording.telemetry);
    for (const conversation of ['a', 'b']) {
      const { client } = await connectHttp(host.url);
      await client.callTool(echo(conversation, 'vscode.conversationId'));
      await client.callTool(echo(conversation, 'vscode.conversationId'));
      await client.close();
    }
    // Whose the handshakes are nobody says: other users may have the same address, user agent and client.
    expect(await rows(recording)).toMatchObject([
      { sources: ['inferred'], conversations: [], clients: ['test-client'], calls: 2 },
      { sources: ['conversation'], conversations: ['a'], clients: [], calls: 2 },
      { sources: ['conversation'], conversations: ['b'], clients: [], calls: 2 },
    ]);
  });

  test('are a row each in the protocol without `initialize` (SDK 2)', async () => {
    const recording = record();
    const host = await handlerV2(recording.telemetry);
    const { client } = await connectV2(host.url);
    for (const conversation of ['a', 'b', 'a'])
      await client.callTool(echo(conversation, 'ai.opencode/sessionID'));
    await client.close();
    const found = await rows(recording);
    expect(found.map(({ conversations }) => conversations)).toEqual([[], ['a'], ['b']]);
    expect(found.map(({ clients }) => clients)).toEqual(Array(3).fill(['modern-client']));
    const calls = recording.spans().filter(({ attributes }) => 'mcp.request.id' in attributes).length;
    expect(found.reduce((sum, row) => sum + row.calls, 0)).toBe(calls);
  });

  test('by baggage in the header, handshake and all', async () => {
    const recording = record();
    const host = await statelessV1(recording.telemetry);
    const headers = { baggage: 'gen_ai.conversation.id=tea%20time' };
    const { client } = await connectHttp(host.url, { headers });
    await client.listTools();
    await client.close();
    expect(await rows(recording)).toMatchObject([
      { sources: ['conversation'], conversations: ['tea time'], calls: 2, parts: 1 },
    ]);
  });
});

describe('a connection', () => {
  test('that serves several conversations gives a row for each, and its handshake to the first', async () => {
    const recording = record();
    const server = v1Server();
    recording.telemetry.instrument(server);
    const { client } = await connectV1(server);
    await client.listTools();
    for (const conversation of ['a', 'b', 'a']) await client.callTool(echo(conversation));
    await client.listTools();
    await client.close();
    expect(recording.telemetry.activeSessions().map(({ calls }) => calls)).toEqual([5, 1]);
    expect(await rows(recording)).toMatchObject([
      { conversations: ['a'], calls: 5, clients: ['test-client'] },
      { conversations: ['b'], calls: 1, clients: ['test-client'] },
    ]);
  });

  test('on which something is done that is of no conversation is a row of its own', async () => {
    const recording = record();
    const server = v1Server();
    recording.telemetry.instrument(server);
    const { client } = await connectV1(server);
    for (const conversation of ['a', 'b']) await client.callTool(echo(conversation));
    for (let i = 0; i < 5; i += 1) await client.callTool(echo(undefined));
    await client.callTool(echo('a'));
    expect(recording.telemetry.activeSessions().map(({ source, calls }) => [source, calls])).toEqual([
      ['connection', 6],
      ['conversation', 2],
      ['conversation', 1],
    ]);
    const active = await recording.points('mcp.server.client_session.active');
    expect(active.reduce((sum, { value }) => sum + Number(value), 0)).toBe(3);
    await client.close();
    expect(await rows(recording)).toMatchObject([
      { sources: ['connection'], conversations: [], calls: 6 },
      { conversations: ['a'], calls: 2, clients: ['test-client'] },
      { conversations: ['b'], calls: 1, clients: ['test-client'] },
    ]);
    const durations = await recording.points('mcp.server.client_session.duration');
    expect(durations.reduce((sum, { value }) => sum + (value as { count: number }).count, 0)).toBe(3);
  });

  test('on which something was done before is a row of its own', async () => {
    const recording = record();
    const server = v1Server();
    recording.telemetry.instrument(server);
    const { client } = await connectV1(server);
    await client.callTool(echo(undefined));
    await client.callTool(echo('a'));
    await client.close();
    expect(await rows(recording)).toMatchObject([
      { sources: ['connection'], calls: 2 },
      { sources: ['conversation'], calls: 1 },
    ]);
  });
});

describe('principals who name the same conversation', () => {
  test('have a row each, handshakes included', async () => {
    const recording = record();
    const host = await statefulV1(recording.telemetry, {
      auth: ({ headers }) => ({
        token: String(headers['x-token']),
        clientId: 'app',
        scopes: [],
        extra: { sub: String(headers['x-user']) },
      }),
    });
    for (const [user, token] of [
      ['joe', 't1'],
      ['ann', 't2'],
      ['joe', 't3'],
    ] as const) {
      const { client } = await connectHttp(host.url, { headers: { 'x-user': user, 'x-token': token } });
      await client.callTool(echo('v1/lunch'));
      await client.close();
    }
    expect(await rows(recording)).toMatchObject([
      { conversations: ['v1/lunch'], calls: 4 },
      { conversations: ['v1/lunch'], calls: 2 },
    ]);
  });

  test('are told apart by a token that only the application’s own middleware knows of', async () => {
    const recording = record();
    const host = await statelessV1(recording.telemetry);
    for (const token of ['joe', 'ann', 'joe']) {
      const { client } = await connectHttp(host.url, { headers: { authorization: `Bearer ${token}` } });
      await client.callTool(echo('v1/lunch'));
      await client.close();
    }
    expect(await rows(recording)).toMatchObject([{ calls: 4 }, { calls: 2 }]);
    expect(JSON.stringify(recording.spans().map(({ attributes }) => attributes))).not.toMatch(/joe|ann/);
  });
});

describe('principals behind one gateway', () => {
  test.each<[string, (who: string) => Pick<AuthInfo, 'token' | 'clientId' | 'extra'>]>([
    ['with one long token', (who) => ({ token: GATEWAY, clientId: 'gw', extra: { sub: who } })],
    ['without a subject', (who) => ({ token: '', clientId: who })],
    ['from two issuers', (who) => ({ token: GATEWAY, clientId: 'gw', extra: { sub: 'joe', iss: who } })],
  ])('never share a conversation’s row: %s', async (_, auth) => {
    const recording = record();
    const host = await statelessV1(recording.telemetry, {
      auth: ({ headers }) => ({ scopes: [], ...auth(String(headers['x-user'])) }),
    });
    for (const user of ['alice', 'bob', 'alice']) {
      const { client } = await connectHttp(host.url, { headers: { 'x-user': user } });
      await client.callTool(echo('v1/lunch'));
      await client.close();
    }
    expect(await rows(recording)).toMatchObject([{ calls: 4 }, { calls: 2 }]);
  });
});

describe('installations that count alike', () => {
  test('do not share a row', async () => {
    const ids = [randomUUID(), randomUUID()].map(async () => {
      const { telemetry } = record();
      const host = await statelessV1(telemetry);
      const { client } = await connectHttp(host.url, { headers: { 'user-agent': randomUUID() } });
      await client.callTool(echo('20261128_1', 'agent-session-id'));
      await client.callTool(echo('20261128_1', 'agent-session-id'));
      await client.close();
      const [handshake, conversation] = telemetry.activeSessions();
      expect(handshake).toMatchObject({ source: 'inferred', calls: 1 });
      expect(conversation).toMatchObject({ source: 'conversation', calls: 2 });
      return conversation?.id;
    });
    expect(new Set(await Promise.all(ids)).size).toBe(2);
  });
});

describe('what is not a conversation', () => {
  test.each([{ readConversationIds: false }, { inferSessions: false }])(
    'is all of it with %j',
    async (config) => {
      const { telemetry, one } = record(config);
      const host = await statefulV1(telemetry);
      const { client, transport } = await connectHttp(host.url);
      await client.callTool(echo('v1/lunch'));
      expect(telemetry.activeSessions()).toMatchObject([
        { source: 'protocol', id: transport.sessionId, calls: 2 },
      ]);
      expect(one('tools/call echo').attributes).not.toHaveProperty(['gen_ai.conversation.id']);
      await client.close();
    },
  );

  test('is what the application names', async () => {
    const { telemetry, one } = record({ sessionKey: () => 'mine' });
    const host = await statefulV1(telemetry);
    const { client, transport } = await connectHttp(host.url);
    await client.callTool(echo('v1/lunch'));
    expect(telemetry.activeSessions()).toMatchObject([{ source: 'application', id: 'mine', calls: 2 }]);
    expect(one('tools/call echo').attributes).toMatchObject({
      'gen_ai.conversation.id': 'v1/lunch',
      'mcp.protocol.session.id': transport.sessionId,
    });
    await client.close();
  });

  test('is hidden where it holds an address, which nobody wins back from the session’s id', async () => {
    const { telemetry, one, provider } = record();
    const server = v1Server();
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    const known = new SessionIds(serviceOf(provider) as Service, undefined);
    const guessed = (id: string) => known.ofConversation(id, { identity: undefined, token: undefined });
    await client.callTool(echo('v1/lunch'));
    expect(one('tools/call echo').attributes['mcp.client.session.id']).toBe(guessed('v1/lunch'));
    await client.callTool({ ...echo('joe@example.com'), name: 'refuse' });
    const { attributes } = one('tools/call refuse');
    expect(attributes['gen_ai.conversation.id']).toBe('[REDACTED:email]');
    expect(attributes['mcp.client.session.source']).toBe('conversation');
    expect(attributes['mcp.client.session.id']).not.toBe(guessed('joe@example.com'));
    await client.close();
  });
});
