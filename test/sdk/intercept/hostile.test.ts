import { afterEach, describe, expect, test } from '@jest/globals';
import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer } from '@modelcontextprotocol/server';
import { SpanStatusCode } from '@opentelemetry/api';
import type { DataProcessor } from '../../../src/sdk/types.ts';
import { closeHosts, connectHttp, statelessV1 } from '../../support/http-v1.ts';
import { closeRecordings, record } from '../../support/recording.ts';
import { stderrOf } from '../../support/stderr.ts';
import { settled, until } from '../../support/until.ts';
import { v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';
import { wireV1, wireV2 } from '../../support/wire.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

const versions = [
  ['v1', v1Server, (name: string) => new McpServerV1({ name, version: '1' }), wireV1],
  ['v2', v2Server, (name: string) => new McpServer({ name, version: '1' }), wireV2],
] as const;

const fails = (): never => {
  throw new Error('broken on purpose');
};

const processors: [string, DataProcessor][] = [
  ['throws', fails],
  ['returns nothing', () => undefined],
  ['returns null', () => null],
  ['returns a text', () => 'attributes'],
  ['returns a list', () => ['mcp.method.name']],
  ['returns a promise', async (attributes) => attributes],
];

describe.each(versions)('a data processor (%s)', (_version, create, _bare, connect) => {
  test.each(processors)('that %s loses the attributes, not the request and not the span', async (_, bad) => {
    const { telemetry, one, points } = record({
      dataProcessors: [bad],
      enableArgumentCollection: true,
      enableResultCollection: true,
    });
    const server = create();
    telemetry.instrument(server);
    const wire = await connect(server);
    await wire.initialize();
    wire.request(1, 'tools/call', { name: 'echo', arguments: { text: 'hi' } });
    await expect(wire.answer(1)).resolves.toMatchObject({ result: { content: [{ text: 'hi' }] } });
    expect(one('tools/call echo').attributes).toEqual({});
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 2, tools: ['echo'] }]);
    expect(await points('mcp.server.operation.duration')).toMatchObject([{ attributes: {} }]);
    await wire.close();
    expect(one('mcp.session end').attributes).toEqual({});
  });

  test('that returns other attributes has its way everywhere, also after one that adds some', async () => {
    const { telemetry, spans, points } = record({
      dataProcessors: [
        (attributes) => ({ ...attributes, added: 1 }),
        ({ added, ...rest }) => ({ added, few: Object.keys(rest).length > 0 }),
      ],
    });
    const server = create();
    telemetry.instrument(server);
    const wire = await connect(server);
    await wire.initialize();
    wire.request(1, 'tools/call', { name: 'fail', arguments: {} });
    await wire.answer(1);
    await wire.close();
    for (const span of spans()) expect(span.attributes).toEqual({ added: 1, few: true });
    const [event] = spans().flatMap((span) => span.events);
    expect(event?.attributes).toEqual({ added: 1, few: true });
    for (const { attributes } of await points()) expect(attributes).toEqual({ added: 1, few: true });
  });
});

test('the exception of a span is not later than its end', async () => {
  const { telemetry, one } = record();
  const server = v1Server();
  telemetry.instrument(server);
  const wire = await wireV1(server);
  wire.request(1, 'tools/call', { name: 'fail', arguments: {} });
  await wire.answer(1);
  const span = one('tools/call fail');
  expect(span.events.map(({ time }) => time)).toEqual([span.endTime]);
  await wire.close();
});

test('hooks whose promises reject do not end the process, and say so', async () => {
  const rejects = (): Promise<never> => Promise.reject(new Error('too late'));
  const { telemetry, one } = record({
    dataProcessors: [(attributes) => attributes, rejects, () => ({ never: 'called' })],
    sessionKey: rejects as never,
    identifyUser: rejects as never,
  });
  const server = v1Server();
  telemetry.instrument(server);
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const said = await stderrOf(async () => {
    const wire = await wireV1(server);
    wire.transport.onmessage({ jsonrpc: '2.0', id: 1, method: 'ping' }, { authInfo: {} });
    await wire.answer(1);
    await wire.close();
    await settled();
  });
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
  for (const hook of ['a data processor', 'the sessionKey hook', 'the identifyUser hook']) {
    expect(said).toContain(`${hook} failed, the request goes on: Error: too late`);
  }
  expect(one('ping').attributes).toEqual({});
});

describe('a hook', () => {
  const auth = () => ({ token: 'secret-token', clientId: 'app', scopes: [], extra: { sub: 'joe' } });

  test('identifyUser names the user on spans, and is told what authentication found', async () => {
    const seen: unknown[] = [];
    const { telemetry, one, points } = record({
      identifyUser: (authInfo) => {
        seen.push(authInfo);
        return 'pseudonym';
      },
    });
    const host = await statelessV1(telemetry, { auth });
    const { client } = await connectHttp(host.url);
    await client.listTools();
    await client.close();
    expect(one('tools/list').attributes['enduser.pseudo.id']).toBe('pseudonym');
    expect(seen[0]).toEqual(auth());
    expect(JSON.stringify(await points())).not.toContain('pseudonym');
  });

  test.each([
    ['throws', fails],
    ['returns an object', () => ({ id: 1 })],
    ['returns an empty text', () => ''],
    ['returns a promise', async () => 'joe'],
  ])('that %s counts as one that knows nothing', async (_, hook) => {
    const { telemetry, one } = record({ identifyUser: hook as never, sessionKey: hook as never });
    const host = await statelessV1(telemetry, { auth });
    const { client } = await connectHttp(host.url);
    await expect(client.callTool({ name: 'echo', arguments: { text: 'hi' } })).resolves.toMatchObject({
      content: [{ text: 'hi' }],
    });
    await client.close();
    const { attributes } = one('tools/call echo');
    expect(attributes).not.toHaveProperty(['enduser.pseudo.id']);
    expect(attributes['mcp.client.session.source']).toBe('inferred');
  });

  test('nothing of authInfo is recorded', async () => {
    const { telemetry, spans, points } = record();
    const host = await statelessV1(telemetry, { auth });
    const { client } = await connectHttp(host.url, { headers: { authorization: 'Bearer secret-token' } });
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.close();
    const all = JSON.stringify([
      spans().map(({ attributes, events }) => [attributes, events]),
      await points(),
    ]);
    expect(all).not.toMatch(/secret-token|joe|Bearer/);
  });
});

/** Things that handlers throw and that cannot be looked at. */
const thrown: [string, () => unknown][] = [
  [
    'an error whose stack cannot be read',
    () => Object.defineProperty(new Error('shy'), 'stack', { get: fails }),
  ],
  [
    'an error whose name cannot be read',
    () => Object.defineProperty(new Error('shy'), 'name', { get: fails }),
  ],
  ['null', () => null],
  ['undefined', () => undefined],
  ['a text', () => 'just text'],
  ['a symbol', () => Symbol('odd')],
  [
    'a revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
];

describe.each(versions)('a tool (%s)', (_version, _create, bare, connect) => {
  test.each(thrown)('that throws %s is answered as without telemetry, and its span ends', async (_, make) => {
    const answers: unknown[] = [];
    const { telemetry, named, points } = record();
    for (const instrumented of [false, true]) {
      const server = bare('throwing') as McpServerV1;
      server.registerTool('throw', {}, async () => {
        throw make();
      });
      if (instrumented) telemetry.instrument(server);
      const wire = await connect(server);
      wire.request(1, 'tools/call', { name: 'throw' });
      wire.request(2, 'ping');
      await wire.answer(2);
      await settled();
      answers.push(wire.received);
      await wire.close();
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(named('tools/call throw').concat(named('tools/call'))).toHaveLength(1);
    expect(named('mcp.session end')).toHaveLength(1);
    for (const { value } of await points('mcp.server.operation.active')) expect(value).toBe(0);
  });

  test('that cannot be described does not keep the others of a closing connection open', async () => {
    const { telemetry, named, one } = record();
    const server = bare('throwing') as McpServerV1;
    const open: (() => void)[] = [];
    server.registerTool('wait', {}, async () => {
      await new Promise<void>((resolve) => open.push(resolve));
      return { content: [] };
    });
    telemetry.instrument(server);
    const wire = await connect(server);
    for (const id of [1, 2]) wire.request(id, 'tools/call', { name: 'wait' });
    await until(() => open.length === 2, 'both calls');
    await wire.close();
    expect(named('tools/call wait')).toHaveLength(2);
    expect(one('mcp.session end').status.code).toBe(SpanStatusCode.UNSET);
  });
});
