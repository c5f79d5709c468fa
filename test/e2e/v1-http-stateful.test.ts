import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { SpanKind } from '@opentelemetry/api';
import express from 'express';
import { z } from 'zod';
import { closeHosts, connectHttp, listen, statefulV1 } from '../support/http-v1.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { gate, until } from '../support/until.ts';
import { v1Server } from '../support/v1.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

describe('Streamable HTTP with a server per session (v1)', () => {
  test('a request carries the protocol’s own session id and its real peer', async () => {
    const { telemetry, one } = record();
    const host = await statefulV1(telemetry);
    const { client, transport } = await connectHttp(host.url, { headers: { 'user-agent': 'inspector/1.0' } });
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    const { attributes } = one('tools/call echo');
    expect(attributes).toMatchObject({
      'mcp.session.id': telemetry.sessionId,
      'mcp.client.session.id': transport.sessionId,
      'mcp.client.session.source': 'protocol',
      'mcp.protocol.version': '2025-11-25',
      'mcp.client.name': 'test-client',
      'mcp.client.version': '4.5.6',
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
      'network.protocol.version': '1.1',
      'client.address': '127.0.0.1',
      'client.port': expect.any(Number),
      'user_agent.original': 'inspector/1.0',
    });
    expect(attributes['client.port']).not.toBe(Number(host.url.port));
    await client.close();
  });

  test('under the scope client, mcp.session.id is the Mcp-Session-Id, and no metric carries it', async () => {
    const { telemetry, spans, points } = record({ sessionScope: 'client' });
    const host = await statefulV1(telemetry);
    const { client, transport } = await connectHttp(host.url);
    const { sessionId } = transport;
    await transport.terminateSession();
    await until(() => telemetry.activeSessions().length === 0, 'the end');
    for (const span of spans()) expect(span.attributes['mcp.session.id']).toBe(sessionId);
    for (const { attributes } of await points()) expect(attributes).not.toHaveProperty('mcp.session.id');
    const [duration] = await points('mcp.server.session.duration');
    expect(duration).toMatchObject({ unit: 's', value: { count: 1 } });
    await client.close();
  });

  test('the version of the mcp-protocol-version header is recorded', async () => {
    const { telemetry, spans } = record();
    const host = await statefulV1(telemetry);
    const { client, transport } = await connectHttp(host.url);
    const response = await fetch(host.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': transport.sessionId as string,
        'mcp-protocol-version': '2025-03-26',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 77, method: 'ping' }),
    });
    await response.text();
    const ping = spans().find((span) => span.attributes['jsonrpc.request.id'] === '77');
    expect(ping?.attributes['mcp.protocol.version']).toBe('2025-03-26');
    await client.close();
  });

  test('DELETE ends the session as client_delete', async () => {
    const { telemetry, named } = record();
    const host = await statefulV1(telemetry);
    const { client, transport } = await connectHttp(host.url);
    await client.listTools();
    await transport.terminateSession();
    const end = await until(() => named('mcp.session end')[0], 'the end');
    expect(end.attributes).toMatchObject({
      'mcp.client.session.end_reason': 'client_delete',
      'mcp.client.session.calls': 2,
      'client.address': '127.0.0.1',
      'user_agent.original': 'node',
    });
    expect(telemetry.activeSessions()).toEqual([]);
    await client.close();
    expect(named('mcp.session end')).toHaveLength(1);
  });

  test('a server that closes ends the session as transport_close', async () => {
    const { telemetry, one } = record();
    const host = await statefulV1(telemetry);
    const { client } = await connectHttp(host.url);
    await host.servers[0]?.close();
    expect(one('mcp.session end').attributes['mcp.client.session.end_reason']).toBe('transport_close');
    await client.close();
  });

  test('a client that just goes away is idle_timeout, and lasted until its newest request', async () => {
    const { telemetry, named } = record({ sessionIdleTimeoutMs: 250 });
    const host = await statefulV1(telemetry);
    const { client } = await connectHttp(host.url);
    await client.listTools();
    const [session] = telemetry.activeSessions();
    await client.close();
    // On a busy machine the session may have fallen idle before the client had listed the tools.
    const isOver = () => telemetry.activeSessions().length === 0;
    const end = await until(
      () => (isOver() ? named('mcp.session end').at(-1) : undefined),
      'the idle timeout',
    );
    expect(end.attributes).toMatchObject({
      'mcp.client.session.end_reason': 'idle_timeout',
      'mcp.client.session.status': 'ended',
      'mcp.client.session.duration_ms': (session?.lastActivityAt ?? 0) - (session?.startedAt ?? 0),
    });
  });

  test('a client that comes back after the idle timeout goes on in its session, with all its counts', async () => {
    const { telemetry, named, points } = record({ sessionIdleTimeoutMs: 250 });
    const host = await statefulV1(telemetry);
    const { client, transport } = await connectHttp(host.url);
    await client.callTool({ name: 'echo', arguments: { text: 'early' } });
    await until(() => named('mcp.session end')[0], 'the idle timeout');

    await client.callTool({ name: 'refuse', arguments: {} });
    const [update] = named('mcp.session update');
    expect(update?.attributes).toMatchObject({
      'mcp.client.session.id': transport.sessionId,
      'mcp.client.session.status': 'active',
      'mcp.client.session.seq': 2,
      'mcp.client.session.calls': 3,
      'mcp.client.session.tools': 'echo, refuse',
    });
    expect(telemetry.activeSessions()).toMatchObject([{ id: transport.sessionId, calls: 3, errors: 1 }]);
    await transport.terminateSession();
    const end = await until(() => named('mcp.session end')[1], 'the second end');
    expect(end.attributes).toMatchObject({
      'mcp.client.session.seq': 3,
      'mcp.client.session.calls': 3,
      'mcp.client.session.errors': 1,
      'mcp.client.session.end_reason': 'client_delete',
    });
    expect(named('mcp.session start')).toHaveLength(1);
    expect((await points('mcp.server.client_session.active')).map(({ value }) => value)).toEqual([0]);
    await client.close();
  });

  test('JSON responses end their spans like streamed ones', async () => {
    const { telemetry, one, points } = record();
    const host = await statefulV1(telemetry, { options: { enableJsonResponse: true } });
    const { client } = await connectHttp(host.url);
    await expect(client.callTool({ name: 'echo', arguments: { text: 'hi' } })).resolves.toMatchObject({
      content: [{ text: 'hi' }],
    });
    expect(one('tools/call echo').ended).toBe(true);
    for (const { value } of await points('mcp.server.operation.active')) expect(value).toBe(0);
    await client.close();
  });

  test('concurrent requests of two clients with the same ids stay apart', async () => {
    const { telemetry, named } = record();
    const waiting = new Map<string, () => void>();
    const host = await statefulV1(telemetry, {
      create: () => {
        const server = new McpServer({ name: 'slow', version: '1' });
        server.registerTool('wait', { inputSchema: { key: z.string() } }, async ({ key }) => {
          await new Promise<void>((resolve) => waiting.set(key, resolve));
          return { content: [{ type: 'text', text: key }], isError: key.endsWith('fail') };
        });
        return server;
      },
    });
    const one = await connectHttp(host.url, { client: new Client({ name: 'one', version: '1' }) });
    const two = await connectHttp(host.url, { client: new Client({ name: 'two', version: '1' }) });
    const call = (client: Client, key: string): Promise<unknown> =>
      client.callTool({ name: 'wait', arguments: { key } });
    const calls = [
      call(one.client, '1a'),
      call(one.client, '1b-fail'),
      call(two.client, '2a-fail'),
      call(two.client, '2b'),
    ];
    await until(() => waiting.size === 4, 'four open calls');
    for (const key of ['2b', '1b-fail', '2a-fail', '1a']) waiting.get(key)?.();
    const results = await Promise.all(calls);
    expect(results).toMatchObject([
      { isError: false },
      { isError: true },
      { isError: true },
      { isError: false },
    ]);
    const seen = named('tools/call wait').map(({ attributes }) => [
      attributes['mcp.client.session.id'],
      attributes['jsonrpc.request.id'],
      attributes['error.type'],
    ]);
    expect(new Set(seen.map(String))).toEqual(
      new Set(
        [
          [one.transport.sessionId, '1', undefined],
          [one.transport.sessionId, '2', 'tool_error'],
          [two.transport.sessionId, '1', 'tool_error'],
          [two.transport.sessionId, '2', undefined],
        ].map(String),
      ),
    );
    expect(telemetry.activeSessions()).toMatchObject([
      { clientName: 'one', calls: 3, errors: 1 },
      { clientName: 'two', calls: 3, errors: 1 },
    ]);
    await one.client.close();
    await two.client.close();
  });

  test('the user’s own onclose, set before connect, is still called', async () => {
    const { telemetry } = record();
    const closed = gate<string>();
    const host = await statefulV1(telemetry, {
      prepare: (transport) => {
        transport.onclose = () => closed.open(transport.sessionId as string);
      },
    });
    const { client, transport } = await connectHttp(host.url);
    const id = transport.sessionId;
    await transport.terminateSession();
    await expect(closed.opened).resolves.toBe(id);
    await client.close();
  });

  test('sampling from a tool is a client span below the tool’s, and its answer comes through', async () => {
    const { telemetry, one } = record();
    const host = await statefulV1(telemetry, {
      create: () => {
        const server = v1Server();
        server.registerTool('ask', { inputSchema: {} }, async (_args, extra) => {
          const answer = await extra.sendRequest(
            {
              method: 'sampling/createMessage',
              params: { messages: [{ role: 'user', content: { type: 'text', text: '?' } }], maxTokens: 5 },
            },
            z.object({ content: z.object({ text: z.string() }) }),
          );
          return { content: [{ type: 'text', text: answer.content.text }] };
        });
        return server;
      },
    });
    const client = new Client({ name: 'sampler', version: '1' }, { capabilities: { sampling: {} } });
    client.setRequestHandler(CreateMessageRequestSchema, async () => ({
      model: 'none',
      role: 'assistant',
      content: { type: 'text', text: '42' },
    }));
    await connectHttp(host.url, { client });
    await expect(client.callTool({ name: 'ask', arguments: {} })).resolves.toMatchObject({
      content: [{ text: '42' }],
    });
    const asked = one('sampling/createMessage');
    const tool = one('tools/call ask');
    expect(asked.kind).toBe(SpanKind.CLIENT);
    expect(asked.parentSpanContext?.spanId).toBe(tool.spanContext().spanId);
    expect(asked.attributes).toMatchObject({
      'mcp.client.session.id': tool.attributes['mcp.client.session.id'],
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
      'network.protocol.version': '1.1',
      'server.address': '127.0.0.1',
      'server.port': Number(host.url.port),
      'mcp.protocol.version': '2025-11-25',
      'jsonrpc.request.id': '0',
    });
    for (const absent of ['client.address', 'client.port'])
      expect(asked.attributes).not.toHaveProperty([absent]);
    for (const absent of ['server.address', 'server.port'])
      expect(tool.attributes).not.toHaveProperty([absent]);
    await client.close();
  });

  test('a session id as long as a JWT stays whole, and tells its session from those with the same beginning', async () => {
    const { telemetry } = record();
    const header = `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(300)}`;
    const host = await statefulV1(telemetry, {
      options: { sessionIdGenerator: () => `${header}.${randomBytes(32).toString('base64url')}` },
    });
    const one = await connectHttp(host.url);
    const two = await connectHttp(host.url);
    await one.client.listTools();
    await two.client.ping();
    expect(telemetry.activeSessions()).toMatchObject([
      { id: one.transport.sessionId, calls: 2 },
      { id: two.transport.sessionId, calls: 2 },
    ]);
    await one.client.close();
    await two.client.close();
  });

  test('nothing is recorded for requests that the transport refuses', async () => {
    const { telemetry, spans } = record();
    const host = await statefulV1(telemetry);
    const refused = await fetch(host.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: '{"jsonrpc":"2.0","id":',
    });
    await refused.text();
    expect(refused.status).toBe(400);
    expect(spans()).toEqual([]);
    expect(telemetry.activeSessions()).toEqual([]);
  });

  test('behind Express and its body parser, the peer and DELETE are known just so', async () => {
    const { telemetry, one, named } = record();
    const app = express();
    app.use(express.json());
    const transports = new Map<string, StreamableHTTPServerTransport>();
    app.all('/mcp', async (request, response) => {
      let transport = transports.get(String(request.headers['mcp-session-id']));
      if (transport === undefined) {
        const created = new StreamableHTTPServerTransport({
          sessionIdGenerator: () => 'express-session',
          onsessioninitialized: (id) => void transports.set(id, created),
        });
        transport = created;
        const server = v1Server();
        telemetry.instrument(server);
        await server.connect(transport as Parameters<McpServer['connect']>[0]);
      }
      await transport.handleRequest(request, response, request.body);
    });
    const host = await listen(app);
    const { client, transport } = await connectHttp(host.url);
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(one('tools/call echo').attributes).toMatchObject({
      'mcp.protocol.session.id': 'express-session',
      'client.address': '127.0.0.1',
      'client.port': expect.any(Number),
    });
    await transport.terminateSession();
    const end = await until(() => named('mcp.session end')[0], 'the end');
    expect(end.attributes['mcp.client.session.end_reason']).toBe('client_delete');
    await client.close();
  });

  test('each request of a batch is a request', async () => {
    const { telemetry, named } = record();
    const host = await statefulV1(telemetry, { options: { enableJsonResponse: true } });
    const { client, transport } = await connectHttp(host.url);
    const response = await fetch(host.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': transport.sessionId as string,
        'mcp-protocol-version': '2025-03-26',
      },
      body: JSON.stringify([
        { jsonrpc: '2.0', id: 'a', method: 'ping' },
        { jsonrpc: '2.0', method: 'notifications/roots/list_changed' },
        { jsonrpc: '2.0', id: 'b', method: 'ping' },
      ]),
    });
    expect(await response.json()).toHaveLength(2);
    expect(named('ping').map(({ attributes }) => attributes['jsonrpc.request.id'])).toEqual(['a', 'b']);
    expect(named('notifications/roots/list_changed')).toHaveLength(1);
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 3 }]);
    await client.close();
  });

  test('what the server sends on its own goes to its session, and into its trace', async () => {
    const { telemetry, one, named } = record();
    const host = await statefulV1(telemetry);
    const { client, transport } = await connectHttp(host.url);
    const changed = gate();
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => changed.open());
    let opened = false;
    void changed.opened.then(() => {
      opened = true;
    });
    // The standalone stream opens by itself, some time after the client was initialized.
    await until(() => {
      host.servers[0]?.sendToolListChanged();
      return opened;
    }, 'the notification');
    const start = one('mcp.session start').spanContext();
    for (const span of named('notifications/tools/list_changed')) {
      expect(span.kind).toBe(SpanKind.CLIENT);
      expect(span.attributes['mcp.client.session.id']).toBe(transport.sessionId);
      expect(span.parentSpanContext?.spanId).toBe(start.spanId);
    }
    await client.close();
  });
});
