import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { context } from '@opentelemetry/api';
import { instrumentServer } from '../../../src/sdk/instrument-server.ts';
import type { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import { linkedPair, newClient, newServer } from '../../support/clients.ts';
import { closeHosts, connectHttp, statelessV1 } from '../../support/http-v1.ts';
import { connectV2, handlerV2 } from '../../support/http-v2.ts';
import { closeRecordings, record } from '../../support/recording.ts';
import { gate } from '../../support/until.ts';
import { v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';
import { wireV1, wireV2 } from '../../support/wire.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** How many of `refs` are still there after what is unreachable was collected. */
async function alive(refs: WeakRef<object>[]): Promise<number> {
  let left = refs.length;
  for (let round = 0; round < 5 && left >= FEW; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    collect();
    left = refs.filter((ref) => ref.deref() !== undefined).length;
  }
  return left;
}

/** What the garbage collector may leave. */
const FEW = 10;

const versions = [
  ['v1', v1Server, wireV1],
  ['v2', v2Server, wireV2],
] as const;

describe.each(['v1', 'v2'] as const)('of 300 instrumented clients (%s)', (sdk) => {
  test.each([
    ['were closed', (client: Client) => client.close()],
    ['were dropped without being closed', async () => {}],
  ])('that %s, almost none is left', async (_, end) => {
    const { telemetry } = record();
    const refs: WeakRef<object>[] = [];
    for (let n = 0; n < 300; n += 1) {
      const client = newClient(sdk);
      refs.push(new WeakRef(client));
      telemetry.instrumentClient(client);
      const [near, far] = linkedPair(sdk);
      refs.push(new WeakRef(near));
      await newServer(sdk).connect(far);
      await client.connect(near);
      await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
      await end(client);
    }
    expect(await alive(refs)).toBeLessThan(FEW);
  });
});

describe.each(versions)('of 300 instrumented servers (%s)', (_, create, connect) => {
  test('that were closed, almost none is left', async () => {
    const { telemetry } = record();
    const refs: WeakRef<object>[] = [];
    for (let n = 0; n < 300; n += 1) {
      const server = create();
      refs.push(new WeakRef(server), new WeakRef(server.server));
      telemetry.instrument(server);
      const wire = await connect(server);
      refs.push(new WeakRef(wire.transport));
      wire.request(1, 'tools/call', { name: n % 2 === 0 ? 'echo' : 'fail', arguments: { text: 'hi' } });
      await wire.answer(1);
      await wire.close();
    }
    expect(await alive(refs)).toBeLessThan(FEW);
    expect(telemetry.activeSessions()).toEqual([]);
  });

  test('that were dropped without being closed, almost none is left', async () => {
    const { telemetry } = record({ sessionIdleTimeoutMs: 3_600_000 });
    const refs: WeakRef<object>[] = [];
    for (let n = 0; n < 300; n += 1) {
      const server = create();
      refs.push(new WeakRef(server));
      telemetry.instrument(server);
      const wire = await connect(server);
      wire.request(1, 'ping');
      await wire.answer(1);
    }
    expect(await alive(refs)).toBeLessThan(FEW);
    expect(telemetry.activeSessions()).toHaveLength(300);
  });
});

describe('a server per HTTP request', () => {
  test('is collected after it (v1)', async () => {
    const { telemetry } = record();
    const refs: WeakRef<object>[] = [];
    const host = await statelessV1(telemetry, {
      create: () => {
        const server = v1Server();
        refs.push(new WeakRef(server));
        return server;
      },
    });
    const { client } = await connectHttp(host.url);
    for (let n = 0; n < 60; n += 1) await client.ping();
    await client.close();
    expect(refs.length).toBeGreaterThan(60);
    expect(await alive(refs)).toBeLessThan(FEW);
  });

  test('is collected after it (v2)', async () => {
    const { telemetry } = record();
    const refs: WeakRef<object>[] = [];
    const host = await handlerV2(telemetry, {
      create: () => {
        const server = v2Server();
        refs.push(new WeakRef(server));
        return server;
      },
    });
    const { client } = await connectV2(host.url);
    for (let n = 0; n < 60; n += 1) await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.close();
    expect(refs.length).toBeGreaterThanOrEqual(60);
    expect(await alive(refs)).toBeLessThan(FEW);
  });
});

test('requests that are sent from within the answers to others do not keep one another', async () => {
  const { telemetry } = record();
  const contexts: WeakRef<object>[] = [];
  let newest: object | undefined;
  const server = new McpServer({ name: 'echo', version: '1' });
  server.registerTool('look', {}, async () => {
    newest = context.active();
    contexts.push(new WeakRef(newest));
    return { content: [] };
  });
  telemetry.instrument(server);
  const wire = await wireV1(server);
  const done = gate();
  const next = (id: number): void =>
    id < 100 ? wire.request(id, 'tools/call', { name: 'look' }) : done.open();
  wire.received.push = ({ id }: { id: number }) => {
    next(id + 1);
    return 0;
  };
  next(0);
  await done.opened;
  expect(contexts).toHaveLength(100);
  expect(await alive(contexts)).toBeLessThan(FEW);
  expect(newest).toBeDefined();
  await wire.close();
});

describe('no listener accumulates', () => {
  const listeners = (emitter: NodeJS.EventEmitter): number =>
    emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);

  test('on the process or on stdin, when 1,000 servers are instrumented', async () => {
    const { telemetry } = record();
    telemetry.instrument(v1Server());
    const before = [listeners(process), listeners(process.stdin)];
    for (let n = 0; n < 500; n += 1) telemetry.instrument(v1Server()).instrument(v2Server());
    expect([listeners(process), listeners(process.stdin)]).toEqual(before);
  });

  test('when each server gets its manager by one call', async () => {
    const { provider: tracerProvider, telemetry } = record();
    telemetry.instrument(v1Server());
    const before = listeners(process);
    const managers = new Set<TelemetryManager>();
    for (let n = 0; n < 100; n += 1) {
      managers.add(instrumentServer(v1Server(), { tracerProvider, serverName: 'one call' }));
    }
    expect(managers.size).toBe(1);
    expect(listeners(process)).toBe(before);
    for (const manager of managers) await manager.shutdown();
  });

  test('on the real stdin, which is left alone until a transport reads it', () => {
    const { telemetry } = record();
    const before = listeners(process.stdin);
    const server = v1Server();
    telemetry.instrument(server);
    void new StdioServerTransport();
    expect(listeners(process.stdin)).toBe(before);
    expect(process.stdin.readableFlowing).not.toBe(true);
  });
});
