import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { SpanStatusCode } from '@opentelemetry/api';
import { callTool, newClient, type Sdk } from '../../support/clients.ts';
import { closeRecordings, type Recording, record } from '../../support/recording.ts';
import { settled, until } from '../../support/until.ts';

const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await closeRecordings();
});

const SERVER = join(__dirname, '../../support/stdio-server.cjs');

function childTransport(sdk: Sdk, args: string[] = [], command = process.execPath) {
  const Transport = sdk === 'v1' ? StdioV1 : StdioV2;
  return new Transport({ command, args: [SERVER, ...args] }) as StdioV1;
}

async function connected(sdk: Sdk, options = {}): Promise<Recording & { client: Client }> {
  const recording = record();
  const client = newClient(sdk, options);
  clients.push(client);
  recording.telemetry.instrumentClient(client);
  await client.connect(childTransport(sdk));
  return { ...recording, client };
}

describe.each(['v1', 'v2'] as const)('a client of %s whose server is a child process', (sdk) => {
  test('says so, and sends its trace context along', async () => {
    const { client, one, points } = await connected(sdk);
    const { content } = (await client.callTool({ name: 'echo' })) as { content: { text: string }[] };
    const span = one('tools/call echo');
    expect(content[0]?.text).toContain(span.spanContext().traceId);
    expect(span.attributes).toMatchObject({ 'network.transport': 'pipe', 'mcp.server.name': 'child' });
    expect(span.attributes).not.toHaveProperty('server.address');
    await client.close();
    const [point] = await points('mcp.client.session.duration');
    expect(point?.unit).toBe('s');
    expect(point?.attributes).toMatchObject({
      'network.transport': 'pipe',
      'mcp.protocol.version': expect.stringMatching(/^2025-/),
    });
    expect(point?.attributes).not.toHaveProperty('error.type');
  });

  test('that dies has closed the connection', async () => {
    const { client, one, points } = await connected(sdk);
    await expect(client.callTool({ name: 'die' })).rejects.toThrow('Connection closed');
    const span = one('tools/call die');
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes['error.type']).toBe('connection_closed');
    const [point] = await points('mcp.client.session.duration');
    expect(point?.attributes['error.type']).toBe('connection_closed');
  });

  test('that does not answer in time is a timeout', async () => {
    const { client, one } = await connected(sdk);
    await expect(callTool(sdk, client, { name: 'hang' }, { timeout: 20 })).rejects.toThrow('timed out');
    expect(one('tools/call hang').attributes['error.type']).toBe('timeout');
    expect(one('tools/call hang').status.code).toBe(SpanStatusCode.ERROR);
  });

  test('whose answer the application does not wait for is cancelled, and no error', async () => {
    const { client, one } = await connected(sdk);
    const abort = new AbortController();
    const call = callTool(sdk, client, { name: 'hang' }, { signal: abort.signal });
    await settled();
    abort.abort('changed my mind');
    await expect(call).rejects.toThrow('changed my mind');
    expect(one('tools/call hang').attributes['error.type']).toBe('cancelled');
    expect(one('tools/call hang').status.code).toBe(SpanStatusCode.UNSET);
  });

  test('that never introduces itself is a timeout of `initialize`, and of its connection', async () => {
    const recording = record();
    const client = newClient(sdk);
    clients.push(client);
    recording.telemetry.instrumentClient(client);
    const connecting = client.connect(childTransport(sdk, ['silent']), { timeout: 30 });
    await expect(connecting).rejects.toThrow('timed out');
    const [span] = await until(() => {
      const found = recording.named('initialize');
      return found.length === 1 && found;
    }, 'the span');
    expect(span?.attributes['error.type']).toBe('timeout');
    await until(() => client.transport === undefined, 'the end of the connection');
    const [point] = await recording.points('mcp.client.session.duration');
    expect(point?.attributes['error.type']).toBe('timeout');
  });

  test('that cannot be started leaves no connection open', async () => {
    const recording = record();
    const client = newClient(sdk);
    recording.telemetry.instrumentClient(client);
    await expect(client.connect(childTransport(sdk, [], '/nowhere/server'))).rejects.toThrow('ENOENT');
    const [point] = await recording.points('mcp.client.session.duration');
    expect(point?.attributes['error.type']).toBe('connection_closed');
  });
});

test('a client of v2 that finds out first what it talks to has its own server observed, and no other', async () => {
  const { client, spans, one } = await connected('v2', { versionNegotiation: { mode: 'auto' } });
  await client.callTool({ name: 'echo' });
  expect(spans().map(({ name }) => name)).toEqual([
    'initialize',
    'notifications/initialized',
    'tools/call echo',
  ]);
  expect(one('tools/call echo').attributes['mcp.server.name']).toBe('child');
});
