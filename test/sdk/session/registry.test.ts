import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ClientSession } from '../../../src/sdk/session/client-session.ts';
import { SessionRegistry } from '../../../src/sdk/session/registry.ts';

const MINUTE = 60_000;
let told: string[];
let registry: SessionRegistry;

beforeEach(() => {
  told = [];
  const tell = (what: string) => (session: ClientSession, now: number) => {
    told.push(`${what} ${session.id} at ${now / MINUTE}`);
    session.reportedAt = now;
    session.changed = false;
    session.openTold = session.openRequests;
  };
  registry = new SessionRegistry(
    { idleTimeoutMs: 30 * MINUTE, updateIntervalMs: MINUTE },
    {
      started: tell('started'),
      resumed: tell('resumed'),
      updated: tell('updated'),
      joined: tell('joined'),
      left: tell('left'),
      ended: tell('ended'),
    },
  );
});

describe('a registry of sessions', () => {
  test('opens a session with its first request', () => {
    const session = registry.open('a', 'protocol', 0, { clientName: 'c' }, { tool: 'echo' });
    expect(session).toMatchObject({ calls: 1, errors: 0, tools: ['echo'], startedAt: 0, lastActivityAt: 0 });
    expect(registry.get('a')).toBe(session);
    expect(told).toEqual(['started a at 0']);
  });

  test('reports a changed session once per interval, and a quiet one at every fifth', () => {
    const session = registry.open('a', 'protocol', 0, {});
    registry.tick(0.5 * MINUTE);
    session.noteRequest(0.6 * MINUTE, undefined);
    registry.tick(MINUTE);
    registry.tick(1.5 * MINUTE);
    for (let minute = 2; minute <= 6; minute += 1) registry.tick(minute * MINUTE);
    expect(told).toEqual(['started a at 0', 'updated a at 1', 'updated a at 6']);
  });

  test('reports at the next interval what a quiet session waits for, once, and that it waits no longer', () => {
    const session = registry.open('a', 'protocol', 0, {});
    session.openRequests = 1;
    for (let minute = 0.5; minute <= 3; minute += 0.5) registry.tick(minute * MINUTE);
    session.openRequests = 0;
    for (let minute = 3.5; minute <= 8; minute += 0.5) registry.tick(minute * MINUTE);
    expect(told).toEqual(['started a at 0', 'updated a at 1', 'updated a at 3.5']);
  });

  test('ends an idle session, and its duration runs to its newest request', () => {
    const session = registry.open('a', 'protocol', 0, {});
    session.noteRequest(10 * MINUTE, undefined);
    registry.tick(39 * MINUTE);
    expect(session.endReason).toBeUndefined();
    registry.tick(40 * MINUTE);
    expect(session.endReason).toBe('idle_timeout');
    expect(session.durationAt(40 * MINUTE)).toBe(10 * MINUTE);
    expect(registry.size).toBe(0);
  });

  test('does not wait for a clock that has gone back to come round again', () => {
    const session = registry.open('a', 'protocol', 60 * MINUTE, {});
    registry.tick(0);
    session.noteRequest(0, undefined);
    registry.tick(MINUTE);
    registry.tick(30 * MINUTE);
    expect(told).toEqual(['started a at 60', 'updated a at 1', 'ended a at 30']);
  });

  test('stops after so many, and goes on where it stopped', () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) registry.open(id, 'protocol', 0, {});
    registry.get('b')?.noteRequest(20 * MINUTE, undefined);
    told = [];
    expect(registry.tick(30 * MINUTE, 2)).toBe(true);
    expect(told).toEqual(['ended a at 30', 'updated b at 30']);
    expect(registry.tick(31 * MINUTE, 2)).toBe(true);
    expect(registry.tick(31 * MINUTE, 2)).toBe(false);
    expect(told.slice(2)).toEqual(['ended c at 31', 'ended d at 31', 'ended e at 31']);
    expect(registry.endAll('server_shutdown', 32 * MINUTE, 1)).toBe(false);
    expect(registry.size).toBe(0);
  });

  test('ends a session once', () => {
    const session = registry.open('a', 'protocol', 0, {});
    registry.end(session, 'client_delete', 1);
    registry.end(session, 'transport_close', 2);
    expect(session.endReason).toBe('client_delete');
    expect(told.filter((line) => line.startsWith('ended'))).toHaveLength(1);
  });

  test('a session that comes back goes on with its counts', () => {
    const session = registry.open('a', 'protocol', 0, {}, { tool: 'echo' });
    registry.tick(30 * MINUTE);
    registry.resume(session, 31 * MINUTE);
    registry.resume(session, 32 * MINUTE);
    session.noteRequest(31 * MINUTE, 'pay');
    expect(session).toMatchObject({ calls: 2, tools: ['echo', 'pay'], endReason: undefined });
    expect(told).toEqual(['started a at 0', 'ended a at 30', 'resumed a at 31']);
  });

  test.each(['application', 'conversation'] as const)('remembers a session of the source %s', (source) => {
    const session = registry.open('a', source, 0, {});
    registry.tick(30 * MINUTE);
    expect(registry.get('a')).toBe(session);
    registry.resume(session, 31 * MINUTE);
    expect([...registry.all()]).toEqual([session]);
  });

  test('counts a handshake to the conversation that it is part of, errors and later requests, too', () => {
    const handshake = registry.open('a', 'protocol', 0, {});
    const facts = { conversationId: 'lunch' };
    const whole = registry.open('b', 'conversation', 0, facts, { key: 'b', method: 'tools/call' });
    handshake.noteFailure();
    registry.join(handshake, whole, MINUTE);
    handshake.noteRequest(MINUTE, undefined);
    handshake.noteFailure();
    expect(told).toEqual(['started a at 0', 'started b at 0', 'joined a at 1']);
    expect(handshake).toMatchObject({ key: 'b', partOf: whole, facts, calls: 2, errors: 2 });
    expect(whole).toMatchObject({ key: 'b', openedBy: 'tools/call', calls: 1, errors: 0 });
    expect(whole.snapshot(MINUTE)).toMatchObject({ calls: 3, errors: 2, conversationId: 'lunch' });
  });

  test('counts what was a handshake by itself again, with the key that it had before, once it leaves', () => {
    const part = registry.open('a', 'protocol', 0, {}, { key: 'mine', method: 'initialize' });
    const whole = registry.open('b', 'conversation', 0, { conversationId: 'lunch' }, { key: 'b' });
    part.noteFailure();
    registry.join(part, whole, MINUTE);
    registry.leave(part, MINUTE);
    registry.leave(part, MINUTE);
    part.noteRequest(MINUTE, undefined);
    expect(told.slice(2)).toEqual(['joined a at 1', 'left a at 1']);
    expect(part).toMatchObject({ key: 'mine', openedBy: 'initialize', partOf: undefined, calls: 2 });
    expect(part.snapshot(MINUTE)).not.toHaveProperty('conversationId');
    expect(whole.snapshot(MINUTE)).toMatchObject({ calls: 1, errors: 0 });
  });

  test('tells of one that leaves after its end when it goes on', () => {
    const part = registry.open('a', 'protocol', 0, {});
    registry.join(part, registry.open('b', 'conversation', 0, {}, { key: 'b' }), 0);
    registry.end(part, 'transport_close', MINUTE);
    registry.leave(part, MINUTE);
    registry.resume(part, MINUTE);
    expect(told.slice(3)).toEqual(['ended a at 1', 'resumed a at 1']);
  });

  test('ends all with one reason', () => {
    registry.open('a', 'protocol', 0, {});
    registry.open('b', 'inferred', 0, {});
    registry.endAll('server_shutdown', MINUTE);
    expect(told.slice(2)).toEqual(['ended a at 1', 'ended b at 1']);
    expect([...registry.all()]).toEqual([]);
  });

  test('holds at most 100,000 sessions: the oldest gives way', () => {
    for (let i = 0; i <= 100_000; i += 1) registry.open(`s${i}`, 'inferred', 0, {});
    expect(registry.size).toBe(100_000);
    expect(registry.get('s0')).toBeUndefined();
    expect(told.at(-2)).toBe('ended s0 at 0');
  });

  test('ends none that is in use for a flood of sessions with one request each', () => {
    const [inUse, isAnswering] = ['used', 'answering'].map((id) => registry.open(id, 'conversation', 0, {}));
    inUse?.noteRequest(0, undefined);
    if (isAnswering !== undefined) isAnswering.openRequests = 1;
    for (let i = 0; i < 200_000; i += 1) registry.open(`s${i}`, 'conversation', 0, {});
    expect(registry.size).toBe(100_000);
    expect([inUse?.endReason, isAnswering?.endReason]).toEqual([undefined, undefined]);
  });

  test('ends one that is in use where all are', () => {
    for (let i = 0; i <= 100_000; i += 1) registry.open(`s${i}`, 'inferred', 0, {}).noteRequest(0, undefined);
    expect(registry.size).toBe(100_000);
    expect(told.filter((line) => line.startsWith('ended'))).toHaveLength(1);
  });
});

describe('a client session', () => {
  test('names at most 50 tools, in order of first use', () => {
    const session = registry.open('a', 'protocol', 0, {});
    for (let i = 0; i < 50; i += 1) session.noteRequest(i, `tool-${i}`);
    session.noteRequest(50, 'tool-0');
    expect(session.toolsText.endsWith('tool-49')).toBe(true);
    session.noteRequest(51, 'tool-50');
    expect(session.tools).toHaveLength(50);
    expect(session.toolsText.endsWith('tool-49, …')).toBe(true);
  });

  test('keeps what it knows when a later message knows less', () => {
    const session = registry.open('a', 'protocol', 0, { clientName: 'c', clientVersion: '1' });
    session.learn({ clientName: undefined, protocolVersion: '2025-11-25' });
    expect(session.facts).toEqual({ clientName: 'c', clientVersion: '1', protocolVersion: '2025-11-25' });
  });

  test('gives snapshots that cannot be changed', () => {
    const session = registry.open('a', 'connection', 1_000, { clientName: 'c' }, { tool: 'echo' });
    const snapshot = session.snapshot(3_000);
    expect(snapshot).toEqual({
      id: 'a',
      source: 'connection',
      startedAt: 1_000,
      lastActivityAt: 1_000,
      durationMs: 2_000,
      calls: 1,
      errors: 0,
      tools: ['echo'],
      clientName: 'c',
    });
    expect(Object.isFrozen(snapshot) && Object.isFrozen(snapshot.tools)).toBe(true);
  });
});
