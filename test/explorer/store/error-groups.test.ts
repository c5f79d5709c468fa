import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { MINUTE, NOW, otlpLine, requestSpan, T0 } from '../support.ts';
import { withStore } from './support.ts';

interface FailedParts {
  session?: string;
  client?: string;
  version?: string;
  method?: string;
  tool?: string;
  type?: string;
  text?: string;
  spanId?: string;
}

function failed(at: number, parts: FailedParts) {
  const { session = 's', client, version, method = 'tools/call', tool, type = 'Boom', text, spanId } = parts;
  const attributes = {
    'mcp.method.name': method,
    'mcp.client.session.id': session,
    'error.type': type,
    ...(tool !== undefined && { 'gen_ai.tool.name': tool }),
    ...(client !== undefined && { 'mcp.client.name': client }),
    ...(version !== undefined && { 'mcp.client.version': version }),
  };
  const status = { code: 2, ...(text !== undefined && { message: text }) };
  return requestSpan(at, attributes, { status, ...(spanId !== undefined && { id: spanId }) });
}

const groupsOf = (store: SessionStore, range = {}) =>
  store
    .errorGroups(range)
    .groups.map(({ tool, method, type, text, count }) => [tool ?? method, type, text, count]);

describe('failures put together', () => {
  const FILES = {
    'a.traces.jsonl': [
      otlpLine(
        [
          failed(1_000, {
            session: 'a',
            client: 'Agent',
            version: '1',
            tool: 'pay',
            text: 'order 17 is gone',
          }),
          failed(2_000, {
            session: 'b',
            client: 'Agent',
            version: '2',
            tool: 'pay',
            text: 'order 4 is gone',
          }),
          requestSpan(2_500, { 'gen_ai.tool.name': 'pay' }),
        ],
        'p1',
        'shop',
      ),
    ],
    'b.traces.jsonl': [
      otlpLine(
        [
          failed(3_000, {
            session: 'c',
            tool: 'pay',
            text: 'order 99 is gone',
            spanId: 'cccccccccccccccc',
          }),
          failed(4_000, { session: 'c', tool: 'pay', text: 'card declined' }),
          failed(5_000, { session: 'c', tool: 'pay', type: 'Bang', text: 'card declined' }),
          failed(6_000, { session: 'c', method: 'resources/read', type: '-32002' }),
          failed(7_000, { session: 'c', tool: 'refund', text: 'order 99 is gone' }),
        ],
        'p2',
        'bank',
      ),
    ],
  };

  test('are those of one tool, else method, type and text but for what varies, most first', async () => {
    await withStore(FILES, async (store) => {
      expect(groupsOf(store)).toEqual([
        ['pay', 'Boom', 'order … is gone', 3],
        ['refund', 'Boom', 'order … is gone', 1],
        ['resources/read', '-32002', undefined, 1],
        ['pay', 'Bang', 'card declined', 1],
        ['pay', 'Boom', 'card declined', 1],
      ]);
      expect(store.errorGroups({})).toMatchObject({
        now: NOW,
        failures: 7,
        left: { groups: 0, failures: 0 },
      });
    });
  });

  test('say when, in how many sessions, of which clients and servers, and name the newest', async () => {
    await withStore(FILES, async (store) => {
      const [group] = store.errorGroups({}).groups;
      expect(group).toMatchObject({
        sessions: 3,
        firstMs: T0 + 1_000,
        lastMs: T0 + 3_000,
        clients: [{ name: 'Agent', versions: ['1', '2'] }, { versions: [] }],
        services: ['bank', 'shop'],
        example: { sessionId: 'c', spanId: 'cccccccccccccccc', timeMs: T0 + 3_000 },
      });
    });
  });

  test('are those of a range, a server, a client, a tool and a type', async () => {
    await withStore(FILES, async (store) => {
      expect(groupsOf(store, { to: T0 + 1_500 })).toEqual([['pay', 'Boom', 'order … is gone', 1]]);
      expect(groupsOf(store, { from: T0 + 6_500 })).toEqual([['refund', 'Boom', 'order … is gone', 1]]);
      expect(groupsOf(store, { service: 'shop' })).toEqual([['pay', 'Boom', 'order … is gone', 2]]);
      expect(groupsOf(store, { client: 'AGENT 2' })).toEqual([['pay', 'Boom', 'order … is gone', 1]]);
      expect(groupsOf(store, { tool: 'refund' })).toEqual([['refund', 'Boom', 'order … is gone', 1]]);
      expect(groupsOf(store, { errorType: 'Bang' })).toEqual([['pay', 'Bang', 'card declined', 1]]);
      expect(groupsOf(store, { from: T0 + MINUTE })).toEqual([]);
    });
  });

  test('lead to the event of the example', async () => {
    await withStore(FILES, async (store) => {
      const { sessionId, spanId } = store.errorGroups({}).groups[0]!.example;
      const page = (await store.events(sessionId!, { offset: 0, limit: 10 }, { span: spanId }))!;
      expect(page.found).toEqual([0]);
      expect(page.events[0]).toMatchObject({ spanId, error: 'Boom: order 99 is gone' });
    });
  });

  test('are a thousand kinds at most, and the others are counted', async () => {
    const letters = (number: number) =>
      [...number.toString(8)].map((digit) => 'ghijklmn'[Number(digit)]).join('');
    const spans = Array.from({ length: 1_500 }, (_, i) => failed(i, { text: `no ${letters(i)} here` }));
    await withStore(
      { 'a.traces.jsonl': [otlpLine([...spans, failed(9_000, { text: 'no g here' })])] },
      async (store) => {
        const { failures, groups, left } = store.errorGroups({});
        expect([failures, groups.length, groups[0]!.count]).toEqual([1_501, 1_000, 2]);
        expect(left).toEqual({ groups: 500, failures: 500 });
      },
    );
  });

  test('hold every failure once, whatever the errors say', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('order 1', 'order 2', ''),
    );
    const parts = fc.record({
      tool: fc.constantFrom('pay', 'refund'),
      type: fc.constantFrom('A', 'a', 'B'),
      text,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { minLength: 1, maxLength: 30 }), async (all) => {
        const spans = all.map((each, i) => failed(i, each));
        await withStore({ 'a.traces.jsonl': [otlpLine(spans)] }, async (store) => {
          const { failures, groups } = store.errorGroups({});
          expect(failures).toBe(all.length);
          expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
          const keys = groups.map((group) => JSON.stringify([group.tool, group.type, group.text]));
          expect(new Set(keys).size).toBe(keys.length);
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe('what is looked for in the events of a session', () => {
  const spans = [
    failed(1, { tool: 'pay', text: 'card declined' }),
    failed(2, { tool: 'pay', text: 'timed out' }),
    failed(3, { tool: 'refund', text: 'card declined' }),
    requestSpan(4, { 'gen_ai.tool.name': 'pay', 'mcp.request.id': '7b0c6d52-6d1e-4c52-9a55-0d6f0f7f1a01' }),
  ];
  test.each<[search: string, places: number[] | undefined]>([
    ['', undefined],
    ['declined', [0, 2]],
    ['pay', [0, 1, 3]],
    ['tool:pay', [0, 1, 3]],
    ['pay declined', [0]],
    ['pay declined client:nobody', [0]],
    ['7b0c6d52', [3]],
    ['nothing like it', []],
    ['client:nobody', []],
  ])('by %j is at %j: where most of its words are', async (q, places) => {
    await withStore({ 'a.traces.jsonl': [otlpLine(spans)] }, async (store) => {
      expect((await store.events('s', { offset: 0, limit: 1 }, { q }))!.found).toEqual(places);
    });
  });
});
