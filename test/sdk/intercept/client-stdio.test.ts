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

describe('a client of v2 that finds out in a process of its own what its server speaks', () => {
  const AUTO = { versionNegotiation: { mode: 'auto', probe: { timeoutMs: 200 } } };

  function observed() {
    const recording = record();
    const client = newClient('v2', AUTO);
    clients.push(client);
    recording.telemetry.instrumentClient(client);
    return { ...recording, client };
  }

  test('has that recorded as a part of its connection', async () => {
    const { client, spans, one, points } = observed();
    const transport = childTransport('v2');
    await client.connect(transport);
    await client.callTool({ name: 'echo' });
    expect(spans().map(({ name }) => name)).toEqual([
      'server/discover',
      'initialize',
      'notifications/initialized',
      'tools/call echo',
    ]);
    expect(new Set(spans().map(({ attributes }) => attributes['mcp.client.connection.id'])).size).toBe(1);
    expect(one('server/discover').attributes).toMatchObject({
      'error.type': '-32601',
      'network.transport': 'pipe',
    });
    expect(one('tools/call echo').attributes['mcp.server.name']).toBe('child');
    expect(transport.constructor).toBe(StdioV2);
    expect(Object.hasOwn(transport, 'constructor')).toBe(false);
    await client.close();
    const [point, ...others] = await points('mcp.client.session.duration');
    expect(point?.value).toMatchObject({ count: 1 });
    expect(point?.attributes).not.toHaveProperty('error.type');
    expect(others).toEqual([]);
  });

  test('that ends there has closed that process, and not the connection', async () => {
    const { client, one, points } = observed();
    await client.connect(childTransport('v2', ['strict']));
    expect(one('server/discover').attributes['error.type']).toBe('connection_closed');
    expect(one('initialize').status.code).toBe(SpanStatusCode.UNSET);
    await client.close();
    const [point] = await points('mcp.client.session.duration');
    expect(point?.attributes).not.toHaveProperty('error.type');
  });

  test('that ends there in place has closed the connection', async () => {
    const { client, one, points } = observed();
    const Own = class extends StdioV2 {};
    const transport = new Own({ command: process.execPath, args: [SERVER, 'strict'] });
    await expect(client.connect(transport as unknown as StdioV1)).rejects.toThrow();
    expect(one('server/discover').attributes['error.type']).toBe('connection_closed');
    const [point] = await points('mcp.client.session.duration');
    expect(point?.attributes['error.type']).toBe('connection_closed');
  });

  test('that says nothing there shows what the client was waiting for', async () => {
    const { client, named, one } = observed();
    await expect(client.connect(childTransport('v2', ['silent']), { timeout: 200 })).rejects.toThrow(
      'timed out',
    );
    expect(one('server/discover').attributes['error.type']).toBe('timeout');
    await until(() => named('initialize').length === 1, 'the span');
  });

  test('that is a transport of another class is asked in place', async () => {
    const { client, one } = observed();
    const Own = class extends StdioV2 {};
    await client.connect(new Own({ command: process.execPath, args: [SERVER] }) as unknown as StdioV1);
    expect(one('server/discover').attributes['error.type']).toBe('-32601');
    expect(one('initialize').status.code).toBe(SpanStatusCode.UNSET);
  });
});
