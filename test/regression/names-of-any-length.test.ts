import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { shortName } from '../../src/sdk/protocol/meta.ts';
import { Limiter } from '../../src/sdk/signals/limiter.ts';
import { observedClient } from '../support/clients.ts';
import { closeRecordings } from '../support/recording.ts';

afterEach(closeRecordings);

// A client kept each name that it was given to call whole, in its limits and on its data points: a gigabyte of a thousand.
describe('names of any length', () => {
  test.each(['v1', 'v2'] as const)(
    'are cut alike on spans and data points of a client of %s',
    async (sdk) => {
      const { client, spans, points } = await observedClient(sdk);
      const name = 'n'.repeat(1_000);
      await client
        .request({ method: 'tools/call', params: { name } } as never, z.looseObject({}) as never)
        .catch(() => {});
      const [span] = spans().filter(({ attributes }) => attributes['mcp.method.name'] === 'tools/call');
      expect(span?.attributes['gen_ai.tool.name']).toBe(shortName(name));
      const recorded = await points('mcp.client.operation.duration');
      expect(recorded.map(({ attributes }) => attributes['gen_ai.tool.name'])).toContain(shortName(name));
    },
  );

  test('are known by what they are cut to', () => {
    const limiter = new Limiter(1);
    const name = 'n'.repeat(1_000);
    expect([limiter.takes(name), limiter.has(name), limiter.admit(name)]).toEqual([
      true,
      true,
      shortName(name),
    ]);
    expect(limiter.takes('other')).toBe(false);
  });

  test('do not keep what they were cut from', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const limiter = new Limiter(100);
    const held = (): number => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = held();
    for (let i = 0; i < 50; i += 1) limiter.admit(Buffer.alloc(2_000_000, `${i} `).toString('latin1'));
    expect(held() - before).toBeLessThan(50_000_000);
  });
});
