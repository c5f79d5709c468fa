import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { completable } from '@modelcontextprotocol/sdk/server/completable.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  CallToolRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  ListToolsRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { z } from 'zod';
import { closeRecordings, isError, record } from '../support/recording.ts';
import { settled, until } from '../support/until.ts';
import { connectV1, v1Server } from '../support/v1.ts';

afterEach(closeRecordings);

/** Everything that a v1 server can be asked for. */
function fullServer(): McpServer {
  const server = v1Server();
  server.server.registerCapabilities({ resources: { subscribe: true } });
  server.server.setRequestHandler(SubscribeRequestSchema, async () => ({}));
  server.server.setRequestHandler(UnsubscribeRequestSchema, async () => ({}));
  server.registerPrompt(
    'complete-me',
    {
      argsSchema: {
        city: completable(z.string(), (value) => ['Basel', 'Bern'].filter((c) => c.startsWith(value))),
      },
    },
    async () => ({ messages: [] }),
  );
  server.registerResource(
    'file',
    new ResourceTemplate('file://{path}', {
      list: undefined,
      complete: { path: () => ['a', 'b'] },
    }),
    {},
    async (uri) => ({ contents: [{ uri: uri.href, text: '' }] }),
  );
  return server;
}

async function connected(server: McpServer | Server = fullServer(), config = {}) {
  const recording = record(config);
  recording.telemetry.instrument(server);
  const client = new Client(
    { name: 'full', version: '1' },
    { capabilities: { roots: { listChanged: true }, elicitation: {} } },
  );
  client.setRequestHandler(ListRootsRequestSchema, async () => ({ roots: [{ uri: 'file:///r' }] }));
  client.setRequestHandler(ElicitRequestSchema, async () => ({ action: 'accept', content: { name: 'Joe' } }));
  const pair = await connectV1(server as McpServer, client);
  return { ...recording, ...pair, client };
}

type Call = (client: Client) => Promise<unknown>;

const methods: [string, Call, Record<string, unknown>][] = [
  ['ping', (c) => c.ping(), {}],
  ['tools/list', (c) => c.listTools(), { 'mcp.tools.count': 3 }],
  [
    'tools/call echo',
    (c) => c.callTool({ name: 'echo', arguments: { text: 'hi' } }),
    { 'gen_ai.tool.name': 'echo', 'mcp.tool.name': 'echo', 'gen_ai.operation.name': 'execute_tool' },
  ],
  ['prompts/list', (c) => c.listPrompts(), {}],
  [
    'prompts/get greet',
    (c) => c.getPrompt({ name: 'greet', arguments: { name: 'Joe' } }),
    { 'gen_ai.prompt.name': 'greet' },
  ],
  ['resources/list', (c) => c.listResources(), {}],
  ['resources/templates/list', (c) => c.listResourceTemplates(), {}],
  ['resources/read', (c) => c.readResource({ uri: 'note://1' }), { 'mcp.resource.uri': 'note://1' }],
  [
    'resources/subscribe',
    (c) => c.subscribeResource({ uri: 'note://1' }),
    { 'mcp.resource.uri': 'note://1' },
  ],
  [
    'resources/unsubscribe',
    (c) => c.unsubscribeResource({ uri: 'note://1' }),
    { 'mcp.resource.uri': 'note://1' },
  ],
  [
    'completion/complete complete-me',
    (c) =>
      c.complete({
        ref: { type: 'ref/prompt', name: 'complete-me' },
        argument: { name: 'city', value: 'B' },
      }),
    { 'gen_ai.prompt.name': 'complete-me' },
  ],
  [
    'completion/complete',
    (c) =>
      c.complete({
        ref: { type: 'ref/resource', uri: 'file://{path}' },
        argument: { name: 'path', value: '' },
      }),
    { 'mcp.resource.uri': 'file://{path}' },
  ],
  ['logging/setLevel', (c) => c.setLoggingLevel('debug'), {}],
];

describe('every method of a v1 server', () => {
  test.each(methods)('%s is one server span and one data point', async (name, call, attributes) => {
    const { client, one, telemetry, points } = await connected();
    await call(client);
    const span = one(name);
    const method = name.split(' ')[0] as string;
    expect(span.kind).toBe(SpanKind.SERVER);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toMatchObject({
      ...attributes,
      'mcp.method.name': method,
      'mcp.session.id': telemetry.sessionId,
      'mcp.client.session.id': telemetry.activeSessions()[0]?.id,
      'jsonrpc.request.id': '1',
    });
    for (const absent of ['gen_ai.tool.name', 'gen_ai.prompt.name', 'mcp.resource.uri', 'error.type']) {
      if (!(absent in attributes)) expect(span.attributes).not.toHaveProperty([absent]);
    }
    const measured = (await points('mcp.server.operation.duration')).filter(
      (point) => point.attributes['mcp.method.name'] === method,
    );
    expect(measured).toMatchObject([{ unit: 's', value: { count: 1 } }]);
    expect(measured[0]?.attributes).not.toHaveProperty(['mcp.resource.uri']);
    expect(measured.map(({ value }) => (value as { sum: number }).sum)[0]).toBeLessThan(1);
    await client.close();
  });

  test('initialize and its notification are spans of the session that they open', async () => {
    const { client, one, named } = await connected();
    const initialize = one('initialize');
    expect(initialize.attributes).toMatchObject({
      'jsonrpc.request.id': '0',
      'mcp.protocol.version': '2025-11-25',
      'mcp.client.name': 'full',
    });
    await until(() => named('notifications/initialized')[0], 'the notification');
    const notification = one('notifications/initialized');
    expect(notification.kind).toBe(SpanKind.SERVER);
    expect(notification.attributes).not.toHaveProperty(['jsonrpc.request.id']);
    expect(notification.attributes).not.toHaveProperty(['mcp.request.id']);
    expect(notification.attributes['mcp.client.session.id']).toBe(
      initialize.attributes['mcp.client.session.id'],
    );
    await client.close();
  });

  test('notifications do not count as calls', async () => {
    const { client, telemetry, one } = await connected();
    await client.sendRootsListChanged();
    await client.notification({
      method: 'notifications/progress',
      params: { progressToken: 0, progress: 1 },
    });
    await settled();
    expect(one('notifications/roots/list_changed').ended).toBe(true);
    expect(one('notifications/progress').ended).toBe(true);
    expect(telemetry.activeSessions()).toMatchObject([{ calls: 1 }]);
    await client.close();
  });

  test('an unknown notification is `_OTHER`', async () => {
    const { client, one } = await connected();
    await client.notification({ method: 'notifications/made-up' } as never);
    expect(one('_OTHER').attributes['mcp.method.name']).toBe('notifications/made-up');
    await client.close();
  });

  test('requests and notifications for which the server has handlers of its own have their names', async () => {
    const server = fullServer();
    server.server.setRequestHandler(
      z.object({ method: z.literal('app/do'), params: z.looseObject({}).optional() }),
      async () => ({ done: true }),
    );
    server.server.setNotificationHandler(z.object({ method: z.literal('notifications/app') }), () => {});
    const { client, one } = await connected(server);
    await client.request({ method: 'app/do' } as never, z.looseObject({}) as never);
    await client.notification({ method: 'notifications/app' } as never);
    expect(one('app/do').ended).toBe(true);
    expect(one('notifications/app').ended).toBe(true);
    await client.close();
  });

  test('roots and elicitation from a tool are client spans within it', async () => {
    const server = fullServer();
    server.registerTool('greet-me', {}, async () => {
      const { roots } = await server.server.listRoots();
      const { content } = await server.server.elicitInput({
        message: 'Who?',
        requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
      });
      return { content: [{ type: 'text', text: `${content?.['name']} of ${roots.length}` }] };
    });
    const { client, one } = await connected(server);
    await expect(client.callTool({ name: 'greet-me' })).resolves.toMatchObject({
      content: [{ text: 'Joe of 1' }],
    });
    const { spanId } = one('tools/call greet-me').spanContext();
    for (const name of ['roots/list', 'elicitation/create']) {
      expect(one(name).kind).toBe(SpanKind.CLIENT);
      expect(one(name).parentSpanContext?.spanId).toBe(spanId);
    }
    await client.close();
  });
});

describe('errors', () => {
  test('of the server’s own doing make the span an error, with its code and its exception', async () => {
    const server = new Server({ name: 'low', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(CallToolRequestSchema, async () => {
      throw Object.assign(new RangeError('out of stock'), { code: -32050 });
    });
    const { client, one } = await connected(server);
    await expect(client.callTool({ name: 'buy' })).rejects.toThrow('out of stock');
    const span = one('tools/call');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'out of stock' });
    expect(span.attributes).toMatchObject({
      'error.type': '-32050',
      'rpc.response.status_code': '-32050',
      'exception.type': 'RangeError',
      'gen_ai.tool.name': 'buy',
    });
    expect(span.events).toMatchObject([
      {
        name: 'exception',
        attributes: { 'exception.type': 'RangeError', 'exception.message': 'out of stock' },
      },
    ]);
    await client.close();
  });

  test.each([
    [-32700, false],
    [-32600, false],
    [-32601, false],
    [-32602, false],
    [-32002, false],
    [-32603, true],
    [-32000, true],
    [-32042, true],
    [42, true],
  ])('with the code %i: the span is an error: %s', async (code, expected) => {
    const server = new Server({ name: 'low', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, async () => {
      throw Object.assign(new Error('no'), { code });
    });
    const { client, one, telemetry } = await connected(server);
    await expect(client.listTools()).rejects.toThrow();
    const span = one('tools/list');
    expect(isError(span)).toBe(expected);
    expect(span.attributes['rpc.response.status_code']).toBe(String(code));
    expect(span.attributes['error.type']).toBe(expected ? String(code) : undefined);
    expect(telemetry.activeSessions()).toMatchObject([{ errors: 1 }]);
    await client.close();
  });

  test('that a tool’s input or output check finds are those of the tool', async () => {
    const server = v1Server();
    server.registerTool('lies', { outputSchema: { n: z.number() } }, async () => ({
      content: [],
      structuredContent: { n: 'none' },
    }));
    const { client, one } = await connected(server);
    await client.callTool({ name: 'echo', arguments: { text: 7 } });
    await client.callTool({ name: 'lies' }).catch(() => {});
    for (const name of ['tools/call echo', 'tools/call lies']) {
      expect(isError(one(name))).toBe(true);
      expect(one(name).attributes).toMatchObject({
        'error.type': 'tool_error',
        'exception.type': 'McpError',
      });
    }
    await client.close();
  });
});

describe('a low-level Server', () => {
  test('shows the tools that clients were told of by name, and others not', async () => {
    const server = new Server({ name: 'low', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, async () => ({
      tools: [{ name: 'known', inputSchema: { type: 'object' } }],
    }));
    server.setRequestHandler(CallToolRequestSchema, async ({ params }) =>
      params.name === 'known'
        ? { content: [] }
        : { content: [{ type: 'text', text: 'unknown tool' }], isError: true },
    );
    const { client, one, points } = await connected(server);
    await client.listTools();
    await client.callTool({ name: 'known' });
    await client.callTool({ name: 'made-up' });
    expect(one('tools/call known').ended).toBe(true);
    expect(one('tools/call').attributes['gen_ai.tool.name']).toBe('made-up');
    const tools = (await points('mcp.server.operation.duration')).map(
      ({ attributes }) => attributes['gen_ai.tool.name'],
    );
    expect(tools).toContain('known');
    expect(tools).toContain('_OTHER');
    expect(tools).not.toContain('made-up');
    await client.close();
  });
});
