import { afterEach, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ListPromptsRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { SpanStatusCode } from '@opentelemetry/api';
import { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { viewsOf } from '../explorer/views.ts';
import { recordingFolder } from '../support/recorded.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { connectV1, v1Server } from '../support/v1.ts';

afterEach(closeRecordings);

const TEXT = `declined for jane@example.com ${'because '.repeat(300)}`;

function failingServer() {
  const server = v1Server();
  server.registerTool('answers', {}, async () => ({
    content: [
      { type: 'text', text: TEXT },
      { type: 'text', text: 'and more' },
    ],
    isError: true,
  }));
  server.registerTool('throws', {}, async () => {
    throw new Error(TEXT);
  });
  server.registerPrompt('breaks', {}, async () => {
    throw new Error(TEXT);
  });
  server.registerPrompt('refuses', {}, async () => {
    throw Object.assign(new Error(TEXT), { code: -32602 });
  });
  return server;
}

async function traffic(config = {}) {
  const recording = record(config);
  const server = failingServer();
  recording.telemetry.instrument(server);
  const { client } = await connectV1(server);
  await client.callTool({ name: 'answers' });
  await client.callTool({ name: 'throws' });
  await client.getPrompt({ name: 'breaks' }).catch(() => {});
  await client.getPrompt({ name: 'refuses' }).catch(() => {});
  return recording;
}

// The text of a result with isError was lost, while that of a thrown error was kept.
test('what a failure says is recorded alike, whether it was answered or thrown: redacted, cut at 1,024', async () => {
  const { one } = await traffic();
  const shown = `declined for [REDACTED:email] ${'because '.repeat(300)}`.slice(0, 1_023);
  const answered = one('tools/call answers');
  expect(answered.status).toEqual({ code: SpanStatusCode.ERROR, message: `${shown}…` });
  expect(one('tools/call throws').events[0]?.attributes).toMatchObject({ 'exception.message': `${shown}…` });
  const broken = one('prompts/get breaks');
  expect(broken.status.message).toBe(`${shown}…`);
  expect(broken.events[0]?.attributes).toMatchObject({ 'exception.message': `${shown}…` });
  const refused = one('prompts/get refuses');
  expect(refused.status).toEqual({ code: SpanStatusCode.UNSET });
  expect(refused.attributes['mcp.error.message']).toBe(`${shown}…`);
});

test('one option keeps both kinds of text out, and leaves what kind of error it was', async () => {
  const { spans, one } = await traffic({ enableErrorTextCollection: false });
  const recorded = JSON.stringify(
    spans().map(({ attributes, events, status }) => [attributes, events, status]),
  );
  expect(recorded).not.toContain('declined');
  expect(one('tools/call answers').status).toEqual({ code: SpanStatusCode.ERROR });
  expect(one('tools/call throws').events[0]?.attributes).toEqual({ 'exception.type': 'Error' });
  expect(one('prompts/get breaks').attributes['error.type']).toBe('-32603');
});

/** What the views have of the requests that a client makes of a server. */
async function seenAfter(server: Pick<McpServer, 'connect'>, visit: (client: Client) => Promise<unknown>) {
  const folder = recordingFolder();
  try {
    const telemetry = new TelemetryManager({ exporterType: 'file', exporterEndpoint: folder.dir });
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    await visit(client);
    const id = telemetry.activeSessions()[0]?.id;
    await client.close();
    await telemetry.shutdown();
    const lines = folder.lines('traces').map((line) => JSON.stringify(line));
    const { page, details, markdown, session, errors } = await viewsOf({ 'a.traces.jsonl': lines }, id);
    const mcp = { session: session.text, errors: errors.text };
    return { texts: page.events.map(({ error }) => error), views: { details, markdown, ...mcp } };
  } finally {
    folder.remove();
  }
}

test('the views show the text of a result with isError', async () => {
  const { texts, views } = await seenAfter(v1Server(), (client) => client.callTool({ name: 'refuse' }));
  expect(texts).toContain('tool_error: not today');
  for (const view of Object.values(views)) expect(view).toContain('not today');
});

// Of the codes that are the caller's doing, the views showed what the code means, and not what the server said.
test.each([-32700, -32600, -32601, -32602, -32002, -32603, -32000])(
  'the views show the words of a server that answers with %i, and the meaning of the code where it has none',
  async (code) => {
    const server = new Server({ name: 'low', version: '1' }, { capabilities: { tools: {}, prompts: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => {
      throw Object.assign(new Error('IN MY WORDS'), { code });
    });
    server.setRequestHandler(ListPromptsRequestSchema, () => {
      throw Object.assign(new Error(''), { code });
    });
    const { texts, views } = await seenAfter(server, async (client) => {
      await client.listTools().catch(() => {});
      await client.listPrompts().catch(() => {});
    });
    expect(texts).toContain(`${code}: IN MY WORDS`);
    for (const view of Object.values(views)) expect(view).toContain(`${code}: IN MY WORDS`);
    const others = texts.filter((text) => text !== undefined && !text.includes('IN MY WORDS'));
    expect(others).toEqual([expect.stringMatching(new RegExp(`^${code}(: [a-z ]+)?$`))]);
  },
);
