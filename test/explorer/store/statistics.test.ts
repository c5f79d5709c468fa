import { describe, expect, test } from '@jest/globals';
import type { ApiToolClients } from '../../../src/explorer/server/api.ts';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { otlpLine, requestSpan, type SpanParts, sessionSpan, T0 } from '../support.ts';
import { withStore } from './support.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const FAILED: Partial<SpanParts> = { status: { code: 2 } };

interface CallParts {
  session: string;
  client?: string;
  version?: string;
  tool: string;
  at: number;
  lasts?: number;
  error?: string;
}

function call({ session, client, version, tool, at, lasts = 10, error }: CallParts) {
  return requestSpan(
    at,
    {
      'mcp.client.session.id': session,
      'gen_ai.tool.name': tool,
      ...(client !== undefined && { 'mcp.client.name': client }),
      ...(version !== undefined && { 'mcp.client.version': version }),
      ...(error !== undefined && { 'error.type': error }),
    },
    { lasts, ...(error !== undefined && FAILED) },
  );
}

function list(session: string, client: string, names: string, at: number, lasts = 3) {
  return requestSpan(
    at,
    {
      'mcp.client.session.id': session,
      'mcp.client.name': client,
      'mcp.method.name': 'tools/list',
      'mcp.tools.names': names,
    },
    { lasts },
  );
}

const lineOf = (service: string, ...spans: unknown[]) =>
  otlpLine(spans, service).replace('service.instance.id', 'service.name');

/** Two servers, three clients; `beta` asked for tools before `new` was there, `gamma` never. */
const FILES = {
  'a.traces.jsonl': [
    lineOf(
      'bank',
      list('s1', 'alpha', 'pay, new', 0),
      call({ session: 's1', client: 'alpha', version: '2', tool: 'pay', at: 100, lasts: 10 }),
      call({ session: 's1', client: 'alpha', version: '2', tool: 'pay', at: 200, lasts: 30, error: 'Bad' }),
      call({ session: 's1', client: 'alpha', version: '2', tool: 'pay', at: 300, lasts: 20, error: 'Bad' }),
      list('s2', 'beta', 'pay', 1_000, 50),
    ),
    lineOf(
      'bank',
      call({ session: 's2', client: 'beta', version: '1', tool: 'pay', at: 5 * MINUTE, error: 'No' }),
    ),
  ],
  'b.traces.jsonl': [
    lineOf(
      'bank',
      call({ session: 's3', client: 'gamma', tool: 'hidden', at: 6 * MINUTE, lasts: 40 }),
      call({ session: 's3', client: 'gamma', tool: 'pay', at: 6 * MINUTE, error: 'cancelled' }),
    ),
    lineOf('desk', list('s4', 'delta', 'look', 7 * MINUTE)),
  ],
};

const tool = (store: SessionStore, name: string, range = {}) =>
  store.tools(range).tools.find((each) => each.name === name);

describe('tools', () => {
  test('have their calls, errors, latencies, and who was shown them', async () => {
    await withStore(FILES, async (store) => {
      const { tools, clients } = store.tools({});
      expect(tools.map(({ name }) => name)).toEqual(['hidden', 'look', 'new', 'pay']);
      expect(clients).toBe(4);
      expect(tool(store, 'pay')).toEqual({
        name: 'pay',
        services: ['bank'],
        isListed: true,
        seenBy: 2,
        clients: 3,
        calls: 5,
        // What was cancelled is no failure.
        errors: 3,
        p50Ms: 10,
        p95Ms: 30,
        p99Ms: 30,
        lastCallMs: T0 + 6 * MINUTE,
        errorTypes: [
          { type: 'Bad', count: 2 },
          { type: 'No', count: 1 },
        ],
      });
      expect(tool(store, 'new')).toEqual({
        name: 'new',
        services: ['bank'],
        isListed: true,
        seenBy: 1,
        clients: 3,
        calls: 0,
        errors: 0,
        errorTypes: [],
      });
      expect(tool(store, 'hidden')).toMatchObject({ isListed: false, seenBy: 0, calls: 1, p50Ms: 40 });
      expect(tool(store, 'look')).toMatchObject({ services: ['desk'], seenBy: 1, clients: 1, calls: 0 });
    });
  });

  test('are those of the time and the server that are asked for', async () => {
    await withStore(FILES, async (store) => {
      const range = { from: T0 + 200, to: T0 + 5 * MINUTE };
      expect(tool(store, 'pay', range)).toMatchObject({ calls: 3, errors: 3, seenBy: 1 });
      expect(tool(store, 'new', range)).toBe(undefined);
      expect(store.tools(range).clients).toBe(2);
      expect(store.tools({ service: 'desk' })).toMatchObject({ clients: 1, tools: [{ name: 'look' }] });
      expect(store.tools({ service: 'nobody' })).toMatchObject({ clients: 0, tools: [] });
    });
  });

  test('know which clients have not discovered them', async () => {
    await withStore(FILES, async (store) => {
      const [{ seen, notSeen }, pay, nothing] = store.toolClients(['new', 'pay', 'nothing'], {}) as [
        ApiToolClients,
        ApiToolClients,
        ApiToolClients,
      ];
      expect(seen).toEqual([
        { name: 'alpha', versions: ['2'], sessions: 1, lastSeenMs: T0 + 320, calls: 0, hasListed: true },
      ]);
      expect(notSeen.map(({ name, hasListed, calls }) => ({ name, hasListed, calls }))).toEqual([
        { name: 'gamma', hasListed: false, calls: 0 },
        { name: 'beta', hasListed: true, calls: 0 },
      ]);
      expect(pay.seen.map(({ name, calls }) => ({ name, calls }))).toEqual([
        { name: 'beta', calls: 1 },
        { name: 'alpha', calls: 3 },
      ]);
      expect(pay.notSeen).toMatchObject([{ name: 'gamma', calls: 1 }]);
      expect(nothing).toEqual({ name: 'nothing', seen: [], notSeen: [], maybeSeen: [] });
    });
  });
});

describe('the overview', () => {
  test('has a value for each part of the time, and totals', async () => {
    await withStore(FILES, async (store) => {
      const overview = store.overview({});
      expect(overview).toMatchObject({ from: T0, to: T0 + 7 * MINUTE + 3, stepMs: 5_000 });
      const { times, calls, errors, sessionsStarted, p50Ms, p99Ms, listP95Ms } = overview;
      expect(times).toHaveLength(85);
      expect(times[0]).toBe(T0);
      const filled = <T>(values: readonly T[], empty: T) =>
        values.flatMap((value, i) => (value === empty ? [] : [[i, value]]));
      expect(filled(calls, 0)).toEqual([
        [0, 5],
        [60, 1],
        [72, 2],
        [84, 1],
      ]);
      expect(filled(errors, 0)).toEqual([
        [0, 2],
        [60, 1],
      ]);
      expect(filled(sessionsStarted, 0)).toEqual([
        [0, 2],
        [72, 1],
        [84, 1],
      ]);
      expect(filled(p50Ms, null)).toEqual([
        [0, 20],
        [60, 10],
        [72, 10],
        [84, 3],
      ]);
      expect(filled(p99Ms, null)).toEqual([
        [0, 50],
        [60, 10],
        [72, 40],
        [84, 3],
      ]);
      expect(filled(listP95Ms, null)).toEqual([
        [0, 50],
        [84, 3],
      ]);
      expect(overview.totals).toEqual({
        sessions: 4,
        active: 0,
        calls: 9,
        errors: 3,
        p50Ms: 10,
        p95Ms: 50,
        p99Ms: 50,
      });
      expect(overview.clients.map(({ name, calls, errors }) => ({ name, calls, errors }))).toEqual([
        { name: 'alpha', calls: 4, errors: 2 },
        { name: 'beta', calls: 2, errors: 1 },
        { name: 'delta', calls: 1, errors: 0 },
        { name: 'gamma', calls: 2, errors: 0 },
      ]);
      expect(overview.slowDiscovery[0]).toEqual({
        sessionId: 's2',
        clientName: 'beta',
        service: 'bank',
        timeMs: T0 + 1_000,
        latencyMs: 50,
      });
      expect(overview.slowDiscovery).toHaveLength(3);
    });
  });

  test('is that of the time and the server that are asked for', async () => {
    await withStore(FILES, async (store) => {
      const range = { from: T0 + 6 * MINUTE, to: T0 + 8 * MINUTE };
      expect(store.overview({ ...range, service: 'bank' })).toMatchObject({
        ...range,
        stepMs: 2_000,
        totals: { sessions: 1, calls: 2, errors: 0 },
        clients: [{ name: 'gamma' }],
        slowDiscovery: [],
      });
      const before = store.overview({ to: T0 - 1 });
      expect(before.totals).toEqual({ sessions: 0, active: 0, calls: 0, errors: 0 });
      expect(before.calls).toEqual([0]);
    });
  });

  test('is empty where nothing is recorded', async () => {
    await withStore({}, async (store) => {
      const { totals, clients, p50Ms } = store.overview({});
      expect({ totals, clients, p50Ms }).toEqual({
        totals: { sessions: 0, active: 0, calls: 0, errors: 0 },
        clients: [],
        p50Ms: [null],
      });
    });
  });

  test('counts a session that began a moment before its first span, not one that lost its first spans', async () => {
    const start = (id: string, startedAt: number) =>
      sessionSpan('update', 1, 1_000, {
        'mcp.client.session.id': id,
        'mcp.client.session.start_unix_ms': T0 + startedAt,
      });
    await withStore(
      { 'a.traces.jsonl': [otlpLine([start('s', 990), start('old', -DAY)])] },
      async (store) => {
        const { from, sessionsStarted, totals } = store.overview({});
        expect({ from, sessionsStarted, sessions: totals.sessions }).toEqual({
          from: T0 + 990,
          sessionsStarted: [1, 0],
          sessions: 2,
        });
        expect(store.state().range).toEqual({ from: T0 + 990, to: T0 + 1_000 });
      },
    );
  });

  test('keeps the slowest of very many lists', async () => {
    const spans = Array.from({ length: 500 }, (_, i) => list(`s${i}`, 'c', 'a', i, (i * 37) % 500));
    await withStore({ 'a.traces.jsonl': [otlpLine(spans)] }, async (store) => {
      const { slowDiscovery } = store.overview({});
      expect(slowDiscovery.map(({ latencyMs }) => latencyMs)).toEqual(
        Array.from({ length: 20 }, (_, i) => 499 - i),
      );
    });
  });
});

describe('failures', () => {
  test('are counted by type, and come newest first, as far as is asked for', async () => {
    await withStore(FILES, async (store) => {
      const { total, types, failures } = store.failures({ limit: 2 });
      // What the client cancelled is no failure.
      expect({ total, types }).toEqual({
        total: 3,
        types: [
          { type: 'Bad', count: 2 },
          { type: 'No', count: 1 },
        ],
      });
      expect(failures.map(({ sessionId, timeMs, type }) => ({ sessionId, timeMs, type }))).toEqual([
        { sessionId: 's2', timeMs: T0 + 5 * MINUTE, type: 'No' },
        { sessionId: 's1', timeMs: T0 + 300, type: 'Bad' },
      ]);
      const rest = store.failures({ limit: 2, after: failures[1] });
      expect(rest).toMatchObject({ total: 3, failures: [{ timeMs: T0 + 200 }] });
    });
  });

  test('are those of a client, a tool, a type, a time', async () => {
    await withStore(FILES, async (store) => {
      const count = (query: object) => store.failures({ limit: 100, ...query }).total;
      expect(count({ client: 'ALPHA 2' })).toBe(2);
      expect(count({ client: 'nobody' })).toBe(0);
      expect(count({ tool: 'pay' })).toBe(3);
      expect(count({ tool: 'hidden' })).toBe(0);
      expect(count({ tool: 'never seen' })).toBe(0);
      expect(count({ errorType: 'No' })).toBe(1);
      expect(count({ from: T0 + 300 })).toBe(2);
      expect(count({ to: T0 + 299 })).toBe(1);
      expect(count({ service: 'desk' })).toBe(0);
    });
  });
});
