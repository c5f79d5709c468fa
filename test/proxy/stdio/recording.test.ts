import { describe, expect, test } from '@jest/globals';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { call, initialize } from '../../process/support.ts';
import { built } from '../../support/built.ts';
import type { Child } from '../../support/child.ts';
import { startOtlpSink } from '../../support/otlp-sink.ts';
import { MODERN } from '../../support/pipes.ts';
import { options, program, recordEachTest, recorded, server, startRun } from './support.ts';

recordEachTest();

const named = (name: string) => recorded.spans().filter((span) => span.name === name);

/** Sends messages one after the other, each when the one before was answered. */
async function converse(child: Child, ...messages: object[]) {
  for (const [i, message] of messages.entries()) {
    child.send(message);
    await child.lines(i + 1);
  }
  child.endStdin();
  return child.exited;
}

describe.each([
  ['v1', Client, StdioClientTransport],
  ['v2', ClientV2, StdioV2],
] as const)('a client of %s', (sdk, AnyClient, AnyTransport) => {
  test('is recorded with its session, its calls and the name of the server', async () => {
    const transport = new AnyTransport({
      command: process.execPath,
      args: [built.cli, 'run', ...options(), '--', ...server(sdk)],
      stderr: 'inherit',
    });
    const client: any = new AnyClient({ name: 'a client', version: '3' });
    await client.connect(transport as never);
    const { tools } = await client.listTools();
    const answer = await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.callTool({ name: 'fail', arguments: {} });
    const { name } = client.getServerVersion();
    await client.close();
    expect(answer.content).toEqual([{ type: 'text', text: 'hi' }]);
    const [first] = named('tools/call echo');
    expect(first).toMatchObject({
      attributes: { 'mcp.client.name': 'a client', 'network.transport': 'pipe' },
      resource: { 'service.name': name },
    });
    expect(named('tools/call fail')[0]?.attributes).toMatchObject({ 'error.type': 'tool_error' });
    expect(named('tools/list')[0]?.attributes['mcp.tools.count']).toBe(tools.length);
    expect(named('mcp.session end')[0]?.attributes).toMatchObject({
      'mcp.client.session.source': 'connection',
      'mcp.client.session.end_reason': 'stdin_eof',
      'mcp.client.session.calls': 4,
      'mcp.client.session.errors': 1,
    });
  });
});

test('a client without initialize is recorded, and the server is named by what its answers carry', async () => {
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: MODERN } };
  const exit = await converse(startRun(server('v2-serve'), { options: options() }), list, {
    ...list,
    id: 2,
    method: 'tools/call',
    params: { _meta: MODERN, name: 'echo', arguments: { text: 'hi' } },
  });
  expect(exit).toMatchObject({ code: 0, stderr: '' });
  const { name } = JSON.parse(exit.stdout.split('\n')[0] as string).result._meta[
    'io.modelcontextprotocol/serverInfo'
  ];
  expect(named('tools/call echo')[0]).toMatchObject({
    attributes: { 'mcp.client.name': 'modern', 'mcp.protocol.version': '2026-07-28' },
    resource: { 'service.name': name },
  });
  expect(named('mcp.session end')[0]?.attributes).toMatchObject({ 'mcp.client.session.calls': 2 });
});

test('the name that is given wins', async () => {
  await converse(startRun(server('v1'), { options: options('--name', 'mine') }), initialize);
  expect(named('initialize')[0]?.resource).toMatchObject({ 'service.name': 'mine' });
  expect(recorded.names()[0]).toMatch(/^mine-/);
});

test('an endpoint in the environment is where it is recorded', async () => {
  const sink = await startOtlpSink();
  try {
    const child = startRun(server('v1'), { env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url } });
    expect(await converse(child, initialize)).toMatchObject({ code: 0, stderr: '' });
    expect(sink.spans.map(({ name }) => name)).toContain('mcp.session end');
    expect(sink.metricNames).toContain('mcp.server.operation.duration');
  } finally {
    await sink.close();
  }
});

test('the messages of a batch are recorded each', async () => {
  const batch = [1, 2, 3].map((id) => call(id, `tool-${id}`));
  const child = startRun(program('echo'), { options: options() });
  await converse(child, batch);
  expect(
    recorded.spans().filter(({ attributes }) => attributes['mcp.method.name'] === 'tools/call'),
  ).toHaveLength(6);
});

test('a line that is no JSON is told once for each side, and what follows is recorded', async () => {
  const child = startRun(program('echo'), { options: options() });
  child.send('Listening on stdio\n', 'Ready\n', '7\n', call(1, 'echo'));
  await child.lines(4);
  child.endStdin();
  const { stderr } = await child.exited;
  expect(stderr.match(/the client sent a line that is no JSON-RPC message/g)).toHaveLength(1);
  expect(stderr.match(/the server wrote a line on stdout that is no JSON-RPC message/g)).toHaveLength(1);
  expect(stderr.split('\n')).toHaveLength(3);
  expect(recorded.spans().length).toBeGreaterThan(0);
});

test('a call with an argument of 50 MB is recorded with its size', async () => {
  const child = startRun(program('echo'), { options: options(), readsStdout: false });
  const text = 'x'.repeat(50 * 1024 * 1024);
  const message = call(1, 'echo', { text });
  child.send(message);
  child.endStdin();
  child.process.stdout?.resume();
  expect(await child.exited).toMatchObject({ code: 0, stderr: '' });
  const [span] = recorded.spans().filter(({ attributes }) => attributes['mcp.method.name'] === 'tools/call');
  expect(span?.attributes).toMatchObject({
    'gen_ai.tool.name': 'echo',
    'mcp.request.size': Buffer.byteLength(JSON.stringify(message)),
  });
});

test('a request has the time in which it passed, though telemetry was loaded afterwards', async () => {
  const child = startRun(server('v1'), { options: options() });
  const started = performance.now();
  child.send(initialize);
  await child.lines(1);
  const tookMs = performance.now() - started;
  child.endStdin();
  await child.exited;
  const [duration] = recorded
    .points()
    .filter(
      ({ metric, attributes }) =>
        metric === 'mcp.server.operation.duration' && attributes['mcp.method.name'] === 'initialize',
    );
  // A server takes longer to start.
  expect(duration?.sum).toBeGreaterThan(0.02);
  expect(duration?.sum).toBeLessThan(tookMs / 1000);
});

describe('--propagate', () => {
  test('names the span of a request to the server, and changes nothing else', async () => {
    const child = startRun(program('echo'), { options: options('--propagate') });
    const notification = '{"jsonrpc":"2.0" , "method":"notifications/initialized"}';
    const custom = '{"jsonrpc":"2.0","id":2,"method":"custom/one","params":{}}';
    const request =
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"n":12345678901234567890 }}}';
    child.send(`${notification}\nno JSON\n${custom}\n${request}\n${request.slice(0, -1)}`);
    await child.lines(4);
    child.endStdin();
    const { stdout } = await child.exited;
    const lines = stdout.split('\n');
    expect([lines[0], lines[1], lines[2], lines[4]]).toEqual([
      notification,
      'no JSON',
      custom,
      request.slice(0, -1),
    ]);
    const { traceparent } = JSON.parse(lines[3] as string).params._meta;
    expect(lines[3]?.replace(`"_meta":{"traceparent":"${traceparent}"},`, '')).toBe(request);
    const spans = recorded.spans().filter(({ attributes }) => attributes['mcp.method.name'] === 'tools/call');
    expect(spans.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`)).toContain(traceparent);
  });

  test('leaves a request as it is that is too long to be held back', async () => {
    const child = startRun(program('echo'), { options: options('--propagate') });
    const long = `${JSON.stringify(call(1, 'a', { text: 'x'.repeat(2 ** 21) }))}\n`;
    child.send(long, call(2, 'b'));
    await child.lines(2);
    child.endStdin();
    const { stdout, stderr } = await child.exited;
    expect(stdout.startsWith(long)).toBe(true);
    expect(JSON.parse(stdout.split('\n')[1] as string).params._meta.traceparent).toBeDefined();
    expect(stderr).toContain('without trace context');
  });
});
