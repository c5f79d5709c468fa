import { afterEach, describe, expect, test } from '@jest/globals';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { closeRecordings, record } from '../../support/recording.ts';
import { v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';

afterEach(closeRecordings);

const SDKS = {
  v1: { client: () => new Client({ name: 'agent', version: '7' }), server: v1Server },
  v2: { client: () => new ClientV2({ name: 'agent', version: '7' }), server: v2Server },
} as const;

async function connected(sdk: keyof typeof SDKS, config = {}) {
  const recording = record(config);
  const client = SDKS[sdk].client() as Client;
  const server = SDKS[sdk].server();
  recording.telemetry.instrumentClient(client);
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far as never);
  await client.connect(near);
  return { ...recording, client, server };
}

describe.each(['v1', 'v2'] as const)('a client of %s', (sdk) => {
  test('has a span for each request and notification that it sends', async () => {
    const { client, spans, one, telemetry } = await connected(sdk);
    await client.listTools();
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.close();
    expect(spans().map(({ name }) => name)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
      'tools/call echo',
    ]);
    expect(spans().every(({ kind }) => kind === SpanKind.CLIENT)).toBe(true);
    expect(one('initialize').attributes).toMatchObject({
      'mcp.server.name': 'test-server',
      'mcp.server.version': '1.2.3',
      'mcp.protocol.version': expect.any(String),
    });
    expect(one('tools/call echo').attributes).toEqual({
      'mcp.method.name': 'tools/call',
      'mcp.session.id': telemetry.sessionId,
      'mcp.client.connection.id': expect.stringMatching(/^[\da-f-]{36}$/),
      'mcp.client.name': 'agent',
      'mcp.client.version': '7',
      'mcp.server.name': 'test-server',
      'mcp.server.version': '1.2.3',
      'mcp.protocol.version': '2025-11-25',
      'jsonrpc.request.id': '2',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'echo',
      'mcp.tool.name': 'echo',
      'mcp.request.size': expect.any(Number),
      'mcp.response.size': expect.any(Number),
    });
    expect(telemetry.activeSessions()).toEqual([]);
  });

  test('says that a tool failed', async () => {
    const { client, one } = await connected(sdk);
    await client.callTool({ name: 'refuse' });
    expect(one('tools/call refuse').status).toEqual({ code: SpanStatusCode.ERROR, message: 'not today' });
    expect(one('tools/call refuse').attributes['error.type']).toBe('tool_error');
  });
});
