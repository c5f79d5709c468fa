import { afterEach, describe, expect, test } from '@jest/globals';
import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { TelemetryConfig } from '../../src/sdk/types.ts';
import { closeHosts, statefulV1 } from '../support/http-v1.ts';
import { handlerV2 } from '../support/http-v2.ts';
import { MODERN } from '../support/pipes.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { settled, until } from '../support/until.ts';
import { type RawWire, wireV1, wireV2 } from '../support/wire.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

const EVERYTHING: TelemetryConfig = {
  enableArgumentCollection: true,
  enableResultCollection: true,
  identifyUser: () => 'user',
  sessionKey: ({ meta }) => meta['conversation'] as string | undefined,
  dataProcessors: [(attributes) => attributes],
};

const versions = [
  ['v1', (name: string) => new McpServerV1({ name, version: '1' }, options()), wireV1],
  [
    'v2',
    (name: string) => new McpServer({ name, version: '1' }, options()) as unknown as McpServerV1,
    wireV2,
  ],
] as const;

function options() {
  return { capabilities: { logging: {}, tools: {} } };
}

const ticks = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await Promise.resolve();
};

/** Tools of every pace and temper. What they do goes to `log`, beside what the wire carries. */
function scripted(server: McpServerV1, log: string[]): void {
  const noted =
    (name: string, run: (...args: any[]) => any) =>
    (...args: any[]) => {
      log.push(`${name} starts`);
      const result = run(...args);
      if (result instanceof Promise)
        result.then(
          () => log.push(`${name} ends`),
          () => log.push(`${name} fails`),
        );
      else log.push(`${name} ends`);
      return result;
    };
  const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
  server.registerTool(
    'sync',
    {},
    noted('sync', () => text('sync')),
  );
  server.registerTool(
    'sync-throw',
    {},
    noted('sync-throw', () => {
      throw new Error('at once');
    }),
  );
  for (const pace of [1, 3, 10]) {
    server.registerTool(
      `ticks-${pace}`,
      {},
      noted(`ticks-${pace}`, async () => {
        await ticks(pace);
        return text(`after ${pace}`);
      }),
    );
    server.registerTool(
      `throw-${pace}`,
      {},
      noted(`throw-${pace}`, async () => {
        await ticks(pace);
        throw new RangeError(`after ${pace}`);
      }),
    );
  }
  server.registerTool(
    'typed',
    { inputSchema: z.object({ n: z.number() }) as never },
    noted('typed', async ({ n }: { n: number }) => text(String(n))) as never,
  );
  server.registerTool(
    'asks',
    {},
    noted('asks', async () => {
      const { roots } = await server.server.listRoots();
      log.push(`asks got ${roots.length}`);
      await server.server.sendLoggingMessage({ level: 'info', data: 'asked' });
      return text('asked');
    }),
  );
  server.registerPrompt('prompt', {}, () => ({ messages: [] }));
  server.registerResource('r', 'r://1', {}, async () => ({ contents: [] }));
}

/** The one thing that telemetry adds to a message: the trace context of the server's own requests. */
function withoutTraceContext({ params, ...message }: any): object {
  if (params === undefined) return message;
  const { _meta: { traceparent, ...meta } = {}, ...rest } = params as any;
  if (traceparent === undefined) return { ...message, params };
  const left = { ...rest, ...(Object.keys(meta).length > 0 && { _meta: meta }) };
  return { ...message, ...(Object.keys(left).length > 0 && { params: left }) };
}

async function play(version: (typeof versions)[number], instrument?: (server: McpServerV1) => void) {
  const [, create, connect] = version;
  const log: string[] = [];
  const server = create('scripted');
  if (instrument !== undefined) instrument(server);
  scripted(server, log);
  const wire: RawWire = await connect(server);
  // The client's end: everything the server sends is an event, and its requests are answered at once.
  const push = wire.received.push.bind(wire.received);
  wire.received.push = (message: any) => {
    log.push(JSON.stringify(withoutTraceContext(message)));
    if (message.method === 'roots/list')
      wire.send({ jsonrpc: '2.0', id: message.id, result: { roots: [{ uri: 'file:///r' }] } });
    return push(message);
  };
  await wire.initialize();
  const call = (id: string | number, name: string, rest = {}): void =>
    wire.request(id, 'tools/call', { name, ...rest });
  call(1, 'ticks-10');
  call(2, 'sync');
  wire.request(3, 'no/such');
  call(4, 'ticks-1', {
    _meta: { conversation: 'b', traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` },
  });
  call(5, 'throw-3');
  call(6, 'sync-throw');
  wire.request(7, 'ping');
  call(8, 'asks');
  call(9, 'nobody');
  call(10, 'typed', { arguments: { n: 1 } });
  call(11, 'typed', { arguments: { n: 'one' } });
  wire.request(12, 'tools/list');
  call(13, 'throw-10');
  wire.notify('notifications/cancelled', { requestId: 13 });
  wire.request(14, 'prompts/get', { name: 'prompt' });
  wire.request(15, 'resources/read', { uri: 'r://1' });
  wire.request(16, 'resources/read', { uri: 'r://2' });
  call(17, 'ticks-3');
  call(17, 'ticks-1');
  wire.notify('notifications/made-up');
  wire.send({ nonsense: true });
  call('', 'throw-1');
  call(0, 'sync');
  await until(() => log.some((line) => line.includes('"text":"asked"')), 'the slowest answer');
  await settled();
  const errors: string[] = [];
  server.server.onerror = (error) => errors.push(error.message);
  wire.send({ jsonrpc: '2.0', id: 'no request of ours', result: {} });
  await settled();
  await wire.close();
  await settled();
  return { log, errors };
}

describe.each(versions)('an instrumented server (%s)', (...version) => {
  test.each([
    ['plain', {}],
    ['with all options', EVERYTHING],
    ['without tracing', { enableTracing: false }],
    ['without metrics', { enableMetrics: false }],
  ])('does, answers and sends the same in the same order (%s)', async (_, config: TelemetryConfig) => {
    const bare = await play(version);
    const { telemetry, spans } = record(config);
    const observed = await play(version, (server) => telemetry.instrument(server));
    expect(observed.log).toEqual(bare.log);
    expect(observed.errors).toEqual(bare.errors);
    expect(bare.log.length).toBeGreaterThan(40);
    if (config.enableTracing !== false) expect(spans().length).toBeGreaterThan(25);
  });

  test('does so after its manager was shut down', async () => {
    const bare = await play(version);
    const { telemetry, spans } = record();
    const observed = await play(version, (server) => {
      telemetry.instrument(server);
      void telemetry.shutdown();
    });
    expect(observed.log).toEqual(bare.log);
    expect(spans()).toEqual([]);
  });

  test('hands its handlers the same second argument, which works', async () => {
    const seen: { keys: string[]; aborted: boolean; same: boolean }[] = [];
    for (const instrumented of [false, true]) {
      const server = version[1]('extra');
      server.registerTool('look', {}, async (extra: any) => {
        const inner = extra.mcpReq ?? extra;
        const signal: AbortSignal = inner.signal;
        seen.push({
          keys: [...Object.keys(extra), ...Object.keys(inner)],
          aborted: signal.aborted,
          same: signal === inner.signal,
        });
        const send = extra.sendRequest ?? inner.send;
        const { roots } = await send({ method: 'roots/list' }, z.looseObject({}));
        return { content: [{ type: 'text', text: String(roots.length) }] };
      });
      if (instrumented) record().telemetry.instrument(server);
      const wire = await version[2](server);
      await wire.initialize();
      wire.request(1, 'tools/call', { name: 'look' });
      const asked = await until(() => wire.received.find(({ method }) => method === 'roots/list'), 'it');
      wire.send({ jsonrpc: '2.0', id: asked.id, result: { roots: [] } });
      await expect(wire.answer(1)).resolves.toMatchObject({ result: { content: [{ text: '0' }] } });
      await wire.close();
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]?.aborted).toBe(false);
  });

  test('keeps the transport that it was given, and the callbacks that were set on it', async () => {
    const server = version[1]('transport');
    record().telemetry.instrument(server);
    const messages: unknown[] = [];
    let closed = 0;
    const wire = await version[2]({
      connect: (transport) => {
        transport.onmessage = (message: unknown, extra: unknown) => messages.push([message, extra]);
        transport.onclose = () => {
          closed += 1;
        };
        return server.connect(transport);
      },
    });
    expect(server.server.transport).toBe(wire.transport);
    wire.request(1, 'ping');
    await wire.answer(1);
    expect(messages).toEqual([[{ jsonrpc: '2.0', id: 1, method: 'ping' }, { authInfo: undefined }]]);
    await wire.close();
    expect(closed).toBeGreaterThan(0);
  });

  test('lets an onclose that throws throw', async () => {
    const { telemetry, one } = record();
    const server = version[1]('throws');
    telemetry.instrument(server);
    const wire = await version[2](server);
    wire.request(1, 'ping');
    await wire.answer(1);
    server.server.onclose = () => {
      throw new Error('the user’s own');
    };
    await expect(wire.transport.close()).rejects.toThrow('the user’s own');
    expect(one('mcp.session end').ended).toBe(true);
  });
});

/** Everything of a response that a client can see, but the date. */
async function whole(response: Response): Promise<unknown> {
  const { date: _, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, body: await response.text() };
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

describe('over HTTP', () => {
  test.each([true, false])(
    'v1 answers byte for byte the same (JSON responses: %s)',
    async (enableJsonResponse) => {
      const answers: unknown[][] = [];
      for (const telemetry of [undefined, record().telemetry]) {
        const host = await statefulV1(telemetry, {
          options: { enableJsonResponse, sessionIdGenerator: () => 'one-session' },
        });
        const post = async (body: unknown, headers = {}): Promise<unknown> =>
          whole(
            await fetch(host.url, {
              method: 'POST',
              headers: { ...HEADERS, ...headers },
              body: typeof body === 'string' ? body : JSON.stringify(body),
            }),
          );
        const session = { 'mcp-session-id': 'one-session', 'mcp-protocol-version': '2025-11-25' };
        const request = (id: unknown, method: string, params?: unknown) => ({
          jsonrpc: '2.0',
          id,
          method,
          params,
        });
        answers.push([
          await post(
            request(0, 'initialize', {
              protocolVersion: '2025-11-25',
              capabilities: {},
              clientInfo: { name: 'raw', version: '1' },
            }),
          ),
          await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, session),
          await post(request(1, 'tools/list'), session),
          await post(request('x', 'tools/call', { name: 'echo', arguments: { text: 'hi' } }), session),
          await post(request(2, 'tools/call', { name: 'fail' }), session),
          await post(request(3, 'no/such'), session),
          await post(request(4, 'initialize'), session),
          await post('{"jsonrpc":', session),
          await post({ jsonrpc: '1.0', id: 1, method: 'ping' }, session),
          await post(request(5, 'ping'), { ...session, 'mcp-protocol-version': 'never' }),
          await whole(await fetch(host.url, { method: 'DELETE', headers: session })),
        ]);
      }
      expect(answers[1]).toEqual(answers[0]);
    },
  );

  test('v2 answers byte for byte the same', async () => {
    const answers: unknown[][] = [];
    for (const telemetry of [undefined, record().telemetry]) {
      const host = await handlerV2(telemetry);
      const post = async (method: string, params: object, headers = {}): Promise<unknown> =>
        whole(
          await fetch(host.url, {
            method: 'POST',
            headers: {
              ...HEADERS,
              'mcp-protocol-version': '2026-07-28',
              'mcp-method': method,
              ...('name' in params && { 'mcp-name': String(params.name) }),
              ...headers,
            },
            body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: MODERN } }),
          }),
        );
      answers.push([
        await post('server/discover', {}),
        await post('tools/list', {}),
        await post('tools/call', { name: 'echo', arguments: { text: 'hi' } }),
        await post('tools/call', { name: 'fail', arguments: {} }),
        await post('tools/call', { name: 'nobody' }),
        await post('prompts/get', { name: 'greet', arguments: { name: 'Joe' } }),
        await post('no/such', {}),
        await post('tools/list', {}, { 'mcp-protocol-version': '1999-01-01' }),
        await post('tools/list', {}, { 'mcp-method': 'tools/call' }),
      ]);
    }
    expect(answers[1]).toEqual(answers[0]);
  });
});
