import { isIP } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readTrustProxy, type TrustProxy } from '../../../src/sdk/config/trust-proxy.ts';
import { senderOf } from '../../../src/sdk/intercept/forwarded.ts';
import { trustsOf } from '../../../src/sdk/intercept/trusted.ts';

const PEER = { address: '10.0.0.1', port: 50_000 };

type Headers = { list?: string; forwarded?: string };

function sender(
  { list, forwarded }: Headers,
  trust: unknown = 1,
  peer: Parameters<typeof senderOf>[0] = PEER,
) {
  const headers: Record<string, string | undefined> = { 'x-forwarded-for': list, forwarded };
  return senderOf(peer, (name) => headers[name], trustsOf(readTrustProxy(trust) as TrustProxy));
}

describe('X-Forwarded-For', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7', undefined],
    ['6.6.6.6, 203.0.113.7', '203.0.113.7', undefined],
    ['203.0.113.7:4711', '203.0.113.7', 4711],
    ['[2001:db8::1]:4711', '2001:db8::1', 4711],
    ['[2001:db8::1]', '2001:db8::1', undefined],
    ['2001:DB8:0:0::0001', '2001:db8::1', undefined],
    ['::ffff:203.0.113.7', '203.0.113.7', undefined],
    ['::ffff:cb00:7107', '203.0.113.7', undefined],
    ['203.0.113.7:0', '203.0.113.7', undefined],
    ['203.0.113.7:99999', '203.0.113.7', undefined],
    ['\t203.0.113.7 ', '203.0.113.7', undefined],
  ])('%j names %s', (list, address, port) => {
    expect(sender({ list })).toEqual({ address, port });
  });

  test.each([
    '',
    ',',
    '203.0.113.7,',
    'unknown',
    '_hidden',
    'localhost',
    '203.0.113',
    '203.0.113.07.1',
    '999.1.1.1',
    '[203.0.113.7',
    '[2001:db8::1]x',
    '[[2001:db8::1]]',
    '2001:db8::1:::',
    'fe80::1%eth0',
    '"203.0.113.7"',
    '203.0.113.7 203.0.113.8',
    '\u0000',
    '١٢٧.٠.٠.١',
    'x'.repeat(100_000),
    '"'.repeat(100_000),
    `${' '.repeat(100_000)}`,
    `6.6.6.6,${'"'}203.0.113.7`,
  ])('without an address at its end is nobody’s word (%#)', (list) => {
    expect(sender({ list })).toEqual(PEER);
  });

  test('of thousands of entries is read from its end, past trusted proxies only', () => {
    const thousands = '6.6.6.6, '.repeat(100_000);
    expect(sender({ list: `${thousands}203.0.113.7` }).address).toBe('203.0.113.7');
    expect(sender({ list: `${thousands}203.0.113.7, 10.0.0.2` }, '10.0.0.0/8').address).toBe('203.0.113.7');
    expect(sender({ list: `${'10.0.0.9, '.repeat(100_000)}10.0.0.8` }, '10.0.0.0/8').address).toBe(
      '10.0.0.9',
    );
  });

  test('stops where a proxy among the trusted names nobody', () => {
    expect(sender({ list: '203.0.113.7, unknown, 10.0.0.2' }, 3)).toEqual({
      address: '10.0.0.2',
      port: undefined,
    });
  });

  test('that is shorter than the trusted chain ends with its first entry', () => {
    expect(sender({ list: '203.0.113.7' }, 5).address).toBe('203.0.113.7');
  });

  test('counts before `Forwarded`, which the same proxy passes on as the client wrote it', () => {
    expect(sender({ list: '203.0.113.7', forwarded: 'for=6.6.6.6' }).address).toBe('203.0.113.7');
    expect(sender({ list: 'unknown', forwarded: 'for=6.6.6.6' })).toEqual(PEER);
  });
});

describe('Forwarded', () => {
  test.each([
    ['for=203.0.113.7', '203.0.113.7', undefined],
    ['For="203.0.113.7:4711";proto=https', '203.0.113.7', 4711],
    ['for="[2001:DB8::1]:4711"', '2001:db8::1', 4711],
    ['for="[2001:db8::1]:_port"', '10.0.0.1', 50_000],
    ['by=10.0.0.1; FOR = 203.0.113.7 ;host=h', '203.0.113.7', undefined],
    ['for=6.6.6.6, for=203.0.113.7', '203.0.113.7', undefined],
    ['for="6.6.6.6, for=203.0.113.7', '203.0.113.7', undefined],
    ['for=6.6.6.6;host="a,b\\",c", for=203.0.113.7', '203.0.113.7', undefined],
    ['for=203.0.113.7;host="a, for=6.6.6.6"', '203.0.113.7', undefined],
    ['proto=https', '10.0.0.1', 50_000],
    ['for=_hidden', '10.0.0.1', 50_000],
    ['for=unknown', '10.0.0.1', 50_000],
    ['notfor=203.0.113.7', '10.0.0.1', 50_000],
    [`for=203.0.113.7;host=${'x'.repeat(10_000)}`, '10.0.0.1', 50_000],
    [`${'for=6.6.6.6;'.repeat(10_000)}`, '10.0.0.1', 50_000],
  ])('in case %# is read as RFC 7239 has it', (forwarded, address, port) => {
    expect(sender({ forwarded })).toEqual({ address, port });
  });

  test('is followed through several proxies', () => {
    const forwarded = 'for=203.0.113.7, for="10.0.0.3:80";by=10.0.0.2, for=10.0.0.2';
    expect(sender({ forwarded }, 'uniquelocal').address).toBe('203.0.113.7');
    expect(sender({ forwarded }, 2)).toEqual({ address: '10.0.0.3', port: 80 });
  });
});

describe('who is not trusted', () => {
  const headers = { list: '203.0.113.7', forwarded: 'for=203.0.113.7' };

  test.each([[false], [0], ['192.168.0.0/16'], [[]]])('speaks for itself alone with %j', (trust) => {
    expect(sender(headers, trust)).toEqual(PEER);
  });

  test('is who cannot be seen, where proxies are named by their addresses', () => {
    const unseen = { address: undefined, port: undefined };
    expect(sender(headers, ['0.0.0.0/0', '::/0'], unseen)).toEqual(unseen);
    expect(sender(headers, 1, unseen).address).toBe('203.0.113.7');
  });
});

test('whatever stands in the headers, the sender is an address', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'for=";,[]:.1a_% \\'), maxLength: 200 }),
  );
  fc.assert(
    fc.property(text, text, fc.boolean(), fc.nat(32), (list, forwarded, hasList, hops) => {
      const found = sender(hasList ? { list, forwarded } : { forwarded }, hops);
      expect(isIP(found.address as string)).not.toBe(0);
    }),
    { numRuns: 2_000 },
  );
});
