import { afterEach, expect, test } from '@jest/globals';
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

test('the views show the text of a result with isError', async () => {
  const folder = recordingFolder();
  try {
    const telemetry = new TelemetryManager({ exporterType: 'file', exporterEndpoint: folder.dir });
    const server = v1Server();
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    await client.callTool({ name: 'refuse', arguments: {} });
    const id = telemetry.activeSessions()[0]?.id;
    await client.close();
    await telemetry.shutdown();
    const lines = folder.lines('traces').map((line) => JSON.stringify(line));
    const { page, details, markdown } = await viewsOf({ 'a.traces.jsonl': lines }, id);
    expect(page.events.map(({ error }) => error)).toContain('tool_error: not today');
    for (const view of [details, markdown]) expect(view).toContain('not today');
  } finally {
    folder.remove();
  }
});
