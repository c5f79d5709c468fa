import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { linkedPair, newClient, newServer } from '../support/clients.ts';
import { closeRecordings, record } from '../support/recording.ts';

afterEach(closeRecordings);

const ANYTHING = z.looseObject({});

/** What it is on the wire is not what it has. */
class Params {
  readonly connection = { of: 'the application' };
  toJSON(): object {
    return { name: 'echo', arguments: { text: 'hi' } };
  }
}

// A copy with the trace context lost the `toJSON` of the prototype, and what it hides went out in its place.
describe.each(['v1', 'v2'] as const)('a message of a client of %s', (sdk) => {
  async function onTheWire(params: object): Promise<Record<string, any>> {
    const client = newClient(sdk);
    record().telemetry.instrumentClient(client);
    const [near, far] = linkedPair(sdk);
    const sent: string[] = [];
    const { send } = near;
    near.send = async (message, options) => {
      sent.push(JSON.stringify(message));
      await send.call(near, JSON.parse(sent.at(-1) as string), options);
    };
    await newServer(sdk).connect(far);
    await client.connect(near);
    await client.request({ method: 'tools/call', params } as never, ANYTHING as never).catch(() => {});
    return JSON.parse(sent.find((text) => text.includes('tools/call')) as string).params;
  }

  test('goes out as its params write themselves', async () => {
    expect(await onTheWire(new Params())).toEqual(new Params().toJSON());
  });

  test('goes out as its _meta writes itself', async () => {
    class Meta {
      readonly secret = 1;
      toJSON(): object {
        return { shown: true };
      }
    }
    const params = await onTheWire({ name: 'echo', _meta: new Meta() });
    expect(params['_meta']).not.toHaveProperty('secret');
    expect(params['_meta']).toMatchObject({ shown: true });
  });

  test('keeps a member of _meta that is called __proto__', async () => {
    const _meta = JSON.parse('{ "__proto__": { "a": 1 }, "k": 1 }');
    const params = await onTheWire({ name: 'echo', _meta });
    expect(Object.entries(params['_meta'])).toEqual(expect.arrayContaining([['__proto__', { a: 1 }]]));
    expect(params['_meta']).toMatchObject({ k: 1 });
  });
});
