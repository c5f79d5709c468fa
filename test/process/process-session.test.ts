import { once } from 'node:events';
import http from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { instrumentServer } from '../../src/sdk/instrument-server.ts';
import { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { ensureBuilt } from '../support/built.ts';
import { killChildren, startChild } from '../support/child.ts';
import { closeHosts, connectHttp, statefulV1, statelessV1 } from '../support/http-v1.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { connectV1, v1Server } from '../support/v1.ts';
import { call, initialize, startServer } from './support.ts';

// The session document, sentence by sentence: "A session is a single instrumented process."

const UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  killChildren();
  await closeHosts();
  await sink.close();
});

const everything = () => [...sink.spans, ...sink.points];
const identities = () => new Set(everything().map(({ attributes }) => attributes['mcp.session.id']));
const calls = () => sink.spans.filter(({ attributes }) => attributes['mcp.method.name'] === 'tools/call');
const durations = () => sink.points.filter(({ metric }) => metric === 'mcp.server.session.duration');

describe('a session', () => {
  test('begins when the manager is made, implicitly, and lasts until shutdown, in seconds', async () => {
    const before = performance.now();
    const telemetry = new TelemetryManager({ exporterEndpoint: sink.url });
    const begun = performance.now();
    expect(telemetry.sessionId).toMatch(UUID);
    // It takes time; nothing else shows the unit.
    const { client } = await connectV1(v1Server());
    while (performance.now() - begun < 50) await client.ping();
    const ended = performance.now();
    await telemetry.shutdown();
    const after = performance.now();

    expect(durations()).toEqual([
      expect.objectContaining({
        unit: 's',
        count: 1,
        attributes: { 'mcp.session.id': telemetry.sessionId },
      }),
    ]);
    const sum = durations()[0]?.sum ?? 0;
    // The clock that says when it began has whole milliseconds.
    expect(sum * 1_000).toBeGreaterThanOrEqual(ended - begun - 2);
    expect(sum * 1_000).toBeLessThanOrEqual(after - before + 2);
  });

  test('has its duration recorded once, however often shutdown is called', async () => {
    const telemetry = instrumentServer(v1Server(), { exporterEndpoint: sink.url });
    await telemetry.forceFlush();
    expect(durations()).toEqual([]);
    await Promise.all([telemetry.shutdown(), telemetry.shutdown()]);
    await telemetry.shutdown();
    expect(durations().map(({ count }) => count)).toEqual([1]);
  });
});

describe('the session id', () => {
  test('is one UUID for the life of the process, on every span, every data point and every custom span', async () => {
    const server = v1Server();
    const telemetry = instrumentServer(server, { exporterEndpoint: sink.url });
    const { client } = await connectV1(server);
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.callTool({ name: 'fail' });
    await client.listTools();
    await client.getPrompt({ name: 'greet', arguments: { name: 'you' } });
    await client.readResource({ uri: 'note://1' });
    await expect(client.request({ method: 'no/such' }, {} as never)).rejects.toThrow();
    await telemetry.startActiveSpan('my work', { 'my.attribute': 1 }, async () => {});
    telemetry.getHistogram('my.time', { unit: 's' })(1.5, { 'my.attribute': 1 });
    telemetry.getIncrementCounter('my.things')(2);
    const { sessionId } = telemetry;
    await client.close();
    await telemetry.shutdown();

    expect(sessionId).toMatch(UUID);
    expect(telemetry.sessionId).toBe(sessionId);
    expect(identities()).toEqual(new Set([sessionId]));
    expect(sink.spans.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'tools/call echo',
        'tools/call fail',
        'tools/list',
        'my work',
        'mcp.session end',
      ]),
    );
    expect([...sink.metricNames].sort()).toEqual([
      'mcp.server.client_session.active',
      'mcp.server.client_session.duration',
      'mcp.server.operation.active',
      'mcp.server.operation.duration',
      'mcp.server.request.size',
      'mcp.server.response.size',
      'mcp.server.session.duration',
      'my.things',
      'my.time',
    ]);
  });

  test('is the same for every manager of the process, and another one in another process', async () => {
    const managers = [1, 2, 3].map(
      (i) => new TelemetryManager({ serverName: `s${i}`, exporterType: 'none' }),
    );
    const ids = new Set(managers.map(({ sessionId }) => sessionId));
    expect(ids.size).toBe(1);

    const child = startServer({ hooks: {}, config: { exporterEndpoint: sink.url } });
    child.send(initialize);
    child.endStdin();
    await child.exited;
    expect(identities().size).toBe(1);
    expect([...identities()][0]).toMatch(UUID);
    expect(ids).not.toEqual(identities());
  });
});

describe('shutdown, wired to the exit of the process as the document has it,', () => {
  const wired = () =>
    startChild(join(__dirname, 'servers/wired.mjs'), {
      args: [JSON.stringify({ exporterEndpoint: sink.url })],
    });

  test.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind at %s', async (signal) => {
    const child = wired();
    child.send(initialize);
    await child.lines(1);
    child.kill(signal);
    expect(await child.exited).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(durations()).toHaveLength(1);
    expect(sink.spans.map(({ name }) => name)).toContain('mcp.session end');
  });

  test('leaves nothing behind at an uncaught exception', async () => {
    const child = wired();
    child.send(initialize, call(1, 'crash'));
    expect(await child.exited).toMatchObject({ code: 1, signal: null });
    expect(durations()).toHaveLength(1);
    expect(sink.spans.map(({ name }) => name)).toContain('tools/call crash');
  });

  test('and skipped, leaves nothing behind either: a process that outlives the server sends it', async () => {
    const child = startServer({ config: { exporterEndpoint: sink.url } });
    child.send(initialize, call(1, 'leave'));
    expect(await child.exited).toMatchObject({ code: 3, stderr: '' });
    await sink.until(() => durations().length > 0 && sink.spans.length === 4);
  });
});

describe('what “session” does not mean', () => {
  test('a client: two clients of one process share it, and differ in their client session and requests', async () => {
    const telemetry = new TelemetryManager({ exporterEndpoint: sink.url });
    const host = await statefulV1(telemetry);
    for (const { client } of [await connectHttp(host.url), await connectHttp(host.url)]) {
      await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
      await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
      await client.close();
    }
    await telemetry.shutdown();

    expect(identities()).toEqual(new Set([telemetry.sessionId]));
    expect(calls()).toHaveLength(4);
    const distinct = (attribute: string) =>
      new Set(calls().map(({ attributes }) => attributes[attribute])).size;
    expect(distinct('mcp.client.session.id')).toBe(2);
    expect(distinct('mcp.request.id')).toBe(4);
    expect(distinct('jsonrpc.request.id')).toBe(2);
  });

  test('an address: client.address differentiates two clients', async () => {
    const telemetry = new TelemetryManager({ exporterEndpoint: sink.url });
    const host = await statelessV1(telemetry);
    for (const localAddress of ['127.0.0.1', '127.0.0.2']) {
      expect(await post(host.url, localAddress, call(1, 'echo', { text: 'hi' }))).toContain('"hi"');
    }
    await telemetry.shutdown();
    expect(calls().map(({ attributes }) => attributes['client.address'])).toEqual(['127.0.0.1', '127.0.0.2']);
    expect(new Set(calls().map(({ attributes }) => attributes['mcp.client.session.id'])).size).toBe(2);
    expect(identities()).toEqual(new Set([telemetry.sessionId]));
  });

  test('a connection: a server that is connected twice stays in its session', async () => {
    const server = v1Server();
    const telemetry = new TelemetryManager({ exporterEndpoint: sink.url }).instrument(server);
    for (let connection = 0; connection < 2; connection += 1) {
      const { client } = await connectV1(server);
      await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
      await client.close();
    }
    await telemetry.shutdown();
    expect(identities()).toEqual(new Set([telemetry.sessionId]));
    expect(new Set(calls().map(({ attributes }) => attributes['mcp.client.session.id'])).size).toBe(2);
  });
});

test('each call has ids of its own: a UUID, the session’s, and the tool that was called', async () => {
  const server = v1Server();
  const telemetry = new TelemetryManager({ exporterEndpoint: sink.url }).instrument(server);
  const { client } = await connectV1(server);
  for (const name of ['echo', 'fail', 'echo']) {
    await client.callTool({ name, arguments: { text: 'hi' } });
  }
  await telemetry.shutdown();
  expect(calls().map(({ attributes }) => attributes['mcp.tool.name'])).toEqual(['echo', 'fail', 'echo']);
  for (const { attributes } of calls()) expect(attributes['mcp.request.id']).toMatch(UUID);
  const combined = calls().map(({ attributes: a }) => `${a['mcp.session.id']}/${a['mcp.request.id']}`);
  expect(new Set(combined).size).toBe(3);
});

async function post(url: URL, localAddress: string, message: object): Promise<string> {
  const request = http.request(url, {
    method: 'POST',
    localAddress,
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  });
  request.end(JSON.stringify(message));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return text(response);
}
