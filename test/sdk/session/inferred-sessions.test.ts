import { beforeEach, describe, expect, test } from '@jest/globals';
import { ClientSession } from '../../../src/sdk/session/client-session.ts';
import { InferredSessions, isKnown, type Sender } from '../../../src/sdk/session/inferred-sessions.ts';

const sender = (over: Partial<Sender> = {}): Sender => ({
  principal: undefined,
  address: '127.0.0.1',
  userAgent: 'node',
  client: undefined,
  modern: false,
  ...over,
});
const named = { name: 'desktop', version: '1' };
let sessions: InferredSessions;

beforeEach(() => {
  sessions = new InferredSessions();
});

function opened(from: Sender, id = 'a'): ClientSession {
  const session = new ClientSession(id, 'inferred', 0, {
    clientName: from.client?.name,
    clientVersion: from.client?.version,
  });
  sessions.remember(from, session);
  return session;
}

describe('inferred sessions', () => {
  test('requests of one principal join, wherever they come from', () => {
    const session = opened(sender({ principal: 'p' }));
    expect(sessions.find(sender({ principal: 'p', address: '10.0.0.9', userAgent: 'other' }))).toBe(session);
    expect(sessions.find(sender({ principal: 'q' }))).toBeUndefined();
    expect(sessions.find(sender())).toBeUndefined();
  });

  test('without a principal, address and user agent tell senders apart', () => {
    const session = opened(sender());
    expect(sessions.find(sender())).toBe(session);
    expect(sessions.find(sender({ address: '10.0.0.9' }))).toBeUndefined();
    expect(sessions.find(sender({ userAgent: 'python' }))).toBeUndefined();
  });

  test('a legacy client that named itself in initialize is found again by requests without a name', () => {
    const session = opened(sender({ client: named }));
    expect(sessions.find(sender())).toBe(session);
  });

  test('two clients on one machine are told apart by their names', () => {
    const first = opened(sender({ client: named }), 'a');
    const second = opened(sender({ client: { name: 'cursor', version: '2' } }), 'b');
    expect(sessions.find(sender({ client: named }))).toBe(first);
    expect(sessions.find(sender({ client: { name: 'cursor', version: '2' } }))).toBe(second);
    expect(sessions.find(sender({ client: { name: 'third', version: undefined } }))).toBeUndefined();
  });

  test('a modern client, which names itself every time, is not taken for the nameless sender of a legacy request', () => {
    const legacy = opened(sender({ client: named }), 'a');
    const modern = opened(sender({ client: { name: 'agent', version: '3' }, modern: true }), 'b');
    expect(sessions.find(sender())).toBe(legacy);
    expect(sessions.find(sender({ modern: true }))).toBe(modern);
  });

  test('a client that tried both eras is the same client', () => {
    const session = opened(sender({ client: named, modern: true }));
    expect(sessions.find(sender({ client: named }))).toBe(session);
  });

  test('a name joins the nameless session of its place', () => {
    const session = opened(sender());
    expect(sessions.find(sender({ client: named }))).toBe(session);
  });

  test('an address that was unknown at first is that of the next sender who is the same otherwise', () => {
    const session = opened(sender({ address: undefined, client: named }));
    expect(sessions.find(sender({ address: undefined }))).toBe(session);
    expect(sessions.find(sender({ userAgent: 'python' }))).toBeUndefined();
    expect(sessions.find(sender({ client: { name: 'cursor', version: '2' } }))).toBeUndefined();
    expect(sessions.find(sender())).toBe(session);
    session.learn({ clientAddress: '127.0.0.1' });
    expect(sessions.find(sender({ address: '10.0.0.9' }))).toBeUndefined();
  });

  test('an ended session is not found, and is swept', () => {
    const session = opened(sender());
    session.endReason = 'idle_timeout';
    expect(sessions.find(sender())).toBeUndefined();
    sessions.sweep();
    session.endReason = undefined;
    expect(sessions.find(sender())).toBeUndefined();
  });

  test('a sender of whom nothing is known is not guessed at', () => {
    expect(isKnown(sender())).toBe(true);
    expect(
      isKnown({ principal: undefined, address: undefined, userAgent: undefined, client: undefined }),
    ).toBe(false);
  });
});
