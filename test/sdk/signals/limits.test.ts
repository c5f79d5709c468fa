import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { Limiter } from '../../../src/sdk/signals/limiter.ts';
import { closeRecordings, record } from '../../support/recording.ts';
import { connectV1, v1Server } from '../../support/v1.ts';

afterEach(closeRecordings);

describe('attribute values stay few', () => {
  test('a limiter admits so many values and calls the others _OTHER', () => {
    const limiter = new Limiter(2);
    expect(['a', 'b', 'c', 'a'].map((value) => limiter.admit(value))).toEqual(['a', 'b', '_OTHER', 'a']);
    expect([limiter.has('a'), limiter.has('c')]).toEqual([true, false]);
  });

  test('made-up tool names enter neither span names nor metrics', async () => {
    const { telemetry, spans, points } = record();
    const server = v1Server();
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    for (let i = 0; i < 20; i += 1) await client.callTool({ name: `made-up-${i}`, arguments: {} });
    const calls = spans().filter(({ attributes }) => attributes['mcp.method.name'] === 'tools/call');
    expect(new Set(calls.map(({ name }) => name))).toEqual(new Set(['tools/call']));
    expect(calls.at(-1)?.attributes['gen_ai.tool.name']).toBe('made-up-19');
    const names = (await points('mcp.server.operation.duration'))
      .filter(({ attributes }) => attributes['mcp.method.name'] === 'tools/call')
      .map(({ attributes }) => attributes['gen_ai.tool.name']);
    expect(names).toEqual(['_OTHER']);
  });

  test('an unknown method is _OTHER in name and metrics, and is kept on the span', async () => {
    const { telemetry, one, points } = record();
    const server = v1Server();
    telemetry.instrument(server);
    const { client, clientTransport } = await connectV1(server);
    void client;
    await clientTransport.send({ jsonrpc: '2.0', id: 'x', method: 'no/such/method' });
    await new Promise((resolve) => setImmediate(resolve));
    const span = one('_OTHER');
    expect(span.attributes).toMatchObject({
      'mcp.method.name': 'no/such/method',
      'jsonrpc.request.id': 'x',
      'rpc.response.status_code': '-32601',
    });
    const methods = (await points('mcp.server.operation.duration')).map(
      ({ attributes }) => attributes['mcp.method.name'],
    );
    expect(methods).toContain('_OTHER');
    expect(methods).not.toContain('no/such/method');
  });

  test('a low-level server’s tools are learned from its list, or from a call that it answers', async () => {
    const { telemetry, named } = record();
    const server = new Server({ name: 'low', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: [{ name: 'listed', inputSchema: { type: 'object' as const } }],
    }));
    server.setRequestHandler(CallToolRequestSchema, ({ params }) =>
      params.name === 'listed' || params.name === 'answered'
        ? { content: [] }
        : { isError: true, content: [] },
    );
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    await client.listTools();
    for (const name of ['listed', 'answered', 'unknown']) await client.callTool({ name });
    expect(named('tools/call listed')).toHaveLength(1);
    expect(named('tools/call answered')).toHaveLength(1);
    expect(named('tools/call')).toHaveLength(1);
  });

  test('client names on metrics end at 100, for all managers of the process together', async () => {
    const recordings = [record(), record()];
    // The name of other tests' clients counts, in this test alone as well as after them.
    const usual = v1Server();
    recordings[0]?.telemetry.instrument(usual);
    await connectV1(usual);
    for (let i = 0; i < 110; i += 1) {
      const server = v1Server();
      recordings[i % 2]?.telemetry.instrument(server);
      await connectV1(server, new Client({ name: `client-${i}`, version: '1' }));
    }
    const [first = [], second = []] = await Promise.all(
      recordings.map(async ({ points }) =>
        (await points('mcp.server.client_session.active')).map(
          ({ attributes }) => attributes['mcp.client.name'],
        ),
      ),
    );
    expect(first).toContain('_OTHER');
    expect(second).toContain('_OTHER');
    const told = [...first, ...second].filter((name) => name !== '_OTHER');
    expect(told).toHaveLength(100);
  });

  test('a protocol version that is none is not recorded', async () => {
    const { telemetry, spans } = record();
    const server = v1Server();
    telemetry.instrument(server);
    const { clientTransport } = await connectV1(server);
    await clientTransport.send({
      jsonrpc: '2.0',
      id: 9,
      method: 'ping',
      params: { _meta: { 'io.modelcontextprotocol/protocolVersion': 'x'.repeat(10_000) } },
    });
    await new Promise((resolve) => setImmediate(resolve));
    const ping = spans().find(({ name }) => name === 'ping');
    expect(ping?.attributes['mcp.protocol.version']).toBe('2025-11-25');
  });
});
