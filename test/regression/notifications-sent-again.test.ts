import { afterEach, describe, expect, test } from '@jest/globals';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { linkedPair, newClient, newServer } from '../support/clients.ts';
import { closeRecordings, record } from '../support/recording.ts';

afterEach(closeRecordings);

const CHANGED: JSONRPCMessage = Object.freeze({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' });

// Each object counted once in a process, for a transport that has signed in sends the message that was refused again.
describe.each(['v1', 'v2'] as const)('a notification of a client of %s', (sdk) => {
  test('counts each time that the application sends it, over whichever connection', async () => {
    const { telemetry, named } = record();
    for (let clients = 0; clients < 2; clients += 1) {
      const client = newClient(sdk);
      telemetry.instrumentClient(client);
      const [near, far] = linkedPair(sdk);
      await newServer(sdk).connect(far);
      await client.connect(near);
      for (let times = 0; times < 3; times += 1) await near.send(CHANGED);
      await client.close();
    }
    expect(named('notifications/roots/list_changed')).toHaveLength(6);
  });

  test('counts once where its transport sends it again', async () => {
    const { telemetry, named } = record();
    const client = newClient(sdk);
    telemetry.instrumentClient(client);
    const [near, far] = linkedPair(sdk);
    const { send } = near;
    let refused = 0;
    near.send = async (message, options) => {
      if ('method' in message && message.method === CHANGED.method && refused === 0) {
        refused += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return near.send(message, options);
      }
      return send.call(near, message, options);
    };
    await newServer(sdk).connect(far);
    await client.connect(near);
    await near.send(CHANGED);
    expect(refused).toBe(1);
    expect(named('notifications/roots/list_changed')).toHaveLength(1);
  });
});
