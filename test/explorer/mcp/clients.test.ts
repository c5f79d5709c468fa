import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import { built, ensureBuilt } from '../../support/built.ts';
import { killChildren, startChild } from '../../support/child.ts';
import { startOtlpSink } from '../../support/otlp-sink.ts';
import { type RecordingFolder, recordingFolder } from '../../support/recorded.ts';
import { connectV1, v1Server } from '../../support/v1.ts';
import { askClient } from './support.ts';

let folder: RecordingFolder;

beforeAll(ensureBuilt, 60_000);
beforeEach(async () => {
  folder = recordingFolder();
  await recordSessions(folder.dir);
}, 30_000);
afterEach(() => {
  killChildren();
  folder.remove();
});

/** Two clients of a real server; one of them has never asked which tools there are. */
async function recordSessions(dir: string): Promise<void> {
  const telemetry = new TelemetryManager({
    exporterType: 'file',
    exporterEndpoint: dir,
    serverName: 'shop',
    enableArgumentCollection: true,
  });
  for (const name of ['curious', 'hasty']) {
    const server = v1Server();
    telemetry.instrument(server);
    const { client } = await connectV1(server, new ClientV1({ name, version: '1.0.0' }));
    if (name === 'curious') await client.listTools();
    await client.callTool({ name: 'echo', arguments: { text: `from ${name}` } });
    await client.callTool({ name: 'fail', arguments: {} });
    await client.close();
  }
  await telemetry.shutdown();
}

const command = () => ({ command: process.execPath, args: [built.cli, 'mcp', '--dir', folder.dir] });
const info = { name: 'asking', version: '2.0.0' };

const CLIENTS = {
  'the v1 SDK': async () => {
    const client = new ClientV1(info);
    await client.connect(new StdioV1(command()));
    return client;
  },
  'the v2 SDK, by initialize': async () => {
    const client = new ClientV2(info);
    await client.connect(new StdioV2(command()));
    return client;
  },
  'the v2 SDK, by the modern protocol': async () => {
    const client = new ClientV2(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await client.connect(new StdioV2(command()));
    return client;
  },
};

describe.each(Object.keys(CLIENTS) as (keyof typeof CLIENTS)[])('a client of %s', (kind) => {
  test('gets answers of every tool, and its own questions are recorded but not among them', async () => {
    const client = await CLIENTS[kind]();
    const ask = (tool: string, args: Record<string, unknown> = {}) => askClient(client as any, tool, args);

    const { json: list } = await ask('list_sessions');
    expect(list).toMatchObject({ total: 2, sessions: [{ clientName: 'hasty' }, { clientName: 'curious' }] });
    const [, curious] = list.sessions;
    expect(curious).toMatchObject({
      service: 'shop',
      calls: 4,
      errors: 1,
      status: 'ended',
      tools: ['echo', 'fail'],
    });

    const { json: detail } = await ask('get_session', { session_id: curious.id, include_arguments: true });
    expect(detail.session).toEqual(curious);
    expect(detail.events.map(({ type }: { type: string }) => type)).toEqual([
      'session start',
      'initialize',
      'notifications/initialized',
      'tools/list',
      'tools/call echo',
      'tools/call fail',
      'session end (transport_close)',
    ]);
    expect(detail.events[4].arguments).toBe('{"text":"from curious"}');

    const { json: tools } = await ask('list_tools');
    expect(tools).toMatchObject({
      total: 3,
      clients: 2,
      tools: [
        {
          name: 'echo',
          services: ['shop'],
          isListed: true,
          seenBy: 1,
          seenByClients: ['curious'],
          notSeenBy: ['hasty'],
          calls: 2,
          errors: 0,
        },
        { name: 'fail', calls: 2, errors: 2, errorTypes: [{ type: 'PaymentError', count: 2 }] },
        { name: 'refuse', isListed: true, seenBy: 1, calls: 0, p50Ms: null, lastCallAt: null },
      ],
    });

    const { json: errors } = await ask('find_errors', { client: 'hasty' });
    expect(errors).toMatchObject({
      total: 1,
      types: [{ type: 'PaymentError', count: 1 }],
      errors: [
        {
          type: 'tools/call fail',
          error: 'PaymentError: no money',
          before: { type: 'tools/call echo', status: 'ok' },
          after: { type: 'session end (transport_close)' },
        },
      ],
    });

    // What it has recorded of itself by now is in the same folder.
    await folder.until(() => ownSpans().some(({ name }) => name === 'tools/call find_errors'));
    expect((await ask('list_sessions')).json.total).toBe(2);
    expect((await ask('list_tools')).json.total).toBe(3);
    await client.close();

    await folder.until(() => ownSpans().some(({ name }) => name === 'mcp.session end'));
    const call = ownSpans().find(({ name }) => name === 'tools/call get_session');
    expect(call?.resource).toMatchObject({ 'service.name': 'mcp-sessionscope' });
    expect(call?.attributes).toMatchObject({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'get_session',
      'gen_ai.operation.name': 'execute_tool',
      'mcp.client.name': 'asking',
      'network.transport': 'pipe',
    });
    expect(call?.attributes).not.toHaveProperty('gen_ai.tool.call.arguments');
    const end = ownSpans().find(({ name }) => name === 'mcp.session end');
    // The client of the SDK ends the input, and sends SIGTERM where that is not enough within two seconds.
    expect(['stdin_eof', 'server_shutdown']).toContain(end?.attributes['mcp.client.session.end_reason']);
  });
});

function ownSpans() {
  return folder.spans().filter(({ resource }) => resource['service.name'] === 'mcp-sessionscope');
}

const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: info },
};
const call = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'list_sessions', arguments: { only_errors: true } },
};

function startMcp(args: string[] = [], env: Record<string, string> = {}) {
  return startChild(built.cli, { args: ['mcp', ...args], env: { MCP_SESSIONSCOPE_DIR: folder.dir, ...env } });
}

describe('the process', () => {
  test('writes nothing but MCP to stdout, and ends with 0 when stdin does', async () => {
    const child = startMcp();
    child.send(initialize, { jsonrpc: '2.0', method: 'notifications/initialized' }, call);
    await child.lines(2);
    child.endStdin();
    const { code, signal, stdout, stderr } = await child.exited;
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    const messages = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(messages.map(({ jsonrpc, id }) => [jsonrpc, id])).toEqual([
      ['2.0', 0],
      ['2.0', 1],
    ]);
    expect(messages[1].result.structuredContent.total).toBe(2);
  });

  test('ends with 0 where stdin ends before anything came', async () => {
    const child = startMcp();
    child.endStdin();
    expect(await child.exited).toMatchObject({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s, with what it recorded', async (signal) => {
    const child = startMcp();
    child.send(initialize);
    await child.lines(1);
    child.kill(signal);
    expect(await child.exited).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(ownSpans().map(({ name }) => name)).toContain('mcp.session end');
  });

  test('answers of a folder that comes into being later', async () => {
    const dir = join(folder.dir, 'later');
    const child = startMcp(['--dir', dir, '--no-record']);
    child.send(initialize, call);
    await child.lines(2);
    await recordSessions(dir);
    child.send({ ...call, id: 2 });
    await child.lines(3);
    child.endStdin();
    const [, before, after] = (await child.exited).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(before.result.structuredContent.total).toBe(0);
    expect(after.result.structuredContent.total).toBe(2);
  });

  test('records nothing of itself with --no-record', async () => {
    const names = folder.names();
    const child = startMcp(['--no-record']);
    child.send(initialize, call);
    await child.lines(2);
    child.endStdin();
    expect(await child.exited).toMatchObject({ code: 0, stderr: '' });
    expect(folder.names()).toEqual(names);
  });

  test('sends to where the environment says', async () => {
    const sink = await startOtlpSink();
    try {
      const names = folder.names();
      const child = startMcp([], { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });
      child.send(initialize, call);
      await child.lines(2);
      child.endStdin();
      expect(await child.exited).toMatchObject({ code: 0, stderr: '' });
      expect(sink.spans.map(({ name }) => name)).toContain('tools/call list_sessions');
      expect(folder.names()).toEqual(names);
    } finally {
      await sink.close();
    }
  });

  test('goes on after lines that are no messages, and says so on stderr', async () => {
    const child = startMcp(['--no-record']);
    child.send('this is no JSON\n', { no: '\u202e message' }, initialize);
    await child.lines(1);
    child.endStdin();
    const { code, stdout, stderr } = await child.exited;
    expect(code).toBe(0);
    expect(stderr).toMatch(/^mcp-sessionscope: /);
    expect(stderr).not.toContain('\u202e');
    expect(JSON.parse(stdout)).toMatchObject({ id: 0, result: { serverInfo: { name: 'mcp-sessionscope' } } });
  });
});
