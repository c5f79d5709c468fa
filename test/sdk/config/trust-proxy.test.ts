import { describe, expect, test } from '@jest/globals';
import { trustsOf } from '../../../src/sdk/intercept/trusted.ts';
import { resolve } from './support.ts';

/** Which of the senders, the nearest first, are trusted. */
function trusted(trustProxy: unknown, senders: (string | undefined)[]): (string | undefined)[] {
  const trusts = trustsOf(resolve({ trustProxy } as object).resolved.trustProxy);
  return senders.filter(trusts);
}

describe('trustProxy', () => {
  const CHAIN = ['10.1.2.3', '203.0.113.7', undefined, '198.51.100.1'];

  test.each([
    [undefined, []],
    [false, []],
    [0, []],
    [1, CHAIN.slice(0, 1)],
    ['3', CHAIN.slice(0, 3)],
    [32, CHAIN],
    ['10.1.2.3', ['10.1.2.3']],
    ['10.0.0.0/8 , 198.51.100.0/24', ['10.1.2.3', '198.51.100.1']],
    [['203.0.113.7'], ['203.0.113.7']],
    ['uniquelocal', ['10.1.2.3']],
    ['0.0.0.0/0', ['10.1.2.3', '203.0.113.7', '198.51.100.1']],
    [[], []],
  ])('%j trusts whom it names', (value, expected) => {
    expect(trusted(value, CHAIN)).toEqual(expected);
  });

  test('knows an address in each of its spellings', () => {
    const same = ['127.0.0.1', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.9.9.9', '::FFFF:7f00:1'];
    expect(trusted('loopback', [...same, '::2', '128.0.0.1', 'localhost', ''])).toEqual(same);
    expect(trusted('linklocal', ['fe80::1%eth0', '169.254.1.1', 'fd00::1'])).toHaveLength(2);
  });

  test('comes from the environment too, and the code wins', () => {
    const env = { MCP_SESSIONSCOPE_TRUST_PROXY: '10.0.0.0/8' };
    expect(resolve({}, env).resolved.trustProxy).toEqual({
      ranges: [{ address: { text: '10.0.0.0', version: 4 }, bits: 8 }],
    });
    expect(resolve({ trustProxy: 2 }, env).resolved.trustProxy).toEqual({ hops: 2 });
    expect(resolve({ trustProxy: false }, env).resolved.trustProxy).toEqual({ hops: 0 });
    expect(resolve({}, { MCP_SESSIONSCOPE_TRUST_PROXY: '1' }).resolved.trustProxy).toEqual({ hops: 1 });
  });

  test('is said and ignored where the environment has something else', () => {
    const { resolved, warnings } = resolve({}, { MCP_SESSIONSCOPE_TRUST_PROXY: 'true' });
    expect(resolved.trustProxy).toEqual({ hops: 0 });
    expect(warnings).toEqual([
      'MCP_SESSIONSCOPE_TRUST_PROXY is ignored: it takes a number of hops from 0 to 32 (1 behind one proxy), or addresses, CIDR ranges, ' +
        "loopback, linklocal or uniquelocal, got 'true'",
    ]);
  });
});
