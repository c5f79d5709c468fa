import { afterEach, expect, test } from '@jest/globals';
import {
  InMemoryTaskMessageQueue,
  InMemoryTaskStore,
} from '@modelcontextprotocol/sdk/experimental/tasks/stores/in-memory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { z } from 'zod';
import { closeRecordings, record } from '../support/recording.ts';
import { gate, settled, until } from '../support/until.ts';
import { wireV1 } from '../support/wire.ts';

afterEach(closeRecordings);

const RELATED = 'io.modelcontextprotocol/related-task';

/** A server with a tool `research` that works in the background, and asks its client for a sample there. */
async function researching({ asks = false } = {}) {
  const recording = record();
  const server = new McpServer(
    { name: 'tasks', version: '1' },
    {
      capabilities: { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } },
      taskStore: new InMemoryTaskStore(),
      taskMessageQueue: new InMemoryTaskMessageQueue(),
    },
  );
  const work = gate();
  const finished = gate();
  server.experimental.tasks.registerToolTask(
    'research',
    { execution: { taskSupport: 'required' } },
    {
      createTask: async (extra) => {
        const task = await extra.taskStore.createTask({ pollInterval: 5 });
        const { taskId } = task;
        void (async () => {
          await work.opened;
          recording.provider.getTracer('user').startSpan('background work').end();
          if (asks) {
            await server.server.request(
              { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } },
              z.looseObject({}) as any,
              { relatedTask: { taskId } },
            );
          }
          await extra.taskStore.storeTaskResult(taskId, 'completed', {
            content: [{ type: 'text', text: 'found' }],
          });
          finished.open();
        })();
        return { task };
      },
      getTask: async (extra) => extra.taskStore.getTask(extra.taskId),
      getTaskResult: async (extra) => (await extra.taskStore.getTaskResult(extra.taskId)) as { content: [] },
    },
  );
  recording.telemetry.instrument(server);
  const wire = await wireV1(server);
  await wire.initialize();
  wire.request('call', 'tools/call', { name: 'research', arguments: {}, task: {} });
  const { result } = await wire.answer('call');
  return { ...recording, wire, work, finished, taskId: result.task.taskId as string };
}

test('a call that makes a task ends with the task, well; its background work hangs below it', async () => {
  const { wire, one, work, finished } = await researching();
  const call = one('tools/call research');
  expect(call.status.code).toBe(SpanStatusCode.UNSET);
  expect(call.attributes).not.toHaveProperty(['error.type']);
  work.open();
  await finished.opened;
  expect(one('background work').parentSpanContext?.spanId).toBe(call.spanContext().spanId);
  await wire.close();
});

test('tasks/get, tasks/list and tasks/cancel are spans like others', async () => {
  const { wire, one, taskId } = await researching();
  wire.request(1, 'tasks/get', { taskId });
  await expect(wire.answer(1)).resolves.toMatchObject({ result: { status: 'working' } });
  wire.request(2, 'tasks/list');
  await wire.answer(2);
  wire.request(3, 'tasks/cancel', { taskId });
  await expect(wire.answer(3)).resolves.toMatchObject({ result: { status: 'cancelled' } });
  wire.request(4, 'tasks/get', { taskId: 'no such task' });
  await wire.answer(4).catch(() => {});
  for (const name of ['tasks/list', 'tasks/cancel']) expect(one(name).status.code).toBe(SpanStatusCode.UNSET);
  await wire.close();
});

test('tasks/result is open until the task is done', async () => {
  const { wire, one, named, work, taskId } = await researching();
  wire.request(1, 'tasks/result', { taskId });
  await settled();
  expect(named('tasks/result')).toEqual([]);
  work.open();
  await expect(wire.answer(1)).resolves.toMatchObject({ result: { content: [{ text: 'found' }] } });
  expect(one('tasks/result').status.code).toBe(SpanStatusCode.UNSET);
  await wire.close();
});

test('what the background work asks for is queued, and its span begins when tasks/result delivers it', async () => {
  const { wire, one, named, work, taskId } = await researching({ asks: true });
  work.open();
  await settled();
  expect(named('sampling/createMessage')).toEqual([]);
  wire.request(1, 'tasks/result', { taskId });
  const asked = await until(
    () => wire.received.find(({ method }) => method === 'sampling/createMessage'),
    'the request',
  );
  wire.send({
    jsonrpc: '2.0',
    id: asked.id,
    result: { model: 'none', role: 'assistant', content: { type: 'text', text: '42' } },
  });
  await wire.answer(1);
  const span = one('sampling/createMessage');
  expect(span.kind).toBe(SpanKind.CLIENT);
  expect(span.status.code).toBe(SpanStatusCode.UNSET);
  expect(span.parentSpanContext?.spanId).toBe(one('tasks/result').spanContext().spanId);
  expect(asked.params._meta).toMatchObject({
    [RELATED]: { taskId },
    traceparent: expect.stringContaining(span.spanContext().spanId),
  });
  await wire.close();
});

test.each([
  ['answered well', 'ping', undefined, {}],
  ['refused', 'tasks/get', { taskId: 'none' }, { 'rpc.response.status_code': '-32602' }],
  ['unknown', 'no/such', undefined, { 'rpc.response.status_code': '-32601' }],
])(
  'a request that belongs to a task and is %s ends, though its answer is queued',
  async (_, method, params, expected) => {
    const { wire, spans, points, taskId } = await researching();
    wire.request('queued', method, { ...params, _meta: { [RELATED]: { taskId } } });
    await settled();
    expect(wire.received.some(({ id }) => id === 'queued')).toBe(false);
    const span = spans().find(({ attributes }) => attributes['jsonrpc.request.id'] === 'queued');
    expect(span?.ended).toBe(true);
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.attributes).toMatchObject(expected);
    for (const { value } of await points('mcp.server.operation.active')) expect(value).toBe(0);
    await wire.close();
  },
);
