import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { listRows } from '../../cli/support.ts';
import { closeHosts } from '../../support/http-v1.ts';
import { withStore } from '../store/support.ts';
import { viewsOf } from '../views.ts';
import { recordSides } from './record.ts';

const ALL = { offset: 0, limit: 100 };
const rowsOf = (store: SessionStore) => store.rows(store.list({}));

async function visit(client: Client): Promise<void> {
  await client.listTools();
  await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
  await client.callTool({ name: 'refuse' });
}

/** The next request finds nobody. */
async function visitUntilGone(client: Client): Promise<void> {
  await visit(client);
  await closeHosts();
  await client.callTool({ name: 'echo', arguments: { text: 'lost' } }).catch(() => undefined);
}

describe('a connection that only the client recorded', () => {
  test('is a row with what the client asked and which server that was, in every view', async () => {
    const { client } = await recordSides('in memory', visit);
    const id = /"mcp.client.connection.id","value":\{"stringValue":"([^"]+)"/.exec(client)![1]!;
    const views = await viewsOf({ 'a.traces.jsonl': client }, id);
    const known = {
      id,
      source: 'client',
      service: 'test-server',
      seenByClient: 'travel-agent',
      clientName: 'agent',
      calls: 4,
      errors: 1,
      tools: ['echo', 'refuse'],
      endReason: 'not_recorded',
    };
    expect(views.row).toMatchObject(known);
    expect(views.listed).toMatchObject(known);
    expect(views.session.json.session).toMatchObject(known);
    expect(views.page.events.map(({ kind, type }) => `${kind} ${type}`)).toEqual([
      'request initialize',
      'notification notifications/initialized',
      'request tools/list',
      'request tools/call echo',
      'request tools/call refuse',
    ]);
    expect(views.page.failures).toEqual([4]);
    const caveat = "Known from its client's side alone: nothing that a server recorded could be tied to it.";
    for (const text of [views.details, views.markdown, views.session.text]) expect(text).toContain(caveat);
    expect(views.details).toMatch(/^Client side +travel-agent$/m);
    expect(views.errors.json.total).toBe(1);
  });

  test('is in no figure of servers', async () => {
    const { client } = await recordSides('in memory', visit);
    await withStore({ 'a.traces.jsonl': client }, async (store) => {
      const { totals, clients } = store.overview({});
      expect([totals.sessions, totals.calls, totals.errors, clients]).toEqual([0, 0, 0, []]);
      expect(store.tools({})).toMatchObject({ tools: [], clients: 0 });
      expect(store.toolClients(['echo'], {})).toEqual([
        { name: 'echo', seen: [], notSeen: [], maybeSeen: [] },
      ]);
      expect(store.doubles().size).toBe(0);
    });
  });

  test('goes into the row of the server that recorded it, and comes back without it', async () => {
    const { client, server } = await recordSides('HTTP with sessions', visit);
    await withStore({ 'a.traces.jsonl': client }, async (store, dir) => {
      expect(rowsOf(store)).toMatchObject([{ source: 'client', calls: 4 }]);
      const [first = '', ...more] = server.split(/(?<=\n)/);
      const file = join(dir, 'b.traces.jsonl');
      writeFileSync(file, first);
      await store.refresh();
      expect(rowsOf(store)).toMatchObject([{ source: 'protocol', seenByClient: 'travel-agent' }]);
      appendFileSync(file, more.join(''));
      await store.refresh();
      expect(rowsOf(store)).toMatchObject([{ source: 'protocol', calls: 4, errors: 1 }]);
      rmSync(file);
      await store.refresh();
      expect(rowsOf(store)).toMatchObject([{ source: 'client', calls: 4, errors: 1 }]);
    });
  });
});

describe('a request that never reached the server', () => {
  test('is an event of the session that the others are of, and is not counted', async () => {
    const { client, server } = await recordSides('HTTP with sessions', visitUntilGone);
    await withStore({ 'a.traces.jsonl': server, 'b.traces.jsonl': client }, async (store, dir) => {
      const rows = rowsOf(store);
      expect(rows).toMatchObject([{ source: 'protocol', calls: 4, errors: 1 }]);
      expect(await listRows(dir)).toMatchObject([{ source: 'protocol', calls: 4, errors: 1 }]);
      const { events, failures } = (await store.events(rows[0]!.id, ALL))!;
      expect(events.filter(({ side }) => side === 'client')).toMatchObject([
        { type: 'tools/call echo', status: 'error', kind: 'request' },
      ]);
      expect(failures).toHaveLength(1);
      expect(events.filter(({ kind }) => kind === 'request')).toHaveLength(5);
    });
  });
});

describe('a client that hands on no trace context', () => {
  const alone = { ofClient: { propagateToServer: false } };

  test('is joined by the id of the protocol, and its requests by their ids on the wire', async () => {
    const { client, server } = await recordSides('HTTP with sessions', visit, alone);
    for (const text of [client + server, server + client]) {
      await withStore({ 'a.traces.jsonl': text }, async (store, dir) => {
        const rows = rowsOf(store);
        expect(rows).toMatchObject([{ source: 'protocol', seenByClient: 'travel-agent', calls: 4 }]);
        expect(await listRows(dir)).toMatchObject([{ id: rows[0]!.id, seenByClient: 'travel-agent' }]);
        const { events } = (await store.events(rows[0]!.id, ALL))!;
        const requests = events.filter(({ kind }) => kind === 'request');
        expect(requests).toHaveLength(4);
        expect(requests.every(({ networkMs }) => networkMs !== undefined)).toBe(true);
      });
    }
  });

  test('is a row of its own where there is no such id', async () => {
    const { client, server } = await recordSides('HTTP without sessions', visit, alone);
    await withStore({ 'a.traces.jsonl': client + server }, async (store, dir) => {
      const sources = ['client', 'inferred'];
      expect(
        rowsOf(store)
          .map(({ source }) => source)
          .sort(),
      ).toEqual(sources);
      expect((await listRows(dir)).map(({ source }) => source).sort()).toEqual(sources);
      expect(store.overview({}).totals.calls).toBe(4);
    });
  });
});
