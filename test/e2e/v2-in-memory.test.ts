import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport, McpServer, Server } from '@modelcontextprotocol/server';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { z } from 'zod';
import { closeRecordings, record } from '../support/recording.ts';
import { gate, settled, until } from '../support/until.ts';
import { v2Server } from '../support/v2.ts';
import { wireV2 } from '../support/wire.ts';

afterEach(closeRecordings);

async function connected(server: McpServer | Server = v2Server()) {
  const recording = record();
  recording.telemetry.instrument(server);
  const client = new Client(
    { name: 'v2-client', version: '2' },
    { capabilities: { sampling: {}, roots: {}, elicitation: {} } },
  );
  client.setRequestHandler('roots/list', async () => ({ roots: [{ uri: 'file:///r' }] }));
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  await client.connect(near);
  return { ...recording, client };
}

describe('a v2 server in memory', () => {
  test('has one session from initialize to close, in which every request counts', async () => {
    const { client, one, telemetry } = await connected();
    await client.listTools();
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.callTool({ name: 'fail', arguments: {} });
    await client.getPrompt({ name: 'greet', arguments: { name: 'Joe' } });
    await client.readResource({ uri: 'note://1' });
    await client.ping();
    const [session] = telemetry.activeSessions();
    expect(session).toMatchObject({
      source: 'connection',
      calls: 7,
      errors: 1,
      tools: ['echo', 'fail'],
      clientName: 'v2-client',
      protocolVersion: '2025-11-25',
    });
    expect(one('prompts/get greet').attributes['gen_ai.prompt.name']).toBe('greet');
    expect(one('resources/read').attributes['mcp.resource.uri']).toBe('note://1');
    expect(one('tools/call fail').attributes).toMatchObject({
      'error.type': 'tool_error',
      'exception.type': 'PaymentError',
    });
    await client.close();
    expect(one('mcp.session end').attributes).toMatchObject({
      'mcp.client.session.id': session?.id,
      'mcp.client.session.end_reason': 'transport_close',
      'mcp.client.session.calls': 7,
    });
  });

  test('asks its client with a span of its own', async () => {
    const server = v2Server();
    const { client, one } = await connected(server);
    await expect(server.server.listRoots()).resolves.toMatchObject({ roots: [{ uri: 'file:///r' }] });
    expect(one('roots/list').kind).toBe(SpanKind.CLIENT);
    await client.close();
  });

  test('gives up on what its client does not answer, as a timeout', async () => {
    const recording = record();
    const server = v2Server();
    recording.telemetry.instrument(server);
    const wire = await wireV2(server);
    await wire.initialize();
    await expect(server.server.listRoots(undefined, { timeout: 5 })).rejects.toThrow('Request timed out');
    expect(recording.one('roots/list').attributes['error.type']).toBe('timeout');
    expect(recording.one('roots/list').status.code).toBe(SpanStatusCode.ERROR);
    await wire.close();
  });

  test('a cancelled request ends when its handler settles; v2 cancels the id 0 too', async () => {
    const recording = record();
    const server = new McpServer({ name: 'waiting', version: '1' });
    const started = gate<AbortSignal>();
    const end = gate();
    server.registerTool('wait', {}, async (ctx) => {
      started.open(ctx.mcpReq.signal);
      await end.opened;
      return { content: [] };
    });
    recording.telemetry.instrument(server);
    const wire = await wireV2(server);
    wire.request(0, 'tools/call', { name: 'wait' });
    const signal = await started.opened;
    wire.notify('notifications/cancelled', { requestId: 0 });
    await until(() => signal.aborted, 'the signal');
    expect(recording.named('tools/call wait')).toEqual([]);
    end.open();
    await settled();
    expect(recording.one('tools/call wait').attributes['error.type']).toBe('cancelled');
    expect(wire.received).toEqual([]);
    await wire.close();
  });

  test('with requests open closes them as connection_closed', async () => {
    const recording = record();
    const server = new McpServer({ name: 'waiting', version: '1' });
    const started = gate();
    server.registerTool('wait', {}, async () => {
      started.open();
      return new Promise(() => {});
    });
    recording.telemetry.instrument(server);
    const wire = await wireV2(server);
    wire.request('', 'tools/call', { name: 'wait' });
    await started.opened;
    await server.close();
    expect(recording.one('tools/call wait').attributes).toMatchObject({
      'error.type': 'connection_closed',
      'jsonrpc.request.id': '',
    });
    expect(recording.named('mcp.session end')).toHaveLength(1);
  });

  test('a low-level Server with methods of its own, and a fallback, is seen whole', async () => {
    const server = new Server({ name: 'low', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler('tools/list', async () => ({
      tools: [{ name: 'known', inputSchema: { type: 'object' } }],
    }));
    server.setRequestHandler('app/sum', { params: z.object({ n: z.number() }) }, async ({ n }) => ({ n }));
    server.fallbackRequestHandler = async () => ({ fell: 'back' });
    const { client, one, telemetry } = await connected(server);
    await client.listTools();
    await client.request({ method: 'app/sum', params: { n: 1 } }, z.looseObject({}));
    await client.request({ method: 'app/other' }, z.looseObject({}));
    expect(one('tools/list').attributes['mcp.tools.names']).toBe('known');
    expect(one('app/sum').status.code).toBe(SpanStatusCode.UNSET);
    expect(one('_OTHER').attributes['mcp.method.name']).toBe('app/other');
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 4, errors: 0 }]);
    await client.close();
  });
});
