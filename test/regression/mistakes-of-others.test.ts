import { afterEach, describe, expect, test } from '@jest/globals';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { z } from 'zod';
import { instrumentServer } from '../../src/sdk/instrument-server.ts';
import { closeHosts, connectHttp, statefulV1, statelessV1 } from '../support/http-v1.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { closeRecordings, isError, record } from '../support/recording.ts';
import { gate, settled, until } from '../support/until.ts';
import { connectV1, v1Server } from '../support/v1.ts';
import { wireV1 } from '../support/wire.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

async function observed(server = v1Server(), config = {}) {
  const recording = record(config);
  recording.telemetry.instrument(server);
  return { ...recording, ...(await connectV1(server)), server };
}

// Each was seen by running another package for MCP telemetry.
describe('what other packages get wrong', () => {
  test('a handler’s exception is not swallowed: the client is told, the span keeps it', async () => {
    const { client, one } = await observed();
    await expect(client.callTool({ name: 'fail', arguments: {} })).resolves.toMatchObject({
      isError: true,
      content: [{ text: 'no money' }],
    });
    expect(one('tools/call fail').events[0]?.attributes?.['exception.message']).toBe('no money');
    await client.close();
  });

  test('a handler’s second argument is not dropped', async () => {
    const server = new McpServer({ name: 's', version: '1' });
    const seen: unknown[] = [];
    server.registerTool('with', { inputSchema: { n: z.number() } }, async ({ n }, extra) => {
      seen.push(n, extra.signal instanceof AbortSignal, typeof extra.sendRequest, extra.requestId);
      return { content: [] };
    });
    const { client } = await observed(server);
    await client.callTool({ name: 'with', arguments: { n: 1 } });
    expect(seen).toEqual([1, true, 'function', 1]);
    await client.close();
  });

  test('`isError` is not recorded as success', async () => {
    const { client, one } = await observed();
    await client.callTool({ name: 'refuse', arguments: {} });
    expect(isError(one('tools/call refuse'))).toBe(true);
    await client.close();
  });

  test('a metric in seconds is given seconds, not milliseconds', async () => {
    const server = new McpServer({ name: 's', version: '1' });
    server.registerTool('half', {}, async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { content: [] };
    });
    const { client, points } = await observed(server);
    await client.callTool({ name: 'half' });
    const [point] = (await points('mcp.server.operation.duration')).filter(
      ({ attributes }) => attributes['gen_ai.tool.name'] === 'half',
    );
    expect(point?.unit).toBe('s');
    const sum = (point as unknown as { value: { sum: number } }).value.sum;
    expect(sum).toBeGreaterThan(0.045);
    expect(sum).toBeLessThan(2);
    await client.close();
  });

  test('tools are attributes: no metric is named after one', async () => {
    const { client, points } = await observed();
    for (const name of ['echo', 'refuse', 'fail', 'nobody']) {
      await client.callTool({ name, arguments: { text: '' } });
    }
    await client.close();
    expect(new Set((await points()).map(({ metric }) => metric))).toEqual(
      new Set([
        'mcp.server.operation.duration',
        'mcp.server.operation.active',
        'mcp.server.request.size',
        'mcp.server.response.size',
        'mcp.server.client_session.active',
        'mcp.server.client_session.duration',
      ]),
    );
  });

  test('two servers of one process each send to their own endpoint, under their own name', async () => {
    const sinks = [await startOtlpSink(), await startOtlpSink()];
    for (const [n, sink] of sinks.entries()) {
      const server = v1Server();
      const telemetry = instrumentServer(server, { serverName: `server-${n}`, exporterEndpoint: sink.url });
      const { client } = await connectV1(server);
      await client.callTool({ name: n === 0 ? 'echo' : 'refuse', arguments: { text: 'hi' } });
      await client.close();
      await telemetry.shutdown();
    }
    for (const [n, sink] of sinks.entries()) {
      expect(new Set(sink.spans.map(({ resource }) => resource['service.name']))).toEqual(
        new Set([`server-${n}`]),
      );
      expect(sink.spans.map(({ name }) => name)).toContain(n === 0 ? 'tools/call echo' : 'tools/call refuse');
      await sink.close();
    }
  });

  test('servers of one manager share one tracer: no provider is made per server', async () => {
    let tracers = 0;
    const { provider } = record();
    const { telemetry } = record({
      tracerProvider: {
        getTracer: (...args): Tracer => {
          tracers += 1;
          return provider.getTracer(...args);
        },
      },
    });
    for (let n = 0; n < 50; n += 1) {
      const { client } = await connectV1(telemetryOf(v1Server()));
      await client.close();
    }
    expect(tracers).toBe(1);
    function telemetryOf(server: McpServer): McpServer {
      telemetry.instrument(server);
      return server;
    }
  });

  test.each([
    [{ enableTracing: false }, ['/v1/metrics']],
    [{ enableMetrics: false }, ['/v1/traces']],
    [{ enableTracing: false, enableMetrics: false }, []],
  ])('what is turned off is not sent: %j', async (off, paths) => {
    const sink = await startOtlpSink();
    const server = v1Server();
    const telemetry = instrumentServer(server, { exporterEndpoint: sink.url, serverName: 'off', ...off });
    const { client } = await connectV1(server);
    await client.listTools();
    await client.close();
    await telemetry.shutdown();
    expect([...new Set(sink.requests.map(({ path }) => path))]).toEqual(paths);
    await sink.close();
  });

  test('the console exporter keeps off stdout, the wire of a stdio server', async () => {
    const written = { stdout: '', stderr: '' };
    const { stdout, stderr } = process;
    const writes = [stdout.write, stderr.write] as const;
    stdout.write = ((text: string) => {
      written.stdout += text;
      return true;
    }) as typeof stdout.write;
    stderr.write = ((text: string) => {
      written.stderr += text;
      return true;
    }) as typeof stderr.write;
    try {
      const server = v1Server();
      const telemetry = instrumentServer(server, { exporterType: 'console', serverName: 'console' });
      const { client } = await connectV1(server);
      await client.listTools();
      await client.close();
      await telemetry.shutdown();
    } finally {
      [stdout.write, stderr.write] = writes;
    }
    expect(written.stdout).toBe('');
    expect(written.stderr).toContain('tools/list');
  });

  test('redaction goes by the whole key: `monkey` and `author` stay, `api_key` goes', async () => {
    const server = new McpServer({ name: 's', version: '1' });
    server.registerTool('zoo', { inputSchema: z.looseObject({}) }, async () => ({ content: [] }));
    const { client, one } = await observed(server, { enableArgumentCollection: true });
    await client.callTool({
      name: 'zoo',
      arguments: { monkey: 'George', author: 'Rey', keyboard: 'qwertz', api_key: 'abc123' },
    });
    const recorded = one('tools/call zoo').attributes['gen_ai.tool.call.arguments'];
    expect(recorded).toContain('"monkey":"George","author":"Rey","keyboard":"qwertz"');
    expect(recorded).not.toContain('abc123');
    await client.close();
  });

  test('`client.address` is the client’s, and its port is not the server’s own', async () => {
    const { telemetry, one } = record();
    const host = await statelessV1(telemetry);
    const { client } = await connectHttp(host.url);
    await client.listTools();
    await client.close();
    const { attributes } = one('tools/list');
    expect(attributes['client.address']).toBe('127.0.0.1');
    expect(attributes['client.port']).not.toBe(Number(host.url.port));
    expect(attributes).not.toHaveProperty(['server.address']);
  });

  test('no token, no header and no authInfo leaves the process', async () => {
    const sink = await startOtlpSink();
    const telemetry = instrumentServer(v1Server(), {
      exporterEndpoint: sink.url,
      serverName: 'secrets',
      enableArgumentCollection: true,
      enableResultCollection: true,
    });
    const host = await statefulV1(telemetry, {
      auth: (request) => ({
        token: String(request.headers.authorization).slice(7),
        clientId: 'client-of-joe',
        scopes: ['scope-of-joe'],
        extra: { email: 'joe@example.com' },
      }),
    });
    const { client } = await connectHttp(host.url, {
      headers: { authorization: 'Bearer secret-token-1', cookie: 'id=secret-cookie', 'x-own': 'secret-own' },
    });
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.close();
    await telemetry.shutdown();
    const sent = sink.requests.map(({ body }) => body).join('\n');
    expect(sent).toContain('tools/call echo');
    expect(sent).not.toMatch(/secret-|of-joe|joe@|authorization|cookie/i);
    await sink.close();
  });

  test('concurrent requests do not share one mutable session', async () => {
    const { telemetry, named } = record();
    const both = gate();
    let running = 0;
    const host = await statefulV1(telemetry, {
      create: () => {
        const server = new McpServer({ name: 's', version: '1' });
        server.registerTool('together', {}, async () => {
          running += 1;
          if (running === 2) both.open();
          await both.opened;
          return { content: [] };
        });
        return server;
      },
    });
    const [one, two] = [await connectHttp(host.url), await connectHttp(host.url)];
    await Promise.all([one, two].map(({ client }) => client.callTool({ name: 'together' })));
    const ids = named('tools/call together').map(({ attributes }) => attributes['mcp.client.session.id']);
    expect(new Set(ids)).toEqual(new Set([one.transport.sessionId, two.transport.sessionId]));
    await one.client.close();
    await two.client.close();
  });

  test('a session without a tool call is visible', async () => {
    const { client, one } = await observed();
    await client.close();
    expect(one('mcp.session start').attributes['mcp.client.name']).toBe('test-client');
    expect(one('mcp.session end').attributes['mcp.client.session.calls']).toBe(1);
  });

  test('the id 1 of a second client is counted beside the first’s', async () => {
    const { telemetry, named } = record();
    const open: (() => void)[] = [];
    const wires = [];
    for (let n = 0; n < 2; n += 1) {
      const server = new McpServer({ name: 's', version: '1' });
      server.registerTool('wait', {}, async () => {
        await new Promise<void>((resolve) => open.push(resolve));
        return { content: [] };
      });
      telemetry.instrument(server);
      const wire = await wireV1(server);
      wire.request(1, 'tools/call', { name: 'wait' });
      wires.push(wire);
    }
    await until(() => open.length === 2, 'both calls');
    for (const end of open) end();
    await Promise.all(wires.map((wire) => wire.answer(1)));
    expect(named('tools/call wait').map(({ status }) => status.code)).toEqual([
      SpanStatusCode.UNSET,
      SpanStatusCode.UNSET,
    ]);
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 1 }, { calls: 1 }]);
    for (const wire of wires) await wire.close();
  });

  test('ids and progress tokens that are 0 or empty are ids and tokens', async () => {
    const server = new McpServer({ name: 's', version: '1' });
    server.registerTool('report', {}, async (extra) => {
      const progressToken = extra._meta?.progressToken;
      if (progressToken !== undefined) {
        await extra.sendNotification({
          method: 'notifications/progress',
          params: { progressToken, progress: 1 },
        });
      }
      return { content: [] };
    });
    const { telemetry, named } = record();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    for (const id of [0, '']) {
      wire.request(id, 'tools/call', { name: 'report', _meta: { progressToken: id } });
      await wire.answer(id);
    }
    expect(named('tools/call report').map(({ attributes }) => attributes['jsonrpc.request.id'])).toEqual([
      '0',
      '',
    ]);
    const progress = wire.received.filter(({ method }) => method === 'notifications/progress');
    expect(progress.map(({ params }) => params.progressToken)).toEqual([0, '']);
    expect(named('notifications/progress')).toHaveLength(2);
    await wire.close();
  });

  test('a handler that throws synchronously runs once', async () => {
    const server = new McpServer({ name: 's', version: '1' });
    let runs = 0;
    server.registerTool('throw', {}, () => {
      runs += 1;
      throw new Error('at once');
    });
    const { client } = await observed(server);
    await client.callTool({ name: 'throw' });
    expect(runs).toBe(1);
    await client.close();
  });

  test('telemetry that throws, wherever it can, loses no response', async () => {
    const broken = (): never => {
      throw new Error('broken telemetry');
    };
    const instrument = { add: broken, record: broken };
    const { telemetry } = record({
      tracerProvider: { getTracer: () => ({ startSpan: broken, startActiveSpan: broken }) },
      meterProvider: {
        getMeter: () =>
          ({
            createHistogram: () => instrument,
            createUpDownCounter: () => instrument,
            createObservableUpDownCounter: () => ({ addCallback: broken }),
          }) as never,
      },
      propagator: { fields: broken, inject: broken, extract: broken },
      dataProcessors: [broken],
      sessionKey: broken,
      identifyUser: broken,
    });
    const server = v1Server();
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    await expect(client.callTool({ name: 'echo', arguments: { text: 'hi' } })).resolves.toMatchObject({
      content: [{ text: 'hi' }],
    });
    await expect(client.callTool({ name: 'fail', arguments: {} })).resolves.toMatchObject({ isError: true });
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 3 }]);
    await client.close();
    expect(telemetry.activeSessions()).toEqual([]);
  });

  test('the span of a cancelled request does not stay open', async () => {
    const server = new McpServer({ name: 's', version: '1' });
    const started = gate<AbortSignal>();
    server.registerTool('wait', {}, async (extra) => {
      started.open(extra.signal);
      await new Promise((resolve) => extra.signal.addEventListener('abort', resolve));
      return { content: [] };
    });
    const { telemetry, one, points } = record();
    telemetry.instrument(server);
    const wire = await wireV1(server);
    wire.request(1, 'tools/call', { name: 'wait' });
    await started.opened;
    wire.notify('notifications/cancelled', { requestId: 1 });
    await settled();
    expect(one('tools/call wait').attributes['error.type']).toBe('cancelled');
    for (const { value } of await points('mcp.server.operation.active')) expect(value).toBe(0);
    await wire.close();
  });
});
