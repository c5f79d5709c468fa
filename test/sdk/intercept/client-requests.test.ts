import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { z } from 'zod';
import { linkedPair, newClient, newServer, observedClient } from '../../support/clients.ts';
import { closeRecordings, record } from '../../support/recording.ts';
import { gate, until } from '../../support/until.ts';

afterEach(closeRecordings);

const ANYTHING = z.looseObject({});

describe.each(['v1', 'v2'] as const)('a client of %s', (sdk) => {
  test('has a span for each request and notification that it sends', async () => {
    const { client, spans, one, telemetry } = await observedClient(sdk);
    await client.listTools();
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.close();
    expect(spans().map(({ name }) => name)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
      'tools/call echo',
    ]);
    expect(spans().every(({ kind }) => kind === SpanKind.CLIENT)).toBe(true);
    expect(one('initialize').attributes).toMatchObject({
      'mcp.server.name': 'test-server',
      'mcp.server.version': '1.2.3',
      'mcp.protocol.version': '2025-11-25',
    });
    expect(one('tools/list').attributes['mcp.tools.names']).toBe('echo, fail, refuse');
    expect(one('tools/call echo').attributes).toEqual({
      'mcp.method.name': 'tools/call',
      'mcp.session.id': telemetry.sessionId,
      'mcp.client.connection.id': expect.stringMatching(/^[\da-f-]{36}$/),
      'mcp.client.name': 'agent',
      'mcp.client.version': '7',
      'mcp.server.name': 'test-server',
      'mcp.server.version': '1.2.3',
      'mcp.protocol.version': '2025-11-25',
      'jsonrpc.request.id': '2',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'echo',
      'mcp.tool.name': 'echo',
      'mcp.request.size': expect.any(Number),
      'mcp.response.size': expect.any(Number),
    });
    expect(telemetry.activeSessions()).toEqual([]);
  });

  test('says that a tool failed, and that the server refused a request, whatever the code', async () => {
    const { client, one, points } = await observedClient(sdk);
    await client.callTool({ name: 'refuse' });
    await client.readResource({ uri: 'note://none' }).catch(() => {});
    expect(one('tools/call refuse').status).toEqual({ code: SpanStatusCode.ERROR, message: 'not today' });
    expect(one('tools/call refuse').attributes['error.type']).toBe('tool_error');
    const { 'error.type': errorType, 'rpc.response.status_code': code } = one('resources/read').attributes;
    expect(one('resources/read').status.code).toBe(SpanStatusCode.ERROR);
    expect(errorType).toBe(code);
    const recorded = await points('mcp.client.operation.duration');
    expect(recorded.map(({ attributes }) => attributes['error.type'])).toContain('tool_error');
    expect(recorded.every(({ attributes }) => !('mcp.client.connection.id' in attributes))).toBe(true);
  });

  test('records arguments and results on request, redacted', async () => {
    const config = { enableArgumentCollection: true, enableResultCollection: true };
    const { client, one } = await observedClient(sdk, { config });
    await client.callTool({ name: 'echo', arguments: { text: 'hi', password: 'hunter2' } });
    const { attributes } = one('tools/call echo');
    expect(attributes['gen_ai.tool.call.arguments']).toContain('"text":"hi"');
    expect(attributes['gen_ai.tool.call.arguments']).not.toContain('hunter2');
    expect(attributes['gen_ai.tool.call.result']).toContain('hi');
  });

  test('sends its trace context and baggage in `_meta` of the requests of the specification only', async () => {
    const sent: any[] = [];
    const { client, transport, one } = await observedClient(sdk);
    // What comes to the other end.
    const other = (transport as any)._otherTransport;
    const { onmessage } = other;
    other.onmessage = (message: any, extra: unknown) => {
      sent.push(message);
      onmessage(message, extra);
    };
    const params = { name: 'echo', arguments: { text: 'hi' }, _meta: { mine: 1 } };
    const baggage = propagation.createBaggage({ tenant: { value: 'blue' } });
    await context.with(propagation.setBaggage(context.active(), baggage), () => client.callTool(params));
    await client.request({ method: 'app/own', params: { a: 1 } } as never, ANYTHING as never).catch(() => {});
    await client.sendRootsListChanged();
    const { traceId, spanId } = one('tools/call echo').spanContext();
    expect(sent[0].params).toMatchObject({
      _meta: { mine: 1, traceparent: `00-${traceId}-${spanId}-01` },
    });
    expect(params._meta).toEqual({ mine: 1 });
    expect(sent[1].params).toEqual({ a: 1 });
    expect(sent[2]).not.toHaveProperty('params._meta');
    expect(one('app/own').attributes['error.type']).toBe('-32601');
  });

  test('sends all else as it is given, in its order', async () => {
    const { client, transport, one } = await observedClient(sdk);
    const send = jest.spyOn((transport as any)._otherTransport, 'onmessage');
    const given = '{"name":"echo","arguments":{"text":"hi"},"__proto__":{"a":1},"_meta":{"mine":1},"last":2}';
    const request = { method: 'tools/call', params: JSON.parse(given) };
    await client.request(request as never, ANYTHING as never);
    const { traceId, spanId } = one('tools/call echo').spanContext();
    const [message] = send.mock.calls[0] as [any];
    expect(JSON.stringify(message.params)).toBe(
      given.replace('{"mine":1}', `{"traceparent":"00-${traceId}-${spanId}-01","mine":1}`),
    );
    expect(Object.keys(message)).toEqual(['method', 'params', 'jsonrpc', 'id']);
    expect(JSON.stringify(request.params)).toBe(given);
  });

  test('does not with `propagateToServer: false`', async () => {
    const config = { propagateToServer: false };
    const other = record();
    const { client, one } = await observedClient(sdk, {
      config,
      observeServer: (server) => other.telemetry.instrument(server),
    });
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await until(() => other.named('tools/call echo').length === 1, 'the span of the server');
    expect(one('tools/call echo').parentSpanContext).toBeUndefined();
    expect(other.one('tools/call echo').parentSpanContext?.spanId).not.toBe(undefined);
  });

  test('hangs its spans below the ambient one, and the server hangs its own below them, once', async () => {
    const { client, one, named, provider, telemetry, server } = await observedClient(sdk, {});
    telemetry.instrument(server);
    const agent = provider.getTracer('agent').startSpan('agent');
    await context.with(trace.setSpan(context.active(), agent), () =>
      client.callTool({ name: 'echo', arguments: { text: 'hi' } }),
    );
    agent.end();
    const calls = await until(
      () => named('tools/call echo').length === 2 && named('tools/call echo'),
      'both',
    );
    const sending = calls.find(({ kind }) => kind === SpanKind.CLIENT);
    const receiving = calls.find(({ kind }) => kind === SpanKind.SERVER);
    expect(sending?.parentSpanContext?.spanId).toBe(one('agent').spanContext().spanId);
    expect(receiving?.parentSpanContext?.spanId).toBe(sending?.spanContext().spanId);
    const linked = receiving?.links.map(({ context: { spanId } }) => spanId);
    expect(linked).not.toContain(sending?.spanContext().spanId);
    expect(receiving?.attributes).not.toHaveProperty('mcp.client.connection.id');
  });

  test('has a span of kind SERVER for what the server asks, in which the handler runs', async () => {
    const { client, server, one } = await observedClient(sdk);
    const inHandler = gate<string | undefined>();
    const handler = async () => {
      inHandler.open(trace.getActiveSpan()?.spanContext().spanId);
      return { roots: [] };
    };
    if (sdk === 'v2') client.setRequestHandler('roots/list' as never, handler as never);
    else {
      const { ListRootsRequestSchema } = await import('@modelcontextprotocol/sdk/types.js');
      client.setRequestHandler(ListRootsRequestSchema, handler);
    }
    await server.server.listRoots();
    const span = await until(() => one('roots/list'), 'the span');
    expect(span.kind).toBe(SpanKind.SERVER);
    expect(await inHandler.opened).toBe(span.spanContext().spanId);
    expect(span.attributes).toMatchObject({
      'mcp.client.connection.id': expect.any(String),
      'mcp.request.id': expect.any(String),
      'mcp.server.name': 'test-server',
    });
    expect(span.attributes).not.toHaveProperty('mcp.client.session.id');
  });

  test('that is connected already is recorded from now on', async () => {
    const recording = record();
    const client = newClient(sdk);
    const [near, far] = linkedPair(sdk);
    await newServer(sdk).connect(far);
    await client.connect(near);
    recording.telemetry.instrumentClient({ client });
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(recording.spans().map(({ name }) => name)).toEqual(['tools/call echo']);
    expect(recording.one('tools/call echo').attributes).toMatchObject({
      'mcp.server.name': 'test-server',
      'mcp.client.name': 'agent',
    });
  });
});
