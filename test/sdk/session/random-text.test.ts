import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { isDrawnAtRandom } from '../../../src/sdk/session/random-text.ts';

describe('a text that was drawn at random', () => {
  test.each<[string, () => string]>([
    ['a UUID', randomUUID],
    ['a UUID behind a name', () => `session-${randomUUID()}`],
    ['a UUID in capitals', () => randomUUID().toUpperCase()],
    ['a UUID by time', () => '0193b2f4-8c1e-7a3d-9f52-6c1e8b7d4a90'],
    ['32 bytes in hex', () => randomBytes(32).toString('hex')],
    ['32 bytes in base64', () => randomBytes(32).toString('base64url')],
    [
      'a JSON Web Token',
      () => `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(300)}.${randomBytes(32).toString('base64url')}`,
    ],
  ])('is known: %s', (_, draw) => {
    for (let i = 0; i < 200; i += 1) {
      const text = draw();
      expect({ text, drawn: isDrawnAtRandom(text) }).toEqual({ text, drawn: true });
    }
  });

  test.each([
    '',
    '1',
    'default',
    'single-session',
    'session-7',
    'session-1732800000000',
    '1732800000000-1-000000000001',
    'mcp-session-2026-11-28T17:14:00.123Z',
    '00000000-0000-4000-8000-000000000001',
    '11111111-1111-4111-8111-111111111111',
    'joe@example.com',
    'production-eu-west-1-weather-server-session-12',
    'my-very-long-session-name-for-this-server-and-user-joe-bloggs',
    'Session_For_User_12345_On_Host_67890_At_1732800000',
    '192.168.100.200:54321-192.168.100.201:8080',
    'x'.repeat(1_000),
    '0123456789'.repeat(100),
  ])('is not %s', (text) => {
    expect(isDrawnAtRandom(text)).toBe(false);
  });

  test('is known by its end, however long it is', () => {
    expect(isDrawnAtRandom(`${'session '.repeat(100_000)}${randomUUID()}`)).toBe(true);
    expect(isDrawnAtRandom(`${randomUUID()}${'='.repeat(100_000)}`)).toBe(false);
  });
});
