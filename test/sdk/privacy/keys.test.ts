import { describe, expect, it } from '@jest/globals';
import { isSensitiveKey, isSensitiveParameter } from '../../../src/sdk/privacy/keys.ts';

describe('a sensitive key', () => {
  it.each([
    'password',
    'passwd',
    'pwd',
    'secret',
    'clientSecret',
    'client_secret',
    'token',
    'accessToken',
    'refresh_token',
    'id-token',
    'sessionToken',
    'api_key',
    'apiKey',
    'API-KEY',
    'API Key',
    'api.key',
    'x-api-key',
    'X-Auth-Token',
    'Authorization',
    'proxy-authorization',
    'auth',
    'cookie',
    'Set-Cookie',
    'privateKey',
    'PRIVATE_KEY',
    'ssn',
    'credit_card',
    'cardNumber',
    'cvv',
    'CVC',
    'pin',
    'iban',
    'AWS_SECRET_ACCESS_KEY',
    'OPENAI_API_KEY',
    '$password',
  ])('%s is one', (key) => {
    expect(isSensitiveKey(key)).toBe(true);
  });

  it.each([
    'monkey',
    'author',
    'authors',
    'authority',
    'tokenizer',
    'tokens',
    'maxTokens',
    'max_tokens',
    'progressToken',
    'nextPageToken',
    'keyboard',
    'key',
    'passport control',
    'compass',
    'spinner',
    'pins',
    'secretary',
    'cookieConsentText',
    'city',
    '',
    'constructor',
    '__proto__',
    'password'.repeat(10),
  ])('%s is none', (key) => {
    expect(isSensitiveKey(key)).toBe(false);
  });

  it('includes the signature of a URL only as a query parameter', () => {
    expect(isSensitiveParameter('X-Amz-Signature')).toBe(true);
    expect(isSensitiveParameter('sig')).toBe(true);
    expect(isSensitiveParameter('access_token')).toBe(true);
    expect(isSensitiveKey('signature')).toBe(false);
    expect(isSensitiveParameter('query')).toBe(false);
  });
});
