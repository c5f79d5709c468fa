import { describe, expect, test } from '@jest/globals';
import { SESSION_SORTS, type SessionQuery } from '../../../src/explorer/server/api.ts';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { NOW, otlpLine, requestSpan, sessionSpan, T0 } from '../support.ts';
import { withStore } from './support.ts';

const MINUTE = 60_000;

interface SessionParts {
  id: string;
  client?: string;
  version?: string;
  from: number;
  /** Absent: it has not ended. */
  to?: number;
  calls?: number;
  errors?: number;
  tools?: string;
}

/** A session that tells everything in one span. */
function session({ id, client, version, from, to, calls = 1, errors = 0, tools = '' }: SessionParts) {
  return sessionSpan(to === undefined ? 'start' : 'end', to === undefined ? 0 : 1, to ?? from, {
    'mcp.client.session.id': id,
    'mcp.client.session.start_unix_ms': T0 + from,
    'mcp.client.session.duration_ms': (to ?? from) - from,
    'mcp.client.session.calls': calls,
    'mcp.client.session.errors': errors,
    'mcp.client.session.tools': tools,
    ...(client !== undefined && { 'mcp.client.name': client }),
    ...(version !== undefined && { 'mcp.client.version': version }),
  });
}

const SESSIONS = [
  session({ id: 'ended-b', client: 'Zed', version: '9', from: 0, to: 20 * MINUTE, calls: 9, tools: 'pay' }),
  session({
    id: 'Ended-a',
    client: 'alpha',
    from: 0,
    to: 2 * MINUTE,
    calls: 5,
    errors: 2,
    tools: 'get, pay',
  }),
  session({ id: 'lost', client: 'alpha', version: '2', from: 10 * MINUTE, calls: 3, errors: 1 }),
  session({ id: 'active', from: 25 * MINUTE, calls: 3, tools: 'Über' }),
];
const withServices = (line: string, service: string) =>
  line.replace(
    '"attributes":[',
    `"attributes":[{"key":"service.name","value":{"stringValue":"${service}"}},`,
  );
const FILES = {
  'a.traces.jsonl': [
    withServices(otlpLine(SESSIONS.slice(0, 2)), 'bank'),
    withServices(otlpLine([requestSpan(1_000, { 'mcp.client.session.id': 'lost' })], 'process-2'), 'desk'),
  ],
  'b.traces.jsonl': [otlpLine(SESSIONS.slice(2))],
};

function ids(store: SessionStore, query: SessionQuery): string[] {
  return store.rows(store.list(query)).map(({ id }) => id);
}

async function found(store: SessionStore, query: SessionQuery): Promise<string[]> {
  return store.rows(await store.find(query)).map(({ id }) => id);
}

describe('the list of sessions', () => {
  test('is in the order of any column, both ways, the newest start first where that does not decide', async () => {
    await withStore(FILES, async (store) => {
      const order = (sort?: SessionQuery['sort'], order?: 'asc' | 'desc') =>
        ids(store, { ...(sort !== undefined && { sort }), ...(order !== undefined && { order }) }).join(' ');
      expect(order()).toBe('active lost Ended-a ended-b');
      const expected: Record<string, [asc: string, desc: string]> = {
        session: ['active Ended-a ended-b lost', 'lost ended-b Ended-a active'],
        client: ['active Ended-a lost ended-b', 'ended-b lost Ended-a active'],
        started: ['Ended-a ended-b lost active', 'active lost Ended-a ended-b'],
        duration: ['Ended-a active lost ended-b', 'ended-b lost active Ended-a'],
        calls: ['active lost Ended-a ended-b', 'ended-b Ended-a lost active'],
        errors: ['active ended-b lost Ended-a', 'Ended-a lost active ended-b'],
        status: ['active lost Ended-a ended-b', 'Ended-a ended-b lost active'],
        server: ['active Ended-a ended-b lost', 'lost Ended-a ended-b active'],
        error_rate: ['active ended-b lost Ended-a', 'Ended-a lost active ended-b'],
        tools: ['lost Ended-a ended-b active', 'active ended-b Ended-a lost'],
      };
      for (const sort of SESSION_SORTS) {
        expect([sort, order(sort, 'asc'), order(sort, 'desc')]).toEqual([sort, ...expected[sort]!]);
        expect(order(sort)).toBe(expected[sort]![1]);
      }
    });
  });

  test('is restricted by any part of an id, client, version or tool, in any case', async () => {
    await withStore(FILES, async (store) => {
      expect(await found(store, { q: 'ENDED-' })).toEqual(['Ended-a', 'ended-b']);
      expect(await found(store, { q: ' zed 9 ' })).toEqual(['ended-b']);
      expect(await found(store, { q: 'ALPHA' })).toEqual(['lost', 'Ended-a']);
      expect(await found(store, { q: 'üBER' })).toEqual(['active']);
      expect(await found(store, { q: '  ' })).toHaveLength(4);
      expect(await found(store, { q: 'nothing has this' })).toEqual([]);
    });
  });

  test('is restricted by names, status and errors, alone and together', async () => {
    await withStore(FILES, async (store) => {
      expect(ids(store, { client: 'alpha' })).toEqual(['lost', 'Ended-a']);
      expect(ids(store, { client: 'alph' })).toEqual([]);
      expect(ids(store, { tool: 'pay' })).toEqual(['Ended-a', 'ended-b']);
      expect(ids(store, { tool: 'pa' })).toEqual([]);
      expect(ids(store, { service: 'bank' })).toEqual(['Ended-a', 'ended-b']);
      expect(ids(store, { service: 'desk' })).toEqual(['lost']);
      expect(ids(store, { status: 'ended' })).toEqual(['Ended-a', 'ended-b']);
      expect(ids(store, { status: 'active' })).toEqual(['active']);
      expect(ids(store, { status: 'lost' })).toEqual(['lost']);
      expect(ids(store, { errors: true })).toEqual(['lost', 'Ended-a']);
      expect(ids(store, { errors: false })).toHaveLength(4);
      expect(await found(store, { errors: true, client: 'alpha', status: 'ended', q: 'get' })).toEqual([
        'Ended-a',
      ]);
    });
  });

  test('is restricted to those that were open at some time of a range, its ends included', async () => {
    await withStore(FILES, async (store) => {
      const open = (from?: number, to?: number) =>
        ids(store, {
          ...(from !== undefined && { from: T0 + from }),
          ...(to !== undefined && { to: T0 + to }),
        });
      expect(open(2 * MINUTE)).toEqual(['active', 'lost', 'Ended-a', 'ended-b']);
      expect(open(2 * MINUTE + 1)).toEqual(['active', 'lost', 'ended-b']);
      expect(open(20 * MINUTE)).toEqual(['active', 'ended-b']);
      expect(open(26 * MINUTE)).toEqual(['active']);
      expect(open(undefined, 0)).toEqual(['Ended-a', 'ended-b']);
      expect(open(undefined, -1)).toEqual([]);
      expect(open(5 * MINUTE, 24 * MINUTE)).toEqual(['lost', 'ended-b']);
    });
  });

  test('follows the clock: what is silent for long is lost, what is active lasts on', async () => {
    let now = NOW;
    await withStore(
      FILES,
      async (store) => {
        expect(store.row('active')).toMatchObject({ status: 'active', durationMs: 5 * MINUTE });
        now += MINUTE;
        expect(store.row('active')).toMatchObject({ status: 'active', durationMs: 6 * MINUTE });
        now += 4 * MINUTE;
        expect(ids(store, { status: 'active' })).toEqual(['active']);
        now += 1;
        expect(ids(store, { status: 'lost' })).toEqual(['active', 'lost']);
        expect(store.row('active')).toMatchObject({ status: 'lost', durationMs: 0 });
        now = NOW;
        expect(ids(store, { status: 'lost' })).toEqual(['lost']);
      },
      { now: () => now },
    );
  });

  test('knows how long silence may be', async () => {
    await withStore(
      FILES,
      async (store) => expect(ids(store, { status: 'active' })).toEqual(['active', 'lost']),
      { lostAfterMs: 20 * MINUTE },
    );
  });
});

test('a row has what is known, and as much of the id as tells it from the others', async () => {
  const more = ['3f2a9c1b-aaaa', '3F2A9C1B-aabb', '3f2a9c1b'].map((id, i) => session({ id, from: i, to: i }));
  const files = { ...FILES, 'c.traces.jsonl': [otlpLine(more)] };
  await withStore(files, async (store) => {
    const short = (id: string) => store.row(id)?.shortId;
    expect(['active', '3f2a9c1b-aaaa', '3F2A9C1B-aabb', '3f2a9c1b'].map(short)).toEqual([
      'active',
      '3f2a9c1b-aaa',
      '3F2A9C1B-aab',
      '3f2a9c1b',
    ]);
    expect(store.row('Ended-a')).toEqual({
      n: store.row('Ended-a')?.n,
      id: 'Ended-a',
      shortId: 'Ended-a',
      service: 'bank',
      clientName: 'alpha',
      startedMs: T0,
      lastSeenMs: T0 + 2 * MINUTE,
      durationMs: 2 * MINUTE,
      calls: 5,
      errors: 2,
      status: 'ended',
      tools: ['get', 'pay'],
      hasMoreTools: false,
      openRequests: [],
      protocolSessionIds: [],
      hasMoreProtocolSessionIds: false,
      otherIds: [],
      parts: 1,
      processes: 1,
      hasSessionSpans: true,
    });
  });
});

test('an id may be shortened, as long as it is clear', async () => {
  await withStore(FILES, async (store) => {
    expect(store.resolveId('ended-b')).toEqual(['ended-b']);
    expect(store.resolveId('ENDED').sort()).toEqual(['Ended-a', 'ended-b']);
    expect(store.resolveId('~act')).toEqual(['active']);
    expect(store.resolveId('ost')).toEqual(['lost']);
    expect(store.resolveId('nope')).toEqual([]);
  });
});

test('the names to choose from are sorted, those of tools that were only listed among them', async () => {
  const listed = requestSpan(0, { 'mcp.method.name': 'tools/list', 'mcp.tools.names': 'new, pay' });
  const files = { ...FILES, 'c.traces.jsonl': [otlpLine([listed])] };
  await withStore(files, async (store) => {
    const { services, clients, tools } = store.state();
    expect({ services, clients, tools }).toEqual({
      services: ['bank', 'desk'],
      clients: ['Zed', 'alpha'],
      tools: ['get', 'new', 'pay', 'Über'].sort(),
    });
  });
});
