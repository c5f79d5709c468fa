import { afterEach, describe, expect, test } from '@jest/globals';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { InMemoryTransport as InMemoryTransportV2 } from '@modelcontextprotocol/server';
import { closeRecordings, record } from '../../support/recording.ts';
import { v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';

afterEach(closeRecordings);

type Act = (server: any, pair: () => [any, any]) => Promise<unknown>;

const settle = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'fulfilled',
    (error: unknown) => String(error),
  );

/** Calls the tool at the other end of `near`, and waits for its answer or the close. */
function call(near: any, name: string): Promise<unknown> {
  return new Promise((resolve) => {
    near.onmessage = resolve;
    near.onclose = () => resolve('closed');
    void near.send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } });
  });
}

const ACTS: Record<string, Act> = {
  'a handler closes its server': async (server, pair) => {
    const [near, far] = pair();
    server.registerTool('bye', {}, async () => {
      await server.close();
      return { content: [] };
    });
    await server.connect(far);
    const answer = await call(near, 'bye');
    return [answer, await settle(server.connect(pair()[1]))];
  },
  'a transport that cannot start, and another one': async (server, pair) => {
    const [, far] = pair();
    far.start = () => Promise.reject(new Error('no port'));
    const [near, other] = pair();
    const tries = [await settle(server.connect(far)), await settle(server.connect(other))];
    await server.close();
    tries.push(await settle(server.connect(other)));
    return [tries, tries.at(-1) === 'fulfilled' ? await call(near, 'fail') : undefined];
  },
  'a transport that throws as it starts': async (server, pair) => {
    const [, far] = pair();
    far.start = () => {
      throw new Error('no port');
    };
    return [await settle(server.connect(far)), server.server.transport === far];
  },
  'a connect that the server refuses': async (server, pair) => {
    const [near, far] = pair();
    await server.connect(far);
    const refusals = [await settle(server.connect(far)), await settle(server.connect(pair()[1]))];
    return [refusals, await call(near, 'refuse')];
  },
  'a transport that closes with an error': async (server, pair) => {
    const [near, far] = pair();
    await server.connect(far);
    await call(near, 'fail');
    far.close = () => Promise.reject(new Error('busy'));
    return [await settle(server.close()), server.server.transport === far, await call(near, 'fail')];
  },
  'an application that connects anew as its connection closes': async (server, pair) => {
    const [near, far] = pair();
    const [second, other] = pair();
    let connected: unknown;
    server.server.onclose = () => {
      server.server.onclose = undefined;
      connected = settle(server.connect(other));
    };
    await server.connect(far);
    await call(near, 'fail');
    await near.close();
    return [await connected, await call(second, 'refuse')];
  },
};

describe.each<[string, () => any, () => [any, any]]>([
  ['v1', v1Server, () => InMemoryTransport.createLinkedPair()],
  ['v2', v2Server, () => InMemoryTransportV2.createLinkedPair()],
])('with %s', (_version, create, pair) => {
  test.each(Object.entries(ACTS))('%s: as without us', async (_, act) => {
    const bare = await act(create(), pair);
    const { telemetry } = record();
    const server = create();
    telemetry.instrument(server);
    expect(await act(server, pair)).toEqual(bare);
  });
});
