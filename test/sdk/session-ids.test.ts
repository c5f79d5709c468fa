import { spawnSync } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Claimant, SessionIds } from '../../src/sdk/session-ids.ts';

const SERVICE = { namespace: 'shop', name: 'weather' };
const SECRET = 'shared by all processes';
const UUID_8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const NOBODY: Claimant = { identity: undefined, token: undefined };
const JOE: Claimant = { identity: 'subject\nclient\njoe', token: undefined };
const ANN: Claimant = { identity: 'subject\nclient\nann', token: undefined };
const withToken = (token: string): Claimant => ({ identity: `token\n${token}`, token });

const open = new SessionIds(SERVICE, undefined);
const shared = new SessionIds(SERVICE, SECRET);

/** The same id, as another process makes it. */
function elsewhere(secret: string | undefined, claimant: Claimant): string {
  const module = join(__dirname, '../../src/sdk/session-ids.ts');
  const script = `
    const { SessionIds } = require(${JSON.stringify(module)});
    const [service, secret, claimant] = ${JSON.stringify([SERVICE, secret ?? null, claimant])};
    const ids = new SessionIds(service, secret ?? undefined);
    process.stdout.write(ids.ofConversation('c', { identity: undefined, token: undefined, ...claimant }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '-e', script], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return stdout;
}

describe('the id of a conversation’s session', () => {
  test('is a UUID of version 8', () => {
    for (const claimant of [NOBODY, JOE]) expect(open.ofConversation('c', claimant)).toMatch(UUID_8);
    expect(shared.ofConversation('c', JOE)).toMatch(UUID_8);
  });

  const token = randomBytes(32).toString('base64url');
  test.each<[string, string | undefined, Claimant, boolean]>([
    ['is the same in two processes for nobody in particular', undefined, NOBODY, true],
    ['is the same in two processes for one token that nobody can guess', undefined, withToken(token), true],
    ['is the same in two processes that share a secret', SECRET, JOE, true],
    ['differs in two processes for a subject that could be guessed', undefined, JOE, false],
  ])('%s', (_, secret, claimant, isSame) => {
    const here = new SessionIds(SERVICE, secret).ofConversation('c', claimant);
    expect(elsewhere(secret, claimant) === here).toBe(isSame);
    expect(new SessionIds(SERVICE, secret).ofConversation('c', claimant)).toBe(here);
  });

  test('is another for another conversation, service, principal, token or secret', () => {
    const all = [
      open.ofConversation('c', NOBODY),
      open.ofConversation('d', NOBODY),
      new SessionIds({ ...SERVICE, name: 'news' }, undefined).ofConversation('c', NOBODY),
      new SessionIds({ ...SERVICE, namespace: undefined }, undefined).ofConversation('c', NOBODY),
      open.ofConversation('c', JOE),
      open.ofConversation('c', ANN),
      open.ofConversation('c', withToken(token)),
      open.ofConversation('c', withToken(`${token}1`)),
      shared.ofConversation('c', JOE),
      shared.ofConversation('c', ANN),
      new SessionIds(SERVICE, `${SECRET}!`).ofConversation('c', JOE),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('is another for each user of a gateway that has one token', () => {
    const [joe, ann] = [JOE, ANN].map((one) => open.ofConversation('c', { ...one, token }));
    expect(joe).not.toBe(ann);
    expect(elsewhere(undefined, { ...JOE, token })).toBe(joe);
  });

  test('cannot be made of other parts that read the same when they are joined', () => {
    const one = new SessionIds({ namespace: 'a', name: 'b' }, undefined);
    const two = new SessionIds({ namespace: undefined, name: 'a","b' }, undefined);
    expect(one.ofConversation('c', NOBODY)).not.toBe(two.ofConversation('c', NOBODY));
  });
});

describe('what can be guessed', () => {
  /** All that is emitted, and hashes of it with the right guess: what somebody would try who has the data alone. */
  const guesses = (guess: string, emitted: string[]): string[] =>
    ['', ...emitted].flatMap((one) => {
      const texts = [
        `${guess}${one}`,
        `${one}${guess}`,
        JSON.stringify(['shop', 'weather', 'conversation', one, guess]),
        JSON.stringify(['shop', 'weather', 'conversation', 'c', guess]),
        JSON.stringify(['shop', 'weather', 'caller', guess]),
        JSON.stringify(['shop', 'weather', 'caller', 'place', guess, 'curl', false]),
      ];
      return texts.flatMap((text) =>
        [
          createHash('sha256').update(text),
          ...[one, guess].map((key) => createHmac('sha256', key).update(text)),
        ].map((hash) => hash.digest('hex')),
      );
    });
  const digits = (id: string): string => id.replaceAll('-', '');
  /** Version and variant are not of the hash. */
  const comparable = (hex: string): string => `${hex.slice(0, 12)}${hex.slice(13, 16)}${hex.slice(17, 32)}`;

  test.each<[string, string, string | undefined]>([
    ['a subject, without a secret', 'subject\nclient\njoe', open.ofConversation('c', JOE)],
    ['a subject, with a secret', 'subject\nclient\njoe', shared.ofConversation('c', JOE)],
    ['an address, with a secret', '10.0.0.7', shared.keyOfCaller(['place', '10.0.0.7', 'curl', false])],
  ])('enters with a key that cannot: %s', (_, guess, id = '') => {
    const emitted = ['c', 'weather', 'shop', id, open.ofConversation('c', NOBODY)];
    expect(guesses(guess, emitted).map(comparable)).not.toContain(comparable(digits(id)));
  });

  test('is not won back from the key of a protocol id that spans do not show', () => {
    const id = 'joe@example.com';
    const [isShown, open1, shared1] = [
      open.keyOfProtocolId(id, true),
      open.keyOfProtocolId(id, false),
      shared.keyOfProtocolId(id, false),
    ];
    expect(new Set([isShown, open1, shared1]).size).toBe(3);
    expect(new SessionIds(SERVICE, SECRET).keyOfProtocolId(id, false)).toBe(shared1);
    expect(open.keyOfProtocolId(id, true)).toBe(isShown);
  });

  test('has no key in common without a secret', () => {
    expect(open.keyOfCaller(['place', '10.0.0.7', 'curl', false])).toBeUndefined();
    expect(shared.keyOfCaller(['place', '10.0.0.7', 'curl', false])).toMatch(UUID_8);
  });
});
