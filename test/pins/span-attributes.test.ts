import { afterEach, describe, expect, test } from '@jest/globals';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { closeRecordings, record } from '../support/recording.ts';
import { connectV1, v1Server } from '../support/v1.ts';

afterEach(closeRecordings);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function traffic(config = {}) {
  const recording = record(config);
  const server = v1Server();
  recording.telemetry.instrument(server);
  const pair = await connectV1(server);
  return { ...recording, ...pair, server };
}

describe('the spans of a session', () => {
  test('a tool call carries these attributes and no others', async () => {
    const { client, one, telemetry } = await traffic();
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    const span = one('tools/call echo');
    expect(span.kind).toBe(SpanKind.SERVER);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toEqual({
      'mcp.method.name': 'tools/call',
      'mcp.session.id': telemetry.sessionId,
      'mcp.client.session.id': telemetry.activeSessions()[0]?.id,
      'mcp.client.session.source': 'connection',
      'mcp.request.id': expect.stringMatching(UUID),
      'jsonrpc.request.id': '1',
      'gen_ai.tool.name': 'echo',
      'mcp.tool.name': 'echo',
      'gen_ai.operation.name': 'execute_tool',
      'mcp.protocol.version': '2025-11-25',
      'mcp.client.name': 'test-client',
      'mcp.client.version': '4.5.6',
      'mcp.request.size': JSON.stringify({
        method: 'tools/call',
        params: { name: 'echo', arguments: { text: 'hi' } },
        jsonrpc: '2.0',
        id: 1,
      }).length,
      'mcp.response.size': JSON.stringify({
        result: { content: [{ type: 'text', text: 'hi' }] },
        jsonrpc: '2.0',
        id: 1,
      }).length,
    });
  });

  test('the exception of a failed tool is seen, with its class', async () => {
    const { client, one } = await traffic();
    await client.callTool({ name: 'fail', arguments: {} });
    const span = one('tools/call fail');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span.attributes).toMatchObject({ 'error.type': 'tool_error', 'exception.type': 'PaymentError' });
    expect(span.events).toHaveLength(1);
    expect(span.events[0]).toMatchObject({
      name: 'exception',
      attributes: { 'exception.type': 'PaymentError', 'exception.message': 'no money' },
    });
  });

  test('a tool that answers with isError is a tool_error, and says why', async () => {
    const { client, one } = await traffic();
    await client.callTool({ name: 'refuse', arguments: {} });
    const span = one('tools/call refuse');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'not today' });
    expect(span.attributes['error.type']).toBe('tool_error');
    expect(span.attributes).not.toHaveProperty(['exception.type']);
    expect(span.events).toEqual([]);
  });

  test('an error that is the caller’s doing leaves the server span unset', async () => {
    const { client, one } = await traffic();
    await expect(client.getPrompt({ name: 'nobody' })).rejects.toThrow();
    const span = one('prompts/get');
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toMatchObject({
      'rpc.response.status_code': '-32602',
      'gen_ai.prompt.name': 'nobody',
      'mcp.error.message': expect.stringContaining('Prompt nobody not found'),
    });
    expect(span.attributes['error.type']).toBeUndefined();
  });

  test('tools/list says what the client was shown', async () => {
    const { client, one } = await traffic();
    const { tools } = await client.listTools();
    expect(one('tools/list').attributes).toMatchObject({
      'mcp.tools.count': 3,
      'mcp.tools.names': 'echo, fail, refuse',
      'mcp.tools.names_list': ['echo', 'fail', 'refuse'],
      'mcp.tools.size': Buffer.byteLength(JSON.stringify(tools)),
    });
  });

  test('a resource is an attribute and never a name', async () => {
    const { client, one } = await traffic();
    await client.readResource({ uri: 'note://1' });
    expect(one('resources/read').attributes['mcp.resource.uri']).toBe('note://1');
  });

  test('start is the root of the trace, the requests hang below it, end carries the sums', async () => {
    const { client, one, spans, telemetry } = await traffic();
    const id = telemetry.activeSessions()[0]?.id;
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.callTool({ name: 'refuse', arguments: {} });
    await client.close();

    const start = one('mcp.session start');
    expect(start.parentSpanContext).toBeUndefined();
    const { traceId, spanId } = start.spanContext();
    for (const span of spans()) {
      expect(span.spanContext().traceId).toBe(traceId);
      if (span !== start) expect(span.parentSpanContext?.spanId).toBe(spanId);
    }
    expect(start.attributes).toEqual({
      'mcp.session.id': telemetry.sessionId,
      'mcp.client.session.id': id,
      'mcp.client.session.source': 'connection',
      'mcp.client.session.event': 'start',
      'mcp.client.session.seq': 0,
      'mcp.client.session.status': 'active',
      'mcp.client.session.start_unix_ms': expect.any(Number),
      'mcp.client.session.duration_ms': 0,
      'mcp.client.session.calls': 1,
      'mcp.client.session.errors': 0,
      'mcp.client.session.tools': '',
      'mcp.client.session.tools_list': [],
      'mcp.client.name': 'test-client',
      'mcp.client.version': '4.5.6',
    });
    expect(one('mcp.session end').attributes).toEqual({
      ...start.attributes,
      'mcp.client.session.event': 'end',
      'mcp.client.session.seq': 1,
      'mcp.client.session.status': 'ended',
      'mcp.client.session.end_reason': 'transport_close',
      'mcp.client.session.duration_ms': expect.any(Number),
      'mcp.client.session.calls': 3,
      'mcp.client.session.errors': 1,
      'mcp.client.session.tools': 'echo, refuse',
      'mcp.client.session.tools_list': ['echo', 'refuse'],
      'mcp.protocol.version': '2025-11-25',
    });
  });

  test('arguments and results are recorded when asked for, redacted', async () => {
    const { client, one } = await traffic({ enableArgumentCollection: true, enableResultCollection: true });
    await client.callTool({ name: 'echo', arguments: { text: 'write to joe@example.com' } });
    const { attributes } = one('tools/call echo');
    expect(attributes['gen_ai.tool.call.arguments']).toBe('{"text":"write to [REDACTED:email]"}');
    expect(attributes['gen_ai.tool.call.result']).toBe(
      '{"content":[{"type":"text","text":"write to [REDACTED:email]"}]}',
    );
  });

  test('under the scope client, mcp.session.id is the protocol’s own, and absent where it has none', async () => {
    const { client, one, points, telemetry } = await traffic({ sessionScope: 'client' });
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(one('tools/call echo').attributes).not.toHaveProperty('mcp.session.id');
    expect(one('tools/call echo').attributes['mcp.client.session.source']).toBe('connection');
    await telemetry.shutdown();
    const all = await points();
    expect(all.some(({ attributes }) => 'mcp.session.id' in attributes)).toBe(false);
    expect(all.some(({ metric }) => metric === 'mcp.server.session.duration')).toBe(false);
  });
});

describe('the data points', () => {
  test('a call and a failed call carry these attributes and no others', async () => {
    const { client, points, telemetry } = await traffic();
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.callTool({ name: 'fail', arguments: {} });
    await client.callTool({ name: 'made-up-name', arguments: {} });
    const calls = (await points('mcp.server.operation.duration'))
      .map(({ attributes }) => attributes)
      .filter((attributes) => attributes['mcp.method.name'] === 'tools/call');
    const common = {
      'mcp.method.name': 'tools/call',
      'mcp.session.id': telemetry.sessionId,
      'gen_ai.operation.name': 'execute_tool',
      'mcp.protocol.version': '2025-11-25',
    };
    expect(calls).toEqual([
      { ...common, 'gen_ai.tool.name': 'echo' },
      { ...common, 'gen_ai.tool.name': 'fail', 'error.type': 'tool_error', 'exception.type': 'PaymentError' },
      { ...common, 'gen_ai.tool.name': '_OTHER', 'error.type': 'tool_error' },
    ]);
  });

  test('the sizes of messages carry method and registered name, and no others', async () => {
    const { client, points, telemetry } = await traffic();
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.callTool({ name: 'made-up-name', arguments: {} });
    const common = { 'mcp.method.name': 'tools/call', 'mcp.session.id': telemetry.sessionId };
    for (const metric of ['mcp.server.request.size', 'mcp.server.response.size']) {
      const calls = (await points(metric))
        .map(({ attributes }) => attributes)
        .filter((attributes) => attributes['mcp.method.name'] === 'tools/call');
      expect(calls).toEqual([
        { ...common, 'gen_ai.tool.name': 'echo' },
        { ...common, 'gen_ai.tool.name': '_OTHER' },
      ]);
    }
  });

  test('metricSessionId: false takes the process session off the metrics', async () => {
    const { client, points, telemetry } = await traffic({ metricSessionId: false });
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await telemetry.shutdown();
    const all = await points();
    expect(all.length).toBeGreaterThan(0);
    expect(all.some(({ attributes }) => 'mcp.session.id' in attributes)).toBe(false);
  });

  test('sessions and requests that are open are counted up and down again', async () => {
    const { client, points } = await traffic();
    expect((await points('mcp.server.client_session.active'))[0]).toMatchObject({
      value: 1,
      attributes: { 'mcp.client.name': 'test-client' },
    });
    await client.close();
    expect((await points('mcp.server.client_session.active'))[0]?.value).toBe(0);
    for (const { value } of await points('mcp.server.operation.active')) expect(value).toBe(0);
  });
});
