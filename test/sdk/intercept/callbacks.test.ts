import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { closeRecordings, record } from '../../support/recording.ts';
import { stderrOf } from '../../support/stderr.ts';
import { until } from '../../support/until.ts';
import { v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';
import { wireV1, wireV2 } from '../../support/wire.ts';

beforeEach(() => (Reflect.get(globalThis, Symbol.for('mcp-sessionscope.said')) as Set<string>)?.clear());
afterEach(closeRecordings);

const ECHO = { name: 'echo', arguments: { text: 'hi' } };

/** As after a bundler that shortens the names of properties: ours are not those that the server calls. */
function withFixedMethods<T extends { server: object }>(server: T): T {
  for (const name of ['_onrequest', '_onnotification', '_onresponse', '_onclose']) {
    Object.defineProperty(server.server, name, { value: Reflect.get(server.server, name) });
  }
  return server;
}

describe.each([
  ['v1', v1Server, wireV1],
  ['v2', v2Server, wireV2],
] as const)('a server of %s whose own methods cannot be replaced', (_, create, connect) => {
  test('is observed at the callbacks of its transport', async () => {
    const { telemetry, one, named } = record();
    const server = withFixedMethods(create());
    telemetry.instrument(server);
    const wire = await connect(server);
    await wire.initialize();
    wire.request(1, 'tools/call', ECHO);
    await wire.answer(1);
    wire.request(2, 'tools/call', { name: 'fail' });
    await wire.answer(2);
    await until(() => named('tools/call fail')[0], 'the failure');
    expect(one('tools/call echo').attributes['mcp.client.name']).toBe('raw');
    expect(one('tools/call fail').attributes['exception.type']).toBe('PaymentError');
    expect(named('notifications/initialized')).toHaveLength(1);
    await wire.close();
    expect(telemetry.activeSessions()).toEqual([]);
    expect(named('mcp.session end')).toHaveLength(1);
  });
});

test('where these stand behind accessors, too, it is said that nothing is seen', async () => {
  const { telemetry, spans } = record();
  const server = withFixedMethods(v1Server());
  telemetry.instrument(server);
  const [near, far] = InMemoryTransport.createLinkedPair();
  const answered = new Promise((resolve) => {
    near.onmessage = resolve;
  });
  const outer = {
    set onmessage(value: any) {
      far.onmessage = value;
    },
    start: () => far.start(),
    send: (message: any) => far.send(message),
    close: () => far.close(),
  };
  const said = await stderrOf(async () => {
    await server.connect(outer as never);
    await near.send({ jsonrpc: '2.0', id: 1, method: 'ping' });
    await answered;
  });
  expect(said).toMatch(
    /^mcp-sessionscope: the messages of a server cannot be seen, and are not recorded.*\n$/,
  );
  expect(spans().filter(({ name }) => name === 'ping')).toEqual([]);
});
