import { afterEach, describe, expect, test } from '@jest/globals';
import { closeRecordings, record } from '../support/recording.ts';
import { v1Server } from '../support/v1.ts';
import { v2Server } from '../support/v2.ts';
import { wireV1, wireV2 } from '../support/wire.ts';

afterEach(closeRecordings);

const ECHO = { name: 'echo', arguments: { text: 'hi' } };

// The session of such a client had no name, though the server knows it.
describe.each([
  ['v1', v1Server, wireV1],
  ['v2', v2Server, wireV2],
] as const)('a server of %s', (version, create, connect) => {
  test('that is instrumented after its client has connected knows who the client is', async () => {
    const { telemetry, one } = record();
    const server = create();
    const wire = await connect(server);
    await wire.initialize();
    telemetry.instrument(server);
    wire.request(1, 'tools/call', ECHO);
    await wire.answer(1);
    expect(telemetry.activeSessions()).toMatchObject([{ clientName: 'raw', clientVersion: '1' }]);
    expect(one('tools/call echo').attributes).toMatchObject({
      'mcp.client.name': 'raw',
      'mcp.client.version': '1',
      // v1 does not keep it.
      ...(version === 'v2' && { 'mcp.protocol.version': '2025-11-25' }),
    });
    await wire.close();
    expect(telemetry.activeSessions()).toEqual([]);
  });

  test('that another manager takes over still knows who the client is', async () => {
    const [first, second] = [record(), record()];
    const server = create();
    first.telemetry.instrument(server);
    const wire = await connect(server);
    await wire.initialize();
    await first.telemetry.shutdown();
    second.telemetry.instrument(server);
    wire.request(1, 'ping');
    await wire.answer(1);
    expect(second.one('ping').attributes['mcp.client.name']).toBe('raw');
    expect(first.named('ping')).toEqual([]);
    await wire.close();
  });

  test.each([1, 2, 3])('is found behind %d more wrappers', async (layers) => {
    const { telemetry, named } = record();
    const server = create();
    let wrapper: object = server;
    for (let layer = 0; layer < layers; layer += 1) wrapper = { server: wrapper };
    telemetry.instrument(wrapper);
    const wire = await connect(server);
    wire.request(1, 'tools/call', { name: 'fail' });
    await wire.answer(1);
    // Which only the wrapper next to the server tells.
    expect(named('tools/call fail')[0]?.events[0]?.attributes?.['exception.message']).toBe('no money');
    await wire.close();
  });

  test('keeps its handlers as they are: the same functions, with their properties', async () => {
    const { telemetry } = record();
    const server = create();
    const low = server.server as any;
    const handler = Object.assign(low._requestHandlers.get('tools/call'), { auth: 'required' });
    low.fallbackRequestHandler = Object.assign(async () => ({}), { auth: 'none' });
    const { fallbackRequestHandler } = low;
    const seen: unknown[] = [];
    const { _onrequest } = low;
    low._onrequest = (message: any, ...rest: unknown[]) => {
      seen.push((low._requestHandlers.get(message.method) ?? low.fallbackRequestHandler).auth);
      return _onrequest.call(low, message, ...rest);
    };
    telemetry.instrument(server);
    const wire = await connect(server);
    await wire.initialize();
    wire.request(1, 'tools/call', ECHO);
    await wire.answer(1);
    wire.request(2, 'acme/other', {});
    await wire.answer(2);
    expect(low._requestHandlers.get('tools/call')).toBe(handler);
    expect(low.fallbackRequestHandler).toBe(fallbackRequestHandler);
    expect(seen).toEqual([undefined, 'required', 'none']);
    await wire.close();
  });
});

test('wrappers that hold one another have no server', () => {
  const { telemetry } = record();
  const wrapper: { server?: unknown } = {};
  wrapper.server = { server: wrapper };
  expect(() => telemetry.instrument(wrapper)).toThrow('server must be an McpServer or Server');
});
