import { afterEach, describe, expect, test } from '@jest/globals';
import { type Attributes, context, SpanStatusCode, trace } from '@opentelemetry/api';
import { type Observed, observedClient } from '../../support/clients.ts';
import { closeRecordings } from '../../support/recording.ts';

afterEach(closeRecordings);

const ECHO = { name: 'echo', arguments: { text: 'hi' } };
const EXECUTE: Attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'echo' };

/** Runs `call` in an open span of an agent's library. */
async function within(
  { provider }: Observed,
  name: string,
  attributes: Attributes,
  call: () => Promise<unknown>,
): Promise<string> {
  const span = provider.getTracer('agent').startSpan(name, { attributes });
  await context.with(trace.setSpan(context.active(), span), call);
  expect(span.isRecording()).toBe(true);
  span.end();
  return span.spanContext().spanId;
}

describe('a span in which an agent executes a tool', () => {
  test.each<[string, string, Attributes]>([
    ['the GenAI conventions', 'execute_tool echo', EXECUTE],
    ['their name alone', 'execute_tool echo', {}],
    ['the Vercel AI SDK', 'ai.toolCall', { 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'echo' }],
    ['OpenInference', 'echo', { 'openinference.span.kind': 'TOOL', 'tool.name': 'echo' }],
    ['Traceloop', 'echo.tool', { 'traceloop.span.kind': 'tool', 'traceloop.entity.name': 'echo' }],
  ])('of %s is enriched instead of doubled', async (_, name, attributes) => {
    const observed = await observedClient('v1', { config: { enableArgumentCollection: true } });
    await within(observed, name, attributes, () => observed.client.callTool(ECHO));
    expect(observed.named('tools/call echo')).toEqual([]);
    expect(observed.one(name).attributes).toMatchObject({
      ...attributes,
      'mcp.method.name': 'tools/call',
      'mcp.client.connection.id': expect.any(String),
      'mcp.server.name': 'test-server',
      'jsonrpc.request.id': '1',
      'gen_ai.tool.call.arguments': '{"text":"hi"}',
    });
    const recorded = await observed.points('mcp.client.operation.duration');
    expect(recorded.map(({ attributes: { 'gen_ai.tool.name': tool } }) => tool)).toContain('echo');
  });

  test('is the parent of the span of the server', async () => {
    const observed = await observedClient('v2');
    observed.telemetry.instrument(observed.server);
    const id = await within(observed, 'execute_tool echo', EXECUTE, () => observed.client.callTool(ECHO));
    expect(observed.one('tools/call echo').parentSpanContext?.spanId).toBe(id);
  });

  test('keeps what it says itself, its status too', async () => {
    const observed = await observedClient('v1');
    const attributes = {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'fail',
      'mcp.server.name': 'mine',
    };
    await within(observed, 'execute_tool fail', attributes, () => observed.client.callTool({ name: 'fail' }));
    const span = observed.one('execute_tool fail');
    expect(span.attributes).toMatchObject({ 'mcp.server.name': 'mine', 'error.type': 'tool_error' });
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.events).toEqual([]);
  });

  test('stands for one call: a second one has a span of its own, below it', async () => {
    const observed = await observedClient('v1');
    const id = await within(observed, 'execute_tool echo', EXECUTE, async () => {
      await observed.client.callTool(ECHO);
      await observed.client.callTool(ECHO);
    });
    expect(observed.one('tools/call echo').parentSpanContext?.spanId).toBe(id);
  });

  test('of another tool is only the parent', async () => {
    const observed = await observedClient('v1');
    await within(observed, 'execute_tool other', { ...EXECUTE, 'gen_ai.tool.name': 'other' }, () =>
      observed.client.callTool(ECHO),
    );
    expect(observed.one('execute_tool other').attributes).not.toHaveProperty('mcp.method.name');
    expect(observed.named('tools/call echo')).toHaveLength(1);
  });
});
