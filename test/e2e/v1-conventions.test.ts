import { afterEach, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  ElicitRequestSchema,
  ElicitResultSchema,
  ListRootsResultSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import registry from '../fixtures/conventions/mcp.json';
import { verdictOn, type Where } from '../pins/conventions.ts';
import { closeHosts, connectHttp, statefulV1 } from '../support/http-v1.ts';
import { closeRecordings, isError, type Recording, record } from '../support/recording.ts';
import { until } from '../support/until.ts';
import { connectV1, v1Server } from '../support/v1.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

type Attributes = Record<string, unknown>;

const ATTRIBUTES: Record<string, { type: string; values?: string[] }> = registry.attributes;
/** The requirement levels of the registry that hold for one span or data point. */
type Levels = Record<string, string>;

/** A server that asks its client back, and fails with the JSON-RPC error that its caller wants. */
function askingServer(): McpServer {
  const server = v1Server();
  server.registerTool('ask', {}, async ({ sendRequest, sendNotification }) => {
    await sendNotification({ method: 'notifications/message', params: { level: 'info', data: 'asking' } });
    const requestedSchema = { type: 'object' as const, properties: {} };
    await sendRequest(
      { method: 'elicitation/create', params: { message: 'Who?', requestedSchema } },
      ElicitResultSchema,
    );
    await sendRequest({ method: 'roots/list' }, ListRootsResultSchema).catch(() => {});
    return { content: [] };
  });
  server.registerResource(
    'codes',
    new ResourceTemplate('code:{code}', { list: undefined }),
    {},
    async (_, { code }) => {
      throw new McpError(Number(code), 'as wanted');
    },
  );
  return server;
}

/** One client's visit over HTTP, with everything that is opt-in. */
async function visit(config = {}): Promise<Recording> {
  const recording = record({ enableArgumentCollection: true, enableResultCollection: true, ...config });
  const host = await statefulV1(recording.telemetry, { create: askingServer });
  const client = new Client({ name: 'visitor', version: '1' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, async () => ({ action: 'decline' }));
  const { transport } = await connectHttp(host.url, { client });
  await client.listTools();
  await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
  await client.callTool({ name: 'fail', arguments: {} });
  await client.callTool({ name: 'ask' });
  await client.getPrompt({ name: 'greet', arguments: { name: 'Joe' } });
  await client.readResource({ uri: 'note://1' });
  await expect(client.readResource({ uri: 'code:-32603' })).rejects.toThrow();
  await transport.terminateSession();
  await until(() => recording.telemetry.activeSessions().length === 0, 'the end of the session');
  await client.close();
  return recording;
}

const isRequest = (span: ReadableSpan): boolean => 'mcp.method.name' in span.attributes;
const methodOf = ({ attributes }: ReadableSpan): string => String(attributes['mcp.method.name']);
const OF_RESOURCES = new Set(['resources/read', 'resources/subscribe', 'resources/unsubscribe']);

/** When what is required on a condition is required. */
const CONDITIONS: Record<string, (span: ReadableSpan) => boolean> = {
  'gen_ai.tool.name': (span) => methodOf(span) === 'tools/call',
  'gen_ai.prompt.name': (span) => methodOf(span) === 'prompts/get',
  'mcp.resource.uri': (span) => OF_RESOURCES.has(methodOf(span)),
  'jsonrpc.request.id': (span) => !methodOf(span).startsWith('notifications/'),
  'error.type': isError,
  'rpc.response.status_code': ({ attributes }) => /^-?\d+$/.test(String(attributes['error.type'])),
};

/** Fails for an attribute that the table of conventions does not know there, or whose type or value is not theirs. */
function expectKnown(attributes: Attributes, levels: Levels, where: Where): void {
  for (const [key, value] of Object.entries(attributes)) {
    const template = Object.keys(levels).find(
      (name) => ATTRIBUTES[name]?.type.startsWith('template') && key.startsWith(`${name}.`),
    );
    const verdict = verdictOn(where, template === undefined ? key : `${template}.<name>`);
    const theirs = template !== undefined || key in levels;
    expect({ key, verdict }).toEqual({
      key,
      verdict: theirs ? expect.stringMatching(/^(conforms|deviates)$/) : 'goes beyond',
    });
    if (!theirs) continue;
    const { type, values } = ATTRIBUTES[template ?? key] ?? { type: '' };
    expect({ key, type: typeof value }).toEqual({ key, type: type === 'int' ? 'number' : 'string' });
    if (values !== undefined) expect(values).toContain(value);
  }
}

test('request spans have the kind, the attributes, the types and the values of the conventions', async () => {
  const { spans } = await visit();
  const seen = new Set<string>();
  for (const span of spans().filter(isRequest)) {
    const { attributes: levels } =
      span.kind === SpanKind.SERVER ? registry.spans['mcp.server'] : registry.spans['mcp.client'];
    const received = !['notifications/message', 'elicitation/create', 'roots/list'].includes(methodOf(span));
    expect({ name: span.name, kind: span.kind }).toEqual({
      name: span.name,
      kind: received ? SpanKind.SERVER : SpanKind.CLIENT,
    });
    expectKnown(span.attributes, levels, 'spans');
    for (const [name, level] of Object.entries(levels)) {
      const needed =
        level === 'required' || (level === 'conditionally_required' && CONDITIONS[name]?.(span) === true);
      if (needed) expect(Object.keys(span.attributes)).toContain(name);
    }
    for (const name of Object.keys(span.attributes)) seen.add(name);
  }
  // JSON-RPC has one version, and prompt variables have names of their own.
  const never = ['jsonrpc.protocol.version', 'gen_ai.prompt.variable'];
  expect(seen).toContain('gen_ai.prompt.variable.name');
  expect(Object.keys(ATTRIBUTES).filter((name) => !seen.has(name) && !never.includes(name))).toEqual([]);
});

test.each(['process', 'client'] as const)(
  'the metrics of the conventions have their units and attributes (scope %s)',
  async (sessionScope) => {
    const { points, telemetry } = await visit({ sessionScope });
    await telemetry.shutdown();
    const seen = new Set<string>();
    for (const { metric, unit, attributes, value } of await points()) {
      const convention = (registry.metrics as Record<string, { unit: string; attributes: Levels }>)[metric];
      seen.add(metric);
      if (convention === undefined) {
        expect({ metric, verdict: verdictOn('metrics', metric) }).toEqual({ metric, verdict: 'goes beyond' });
        continue;
      }
      expect({ unit, value }).toMatchObject({ unit: convention.unit, value: { buckets: expect.anything() } });
      const where = metric.endsWith('session.duration') ? 'session metrics' : 'operation metrics';
      expectKnown(attributes, convention.attributes, where);
      if (sessionScope === 'client' && where === 'session metrics')
        expect(attributes).toEqual({ 'mcp.protocol.version': '2025-11-25', 'network.protocol.name': 'http' });
    }
    const ofClients = ['mcp.client.session.duration'];
    expect(Object.keys(registry.metrics).filter((name) => !seen.has(name))).toEqual(ofClients);
  },
);

const CALLER_ERRORS = registry.spans['mcp.server'].callerErrors;
const CODES = [...CALLER_ERRORS, '-32603', '-32000', '-32099', '-32042', '7'];

test.each(CODES)(
  'the JSON-RPC error %s is an error of the server unless its caller made it',
  async (code) => {
    const { telemetry, one } = record();
    const server = askingServer();
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    await expect(client.readResource({ uri: `code:${code}` })).rejects.toThrow();
    const span = one('resources/read');
    const failed = !CALLER_ERRORS.includes(code);
    expect({ code: span.attributes['rpc.response.status_code'], failed: isError(span) }).toEqual({
      code,
      failed,
    });
    expect(span.attributes['error.type']).toBe(failed ? code : undefined);
    await client.close();
  },
);

test('under the scope client, mcp.session.id is the id of the protocol, as the conventions mean it', async () => {
  const { spans } = await visit({ sessionScope: 'client' });
  for (const { attributes } of spans().filter(isRequest))
    expect(attributes['mcp.session.id']).toBe(attributes['mcp.client.session.id']);
});
