import { afterEach, describe, expect, test } from '@jest/globals';
import { inputRequired } from '@modelcontextprotocol/server';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { z } from 'zod';
import { closeHosts, connectHttp } from '../support/http-v1.ts';
import { clientV2, connectV2, handlerV2, statefulV2 } from '../support/http-v2.ts';
import { MODERN } from '../support/pipes.ts';
import { closeRecordings, isError, record } from '../support/recording.ts';
import { gate, until } from '../support/until.ts';
import { v2Server } from '../support/v2.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

describe('createMcpHandler with a modern client (2026-07-28)', () => {
  test('joins the requests of one client in one inferred session, from server/discover on', async () => {
    const recording = record();
    const host = await handlerV2(recording.telemetry);
    const { client } = await connectV2(host.url);
    await client.listTools();
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.close();
    expect(new Set(host.eras)).toEqual(new Set(['modern']));
    const [session, ...others] = recording.telemetry.activeSessions();
    expect(others).toEqual([]);
    expect(session).toMatchObject({
      source: 'inferred',
      calls: 3,
      errors: 0,
      tools: ['echo'],
      clientName: 'modern-client',
      clientVersion: '2.0',
      protocolVersion: '2026-07-28',
    });
    for (const name of ['server/discover', 'tools/list', 'tools/call echo']) {
      expect(recording.one(name).attributes).toMatchObject({
        'mcp.session.id': recording.telemetry.sessionId,
        'mcp.client.session.id': session?.id,
        'mcp.client.session.source': 'inferred',
        'mcp.client.name': 'modern-client',
        'mcp.client.version': '2.0',
        'mcp.protocol.version': '2026-07-28',
        'network.transport': 'tcp',
        'network.protocol.name': 'http',
        'network.protocol.version': '1.1',
        'client.address': '127.0.0.1',
        'client.port': expect.any(Number),
        'user_agent.original': 'node',
      });
    }
    expect(recording.one('tools/list').attributes).toMatchObject({
      'mcp.tools.count': 3,
      'mcp.tools.names': 'echo, fail, refuse',
    });
  });

  test('a transport that closes after its request ends no session', async () => {
    const recording = record();
    const host = await handlerV2(recording.telemetry);
    const { client } = await connectV2(host.url);
    for (let n = 0; n < 3; n += 1) await client.listTools();
    await client.close();
    expect(recording.named('mcp.session start')).toHaveLength(1);
    expect(recording.named('mcp.session end')).toEqual([]);
  });

  test('clients with other names have sessions of their own, at the same address', async () => {
    const { telemetry } = record();
    const host = await handlerV2(telemetry);
    const one = await connectV2(host.url, clientV2(undefined, 'one'));
    const two = await connectV2(host.url, clientV2(undefined, 'two'));
    await one.client.listTools();
    await two.client.listTools();
    await one.client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(telemetry.activeSessions()).toMatchObject([
      { clientName: 'one', calls: 3 },
      { clientName: 'two', calls: 2 },
    ]);
    await one.client.close();
    await two.client.close();
  });

  test('the exception behind an isError is seen', async () => {
    const { telemetry, one } = record();
    const host = await handlerV2(telemetry);
    const { client } = await connectV2(host.url);
    await client.callTool({ name: 'fail', arguments: {} });
    await client.callTool({ name: 'refuse', arguments: {} });
    await client.callTool({ name: 'echo', arguments: { text: 7 } });
    await client.close();
    expect(one('tools/call fail').attributes).toMatchObject({
      'error.type': 'tool_error',
      'exception.type': 'PaymentError',
    });
    expect(one('tools/call fail').events).toMatchObject([
      { attributes: { 'exception.type': 'PaymentError', 'exception.message': 'no money' } },
    ]);
    expect(one('tools/call refuse').attributes['error.type']).toBe('tool_error');
    expect(isError(one('tools/call echo'))).toBe(true);
    expect(telemetry.activeSessions()).toMatchObject([{ errors: 3 }]);
  });

  test('errors that are the caller’s doing stay unset', async () => {
    const { telemetry, one } = record();
    const host = await handlerV2(telemetry);
    const { client } = await connectV2(host.url);
    await expect(client.getPrompt({ name: 'nobody' })).rejects.toThrow();
    await expect(client.readResource({ uri: 'note://none' })).rejects.toThrow();
    await expect(client.callTool({ name: 'nobody' })).rejects.toThrow();
    await client.close();
    for (const name of ['prompts/get', 'resources/read', 'tools/call']) {
      const span = one(name);
      expect(span.status.code).toBe(SpanStatusCode.UNSET);
      expect(span.attributes['rpc.response.status_code']).toMatch(/^-32(602|002)$/);
      expect(span.attributes).not.toHaveProperty(['error.type']);
    }
  });

  test('a result that asks for input is no error, and the second round is a call of its own', async () => {
    const recording = record();
    const host = await handlerV2(recording.telemetry, {
      create: () => {
        const server = v2Server();
        server.registerTool('book', {}, async (ctx) => {
          const answer = ctx.mcpReq.inputResponses?.['date'];
          if (answer === undefined) {
            return inputRequired({
              inputRequests: {
                date: inputRequired.elicit({
                  message: 'When?',
                  requestedSchema: z.object({ date: z.string() }),
                }),
              },
            });
          }
          return { content: [{ type: 'text', text: 'booked' }] };
        });
        return server;
      },
    });
    const client = clientV2();
    client.setRequestHandler('elicitation/create', async () => ({
      action: 'accept',
      content: { date: 'tomorrow' },
    }));
    await connectV2(host.url, client);
    await expect(client.callTool({ name: 'book', arguments: {} })).resolves.toMatchObject({
      content: [{ text: 'booked' }],
    });
    await client.close();
    const rounds = recording.named('tools/call book');
    expect(rounds).toHaveLength(2);
    for (const span of rounds) {
      expect(span.kind).toBe(SpanKind.SERVER);
      expect(span.status.code).toBe(SpanStatusCode.UNSET);
      expect(span.attributes).not.toHaveProperty(['error.type']);
    }
    expect(recording.telemetry.activeSessions()).toMatchObject([{ errors: 0, tools: ['book'] }]);
  });

  test('progress and log messages go out as client spans within their request', async () => {
    const { telemetry, one } = record();
    const host = await handlerV2(telemetry, {
      create: () => {
        const server = v2Server();
        server.registerTool('long', {}, async (ctx) => {
          const progressToken = ctx.mcpReq._meta?.progressToken;
          if (progressToken === undefined) throw new Error('no token');
          await ctx.mcpReq.notify({
            method: 'notifications/progress',
            params: { progressToken, progress: 1, total: 2 },
          });
          return { content: [] };
        });
        return server;
      },
    });
    const { client } = await connectV2(host.url);
    const seen: unknown[] = [];
    await client.callTool({ name: 'long', arguments: {} }, { onprogress: (progress) => seen.push(progress) });
    await client.close();
    expect(seen).toEqual([{ progress: 1, total: 2 }]);
    const progress = one('notifications/progress');
    expect(progress.kind).toBe(SpanKind.CLIENT);
    expect(progress.parentSpanContext?.spanId).toBe(one('tools/call long').spanContext().spanId);
  });

  test('a client that hangs up has cancelled: its specification says so', async () => {
    const { telemetry, named } = record();
    const started = gate<AbortSignal>();
    const host = await handlerV2(telemetry, {
      create: () => {
        const server = v2Server();
        server.registerTool('wait', {}, async (ctx) => {
          started.open(ctx.mcpReq.signal);
          return new Promise(() => {});
        });
        return server;
      },
    });
    const { client } = await connectV2(host.url);
    const abort = new AbortController();
    const call = client.callTool({ name: 'wait', arguments: {} }, { signal: abort.signal });
    await started.opened;
    abort.abort('enough');
    await expect(call).rejects.toThrow();
    const span = await until(() => named('tools/call wait')[0], 'the span');
    expect(span.attributes['error.type']).toBe('cancelled');
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    await client.close();
  });

  test('the same principal is one session, whatever its clients are called', async () => {
    const { telemetry } = record();
    const host = await handlerV2(telemetry, {
      auth: () => ({ token: 't', clientId: 'app', scopes: [], extra: { sub: 'ann' } }),
    });
    const one = await connectV2(host.url, clientV2(undefined, 'one'));
    const two = await connectV2(host.url, clientV2(undefined, 'two'));
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 2 }]);
    await one.client.close();
    await two.client.close();
  });

  test('a subscription is answered by the SDK before any server sees it: no span', async () => {
    const { telemetry, spans } = record();
    const host = await handlerV2(telemetry);
    const response = await fetch(host.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'subscriptions/listen',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'subscriptions/listen',
        params: { _meta: MODERN, notifications: { toolsListChanged: true } },
      }),
    });
    expect(response.status).toBe(200);
    host.notify.toolsChanged();
    await response.body?.cancel();
    expect(host.eras).toEqual(['modern']);
    expect(spans()).toEqual([]);
  });

  test('without names or versions in `_meta`, what is malformed is refused and not recorded', async () => {
    const { telemetry, spans } = record();
    const host = await handlerV2(telemetry);
    const response = await fetch(host.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/list',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/list',
        params: { _meta: { 'io.modelcontextprotocol/protocolVersion': 7 } },
      }),
    });
    await response.text();
    expect(response.status).toBe(400);
    for (const { attributes } of spans()) {
      expect(attributes).not.toHaveProperty(['mcp.client.name']);
      expect(attributes['mcp.protocol.version']).not.toBe('7');
    }
  });
});

describe('createMcpHandler with legacy clients', () => {
  test('a v1 client has one inferred session, apart from a modern one at its side', async () => {
    const recording = record();
    const host = await handlerV2(recording.telemetry);
    const legacy = await connectHttp(host.url);
    const modern = await connectV2(host.url);
    await legacy.client.callTool({ name: 'echo', arguments: { text: 'old' } });
    await modern.client.callTool({ name: 'refuse', arguments: {} });
    await legacy.client.listTools();
    expect(recording.telemetry.activeSessions()).toMatchObject([
      { clientName: 'test-client', protocolVersion: '2025-11-25', calls: 3, tools: ['echo'] },
      { clientName: 'modern-client', protocolVersion: '2026-07-28', calls: 2, tools: ['refuse'] },
    ]);
    await legacy.client.close();
    await modern.client.close();
  });

  test('a v2 client that negotiates falls on the modern protocol', async () => {
    const recording = record();
    const host = await handlerV2(recording.telemetry);
    const { client } = await connectV2(host.url, clientV2('auto'));
    await client.listTools();
    await client.close();
    expect(recording.one('server/discover').attributes['mcp.protocol.version']).toBe('2026-07-28');
    expect(recording.named('initialize')).toEqual([]);
  });
});

describe('Streamable HTTP with a server per session (v2)', () => {
  test('is the protocol’s session, and DELETE ends it', async () => {
    const recording = record();
    const host = await statefulV2(recording.telemetry);
    const { client, transport } = await connectV2(host.url, clientV2('legacy', 'v2-legacy'));
    await client.callTool({ name: 'fail', arguments: {} });
    const { sessionId } = transport;
    expect(recording.one('tools/call fail').attributes).toMatchObject({
      'mcp.client.session.id': sessionId,
      'mcp.client.session.source': 'protocol',
      'mcp.client.name': 'v2-legacy',
      'error.type': 'tool_error',
      'exception.type': 'PaymentError',
      'client.address': '127.0.0.1',
      'network.transport': 'tcp',
    });
    await transport.terminateSession();
    const end = await until(() => recording.named('mcp.session end')[0], 'the end');
    expect(end.attributes).toMatchObject({
      'mcp.client.session.id': sessionId,
      'mcp.client.session.end_reason': 'client_delete',
      'mcp.client.session.calls': 2,
      'mcp.client.session.errors': 1,
    });
    await client.close();
  });

  test('serves a v1 client just so', async () => {
    const recording = record();
    const host = await statefulV2(recording.telemetry);
    const { client, transport } = await connectHttp(host.url);
    await client.listTools();
    expect(recording.one('tools/list').attributes['mcp.client.session.id']).toBe(transport.sessionId);
    await client.close();
  });
});
