import { createHash, randomUUID } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { isUnguessable } from '../../../src/sdk/intercept/unguessable.ts';

/** Bytes like any that are drawn, the same ones in every run. */
const bytes = (seed: number): Buffer => createHash('sha256').update(`drawn ${seed}`).digest();
const drawn = bytes(1).toString('base64url');
const tenant = bytes(2).toString('hex').slice(0, 32);
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (signature: string, header: unknown = { alg: 'HS256' }): string =>
  `${encoded(header)}.${encoded({ sub: 'joe' })}.${signature}`;
const password = 'jürgen.müller@example.com:sommer2024';

describe('a token that nobody can guess', () => {
  test.each([
    ['base64url', drawn],
    ['base64', bytes(3).toString('base64')],
    ['hex', bytes(1).toString('hex')],
    ['hex in capitals', bytes(1).toString('hex').toUpperCase()],
    ['a vendor’s prefix', `sk_live_${drawn}`],
    ['two words of one', `github_pat_${drawn}`],
    ['a JSON Web Token', jwt(drawn)],
  ])('is one long run that was drawn: %s', (_, token) => {
    expect(isUnguessable(token)).toBe(true);
  });

  test('is nearly every one that is drawn', () => {
    const tokens = Array.from({ length: 500 }, (_, seed) => bytes(seed));
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      const missed = tokens.filter((token) => !isUnguessable(token.toString(encoding)));
      expect(missed.length).toBeLessThan(10);
    }
  });

  test.each<[string, string]>([
    ['a word', 'hunter2'],
    ['words', 'token-of-the-user-joe-in-production'],
    ['a short one', drawn.slice(0, 24)],
    ['a UUID, which may be a user’s', randomUUID()],
    ['a UUID and a number', `${randomUUID()}:1234`],
    ['a name and a tenant’s UUID', `alice.${randomUUID()}`],
    ['a password and a tenant’s id', `sommer_${tenant}`],
    ['a tenant’s id and a password', `${tenant}.sommer2024`],
    ['a tenant’s id, a password and capitals', `${tenant}-Sommer2024`],
    ['an encoded password', Buffer.from('jürgen:sommer2024').toString('base64')],
    ['a longer one', Buffer.from(password).toString('base64')],
    ['one behind a prefix', `key_${Buffer.from(password).toString('base64url')}`],
    ['one of one byte a letter', Buffer.from(password, 'latin1').toString('base64url')],
    ['one of two bytes a letter', Buffer.from(password, 'utf16le').toString('base64')],
    ['one in Cyrillic', Buffer.from('юрий:лето2024:и:ещё').toString('base64')],
    ['a short one of few letters', Buffer.from('müller|7').toString('base64url')],
    ['one in hex', Buffer.from('alice:sommer2024').toString('hex')],
    ['one that is encoded twice', Buffer.from(Buffer.from(password).toString('hex')).toString('base64')],
    ['one that is compressed', gzipSync('alice:sommer2024').toString('base64')],
    ['one that is deflated', deflateSync('alice:sommer2024, and more').toString('base64')],
    ['an unsigned JSON Web Token', jwt('')],
    ['one that says so', jwt(drawn, { alg: 'none' })],
    ['one with a short signature', jwt(drawn.slice(0, 20))],
    ['one with a written signature', jwt(Buffer.from(password).toString('base64url'))],
    ['what only looks like one', `alice.sommer.${drawn}`],
  ])('is not %s', (_, token) => {
    expect(isUnguessable(token)).toBe(false);
  });

  test('is found in bounded work', () => {
    const startedAt = performance.now();
    for (const piece of ['a', 'sk_', 'Aa1', 'x.']) expect(isUnguessable(piece.repeat(100_000))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
