import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { principalOf } from '../../../src/sdk/intercept/principal.ts';

const drawn = (): string => randomBytes(32).toString('base64url');

describe('a principal', () => {
  test('is the subject of the middleware, whatever its token', () => {
    const attached = (token: string) => ({ token, clientId: 'app', extra: { sub: 'joe' } });
    const [before, after] = [
      principalOf(attached('t1'), 'Bearer t1'),
      principalOf(attached('t2'), undefined),
    ];
    expect(after?.key).toBe(before?.key);
    const other = principalOf({ token: 't1', clientId: 'app', extra: { sub: 'ann' } }, undefined);
    expect(other?.key).not.toBe(before?.key);
  });

  test.each<[string, object, object]>([
    ['subject', { token: 't', extra: { sub: 'joe' } }, { token: 't', extra: { sub: 'ann' } }],
    ['user of a gateway', { extra: { sub: 'gw', userId: 1 } }, { extra: { sub: 'gw', userId: 2 } }],
    ['client', { token: 'api-key', clientId: 'joe' }, { token: 'api-key', clientId: 'ann' }],
    ['client without a token', { token: '', clientId: 'joe' }, { token: '', clientId: 'ann' }],
    ['issuer', { extra: { sub: 'joe', iss: 'a' } }, { extra: { sub: 'joe', iss: 'b' } }],
    ['token of one client', { token: 't1', clientId: 'app' }, { token: 't2', clientId: 'app' }],
    ['kind of id', { extra: { sub: '1' } }, { extra: { userId: '1' } }],
    ['boundary', { clientId: 'a', extra: { sub: 'b\nc' } }, { clientId: 'a\nb', extra: { sub: 'c' } }],
  ])('is another by its %s', (_, one, other) => {
    const [first, second] = [one, other].map((authInfo) => principalOf(authInfo, undefined));
    expect(first?.key).toEqual(expect.any(String));
    expect(second?.key).not.toBe(first?.key);
    expect(second?.identity).not.toBe(first?.identity);
    expect(principalOf(one, undefined)?.identity).toBe(first?.identity);
  });

  test('is the token of the header where no middleware attached anything', () => {
    const token = drawn();
    const principal = principalOf(undefined, `Bearer ${token}`);
    expect(principalOf({}, `bearer  ${token} `)?.key).toBe(principal?.key);
    expect(principalOf({ token }, undefined)?.key).toBe(principal?.key);
    expect(principalOf(undefined, `Bearer ${drawn()}`)?.key).not.toBe(principal?.key);
  });

  test('is another by any other credentials', () => {
    const keys = ['Basic am9lOnNlY3JldA==', 'Basic YW5uOnNlY3JldA==', 'ApiKey 1', 'Bearer'].map(
      (credentials) => principalOf(undefined, credentials)?.key,
    );
    expect(new Set(keys).size).toBe(4);
  });

  test.each([undefined, null, 'text', {}, { token: 7 }, { extra: 'sub' }, { token: '' }])(
    'is nobody without credentials: %j',
    (authInfo) => {
      for (const header of [undefined, '', '  ']) expect(principalOf(authInfo, header)).toBeUndefined();
    },
  );

  test('shows nothing of who it is in its key', () => {
    const { key = '' } = principalOf({ token: 'hunter2' }, undefined) ?? {};
    expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  test.each([
    ['a token that nobody can guess', drawn(), true],
    ['none that is a word', 'hunter2', false],
  ])('has %s', (_, token, isIt) => {
    expect(principalOf({ token }, undefined)?.token).toBe(isIt ? token : undefined);
    expect(principalOf(undefined, `Bearer ${token}`)?.token).toBe(isIt ? token : undefined);
  });

  test('has no such token where the credentials are a password', () => {
    expect(principalOf(undefined, `Basic ${drawn()}`)?.token).toBeUndefined();
  });
});
