import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client as ClientV2, InMemoryTransport as InMemoryV2 } from '@modelcontextprotocol/client';
import { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import { closeRecordings, record } from '../../support/recording.ts';
import { stderrOf } from '../../support/stderr.ts';
import { connectV1, v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';

const LATE =
  'mcp-sessionscope: a server was instrumented after its client had connected: the requests before are not recorded; ' +
  'call instrumentServer before connect()\n';

beforeEach(forget);
afterEach(closeRecordings);

/** What is said once per process can be said again. */
function forget(): void {
  (Reflect.get(globalThis, Symbol.for('mcp-sessionscope.said')) as Set<string> | undefined)?.clear();
}

async function connectV2(server: ReturnType<typeof v2Server>): Promise<ClientV2> {
  const [near, far] = InMemoryV2.createLinkedPair();
  await server.connect(far);
  const client = new ClientV2({ name: 'test-client', version: '1.0.0' });
  await client.connect(near);
  return client;
}

describe.each([
  ['v1', v1Server, async (server: any): Promise<void> => void (await connectV1(server))],
  ['v2', v2Server, async (server: any): Promise<void> => void (await connectV2(server))],
] as const)('a server of %s', (_, create, connect) => {
  test('that is instrumented after its client has connected says what is missing, once', async () => {
    const { telemetry } = record();
    const servers = [create(), create()];
    for (const server of servers) await connect(server);
    expect(
      await stderrOf(async () => {
        for (const server of servers) telemetry.instrument(server);
      }),
    ).toBe(LATE);
  });

  test('that is instrumented before, or right after connect, says nothing', async () => {
    const { telemetry } = record();
    const server = create();
    expect(
      await stderrOf(async () => {
        telemetry.instrument(server);
        await connect(server);
        telemetry.instrument(server);
      }),
    ).toBe('');
  });

  test('that another manager has observed until now says nothing', async () => {
    const first = new TelemetryManager({ exporterType: 'none' });
    const server = create();
    first.instrument(server);
    await connect(server);
    await first.shutdown();
    expect(await stderrOf(async () => void record().telemetry.instrument(server))).toBe('');
  });
});

test('a server that is connected and has had no request yet is instrumented in time', async () => {
  const { telemetry, named } = record();
  const server = v1Server();
  const { connect } = server;
  server.connect = async (transport) => {
    await connect.call(server, transport);
    telemetry.instrument(server);
  };
  expect(await stderrOf(async () => void (await connectV1(server)))).toBe('');
  expect(named('initialize')).toHaveLength(1);
});

test('a server that fails where it is asked for its client is instrumented all the same', async () => {
  const { telemetry, named } = record();
  const server = v1Server();
  const { client } = await connectV1(server);
  server.server.getClientVersion = () => {
    throw new Error('hands off');
  };
  const said = await stderrOf(async () => void telemetry.instrument(server));
  expect(said).toBe(
    'mcp-sessionscope: looking for earlier requests failed, the request goes on: Error: hands off\n',
  );
  await client.ping();
  expect(named('ping')).toHaveLength(1);
});
