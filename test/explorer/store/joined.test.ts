import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { StoreChange } from '../../../src/explorer/store/answers.ts';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { MINUTE, otlpLine, otlpSpan, partLine as part, requestSpan, sessionSpan, T0 } from '../support.ts';
import { exported, withStore } from './support.ts';

const A = 'a.traces.jsonl';
const B = 'b.traces.jsonl';
const C = 'c.traces.jsonl';
const ALL = { offset: 0, limit: 100 };

const allRows = (store: SessionStore) => store.rows(store.list({ order: 'asc' }));
const shapes = (store: SessionStore) => allRows(store).map(({ id, otherIds }) => [id, ...otherIds]);

describe('the parts of a session', () => {
  const FILES = {
    [A]: part('first', { from: 0 }),
    [B]: part('other', { from: 2, tool: 'fails', attributes: { 'mcp.client.name': 'studio' } }),
  };

  test('are one row with their sums, and the client that any of them knows', async () => {
    await withStore(FILES, async (store) => {
      expect(store.state().sessions).toBe(1);
      expect(allRows(store)).toMatchObject([
        {
          id: 'first',
          otherIds: ['other'],
          parts: 2,
          processes: 2,
          source: 'inferred',
          service: 'weather',
          clientName: 'studio',
          startedMs: T0,
          lastSeenMs: T0 + 3 * MINUTE,
          calls: 2,
          errors: 1,
          tools: ['first', 'fails'],
          hasSessionSpans: true,
        },
      ]);
    });
  });

  test('are found by the id of any of them', async () => {
    await withStore(FILES, async (store) => {
      const [row] = allRows(store);
      for (const id of ['first', 'other']) {
        expect(store.row(id)).toEqual(row);
        expect(store.resolveId(id.slice(0, 3))).toEqual(['first']);
        expect(await store.find({ q: id })).toEqual([row!.n]);
        expect((await store.events(id, ALL))!.row).toEqual(row);
      }
    });
  });

  test('have their events in the order of time, with their failures and the longest of all', async () => {
    await withStore(FILES, async (store) => {
      const { events, total, failures, axis } = (await store.events('other', ALL))!;
      expect(events.map(({ type }) => type)).toEqual([
        'session start',
        'tools/call first',
        'session start',
        'tools/call fails',
      ]);
      expect({ total, failures }).toEqual({ total: 4, failures: [3] });
      expect(axis.toMs - axis.fromMs).toBe(events.at(-1)!.timeMs + 3 - events[0]!.timeMs);
      expect((await store.events('first', { offset: 2, limit: 1 }))!.events).toEqual([events[2]]);
    });
  });

  test('are exported together', async () => {
    await withStore(FILES, async (store) => {
      const text = JSON.stringify(await exported(store, 'other'));
      expect(text.match(/"spanId"/g)).toHaveLength(6);
    });
  });

  test('count as one session, of one client, wherever sessions are counted', async () => {
    await withStore(FILES, async (store) => {
      const { totals, clients } = store.overview({});
      expect(totals).toMatchObject({ sessions: 1, calls: 2, errors: 1 });
      expect(clients).toMatchObject([{ name: 'studio', sessions: 1, calls: 2, errors: 1 }]);
      const [tool] = store.toolClients(['first'], {});
      expect(tool).toMatchObject({ name: 'first', seen: [], notSeen: [] });
      expect(store.failures({ limit: 10 }).failures).toMatchObject([
        { sessionId: 'first', clientName: 'studio' },
      ]);
    });
  });
});

describe('a part that comes later', () => {
  const withPart = async (
    files: Record<string, string>,
    line: string,
    run: (store: SessionStore) => unknown,
  ) =>
    withStore(files, async (store, dir) => {
      const before = allRows(store);
      const changed = nextChange(store);
      appendFileSync(join(dir, C), line);
      await store.refresh();
      await run(store);
      return { before, after: allRows(store), changed: (await changed).changed };
    });

  test('joins the row, which is told to have changed', async () => {
    const { before, after, changed } = await withPart(
      { [A]: part('a', { from: 0 }) },
      part('b', { from: 1 }),
      (store) => expect(shapes(store)).toEqual([['a', 'b']]),
    );
    expect(after[0]!.n).toBe(before[0]!.n);
    expect(changed).toContain(before[0]!.n);
  });

  test('becomes the first, and the row has its id and keeps its number', async () => {
    const { before, after } = await withPart(
      { [A]: part('b', { from: 1 }) },
      part('a', { from: 0 }),
      (store) => {
        expect(shapes(store)).toEqual([['a', 'b']]);
        expect(store.row('b')?.id).toBe('a');
      },
    );
    expect(after[0]!.n).toBe(before[0]!.n);
  });

  test('makes one row of two, and tells of the one that is gone', async () => {
    const files = { [A]: part('a', { from: 0 }), [B]: part('c', { from: 8 }) };
    const { before, after, changed } = await withPart(files, part('b', { from: 4 }), (store) =>
      expect(shapes(store)).toEqual([['a', 'b', 'c']]),
    );
    const gone = before.filter(({ n }) => n !== after[0]!.n);
    expect(gone).toHaveLength(1);
    expect(changed).toEqual(expect.arrayContaining([gone[0]!.n, after[0]!.n]));
  });

  test('makes two rows of one, where it tells that the id of the protocol is used anew', async () => {
    const of = (from: number, openedBy: string) => ({ from, openedBy, source: 'protocol' });
    const [a, b, c] = [1, 2, 3].map((n) => `00000000-0000-8000-8000-00000000000${n}`) as [
      string,
      string,
      string,
    ];
    const files = { [A]: part(a, of(0, 'initialize')) + part(c, of(2, 'tools/call')) };
    await withPart(files, part(b, of(1, 'initialize')), (store) =>
      expect(shapes(store)).toEqual([[a], [b, c]]),
    );
  });
});

describe('a part that goes', () => {
  const FILES = {
    [A]: part('a', { from: 0 }),
    [B]: part('b', { from: 4 }),
    [C]: part('c', { from: 8 }),
  };

  test('leaves the others apart, each with what is its own', async () => {
    await withStore(FILES, async (store, dir) => {
      expect(shapes(store)).toEqual([['a', 'b', 'c']]);
      rmSync(join(dir, B));
      await store.refresh();
      expect(shapes(store)).toEqual([['a'], ['c']]);
      expect(allRows(store)).toMatchObject([
        { calls: 1, parts: 1 },
        { calls: 1, tools: ['c'] },
      ]);
      expect(store.row('b')).toBe(undefined);
      expect((await store.events('c', ALL))!.total).toBe(2);
    });
  });

  test('leaves the row to the next, and comes back to it', async () => {
    await withStore(FILES, async (store, dir) => {
      rmSync(join(dir, A));
      await store.refresh();
      expect(shapes(store)).toEqual([['b', 'c']]);
      appendFileSync(join(dir, A), FILES[A]!);
      await store.refresh();
      expect(shapes(store)).toEqual([['a', 'b', 'c']]);
      expect(store.state().sessions).toBe(1);
    });
  });
});

test('a handshake is a part of the conversation that its newest session span names', async () => {
  const [handshake, conversation] = ['handshake', 'conversation'];
  const shake = (more: Record<string, string>) => ({ 'mcp.client.session.id': handshake, ...more });
  const named = {
    'mcp.client.session.source': 'conversation',
    'mcp.client.session.key': conversation,
    'gen_ai.conversation.id': 'chat 1',
  };
  const start = sessionSpan('start', 0, 0, shake({ 'mcp.client.session.source': 'connection' }));
  const later = (key: string) => ({
    ...shake({ ...named, 'mcp.client.session.key': key }),
    'mcp.client.session.calls': 1,
  });
  const files = {
    [A]: `${otlpLine([start], 'p', 'weather')}\n`,
    [B]: part(conversation, { from: 0, source: 'conversation', attributes: named }),
  };
  await withStore(files, async (store, dir) => {
    expect(shapes(store)).toHaveLength(2);
    appendFileSync(
      join(dir, A),
      `${otlpLine([sessionSpan('update', 1, 5, later(conversation))], 'p', 'weather')}\n`,
    );
    await store.refresh();
    const row = { source: 'conversation', conversationId: 'chat 1', calls: 2, parts: 2 };
    expect(allRows(store)).toMatchObject([row]);
    appendFileSync(join(dir, A), `${otlpLine([sessionSpan('update', 2, 9, later(''))], 'p', 'weather')}\n`);
    await store.refresh();
    expect(shapes(store)).toHaveLength(2);
  });
});

test('rows stay by themselves without a key, of other services, and long after', async () => {
  const lines = [
    part('a', { from: 0 }),
    part('b', { from: 0, attributes: { 'mcp.client.session.key': '' } }),
    part('c', { from: 0, service: 'bank' }),
    part('d', { from: 7 }),
  ];
  await withStore({ [A]: lines.join('') }, async (store) => {
    expect(shapes(store)).toHaveLength(4);
  });
});

describe('an id of the protocol that is not unique', () => {
  const call = (service: string, id = 'single-session') =>
    `${otlpLine([requestSpan(0, { 'mcp.client.session.id': id, 'mcp.client.session.source': 'protocol' })], service, service)}\n`;

  test('is another session for each service', async () => {
    await withStore({ [A]: call('weather') + call('bank') }, async (store) => {
      expect(store.resolveId('single-session').sort()).toEqual([
        'single-session@bank',
        'single-session@weather',
      ]);
      expect(allRows(store)).toMatchObject([
        { calls: 1, protocolSessionIds: ['single-session'], hasSessionSpans: false },
        { calls: 1, protocolSessionIds: ['single-session'] },
      ]);
      const { resourceSpans } = (await exported(store, 'single-session@bank')) as { resourceSpans: [] };
      expect(resourceSpans).toHaveLength(1);
    });
  });

  test.each(['0b0e7c1a-6d1e-4c52-9a55-0d6f0f7f1a01', 'V1StGXR8_Z5jdHi6B-myT', `${'a'.repeat(15)}1`])(
    'as against %s',
    async (id) => {
      await withStore({ [A]: call('weather', id) + call('bank', id) }, async (store) => {
        expect(shapes(store)).toEqual([[id]]);
      });
    },
  );
});

test('a conversation has its id, and those of the protocol in the order of their first use', async () => {
  const said = (at: number, id: string) =>
    otlpSpan({
      at,
      kind: 2,
      attributes: {
        'mcp.method.name': 'tools/call',
        'mcp.client.session.id': 's',
        'mcp.client.session.source': 'conversation',
        'gen_ai.conversation.id': 'chat 1',
        'mcp.protocol.session.id': id,
      },
    });
  const many = Array.from({ length: 25 }, (_, i) => said(i, `p${i}`));
  const files = { [A]: otlpLine(many.slice(10).reverse()), [B]: otlpLine(many.slice(0, 10)) };
  await withStore(files, async (store, dir) => {
    const ids = Array.from({ length: 20 }, (_, i) => `p${i}`);
    const about = { source: 'conversation', conversationId: 'chat 1' };
    expect(store.row('s')).toMatchObject({
      ...about,
      protocolSessionIds: ids,
      hasMoreProtocolSessionIds: true,
    });
    rmSync(join(dir, A));
    await store.refresh();
    const left = { protocolSessionIds: ids.slice(0, 10), hasMoreProtocolSessionIds: false };
    expect(store.row('s')).toMatchObject({ ...about, ...left });
  });
});

function nextChange(store: SessionStore): Promise<StoreChange> {
  return new Promise((resolve) => {
    const end = store.onChange((change) => {
      end();
      resolve(change);
    });
  });
}
