import { describe, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { NumberedRow } from '../../../src/explorer/store/answers.ts';
import { listRows, runCli } from '../../cli/support.ts';
import { exported, withStore } from '../store/support.ts';
import { recordSides, type Sides, TRANSPORTS } from './record.ts';

type Figures = Pick<NumberedRow, 'id' | 'calls' | 'errors' | 'tools'> & { readonly source?: string };

const ALL = { offset: 0, limit: 100 };
const transports = Object.keys(TRANSPORTS) as (keyof typeof TRANSPORTS)[];

async function visit(client: Client): Promise<void> {
  await client.listTools();
  await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
  await client.callTool({ name: 'refuse' });
}

const orders = ({ client, server }: Sides) => [
  { 'a.traces.jsonl': server, 'b.traces.jsonl': client },
  { 'a.traces.jsonl': client, 'b.traces.jsonl': server },
  { 'a.traces.jsonl': client + server },
];

/** What a row counts. */
const figures = ({ id, calls, errors, tools, source }: Figures) => [id, calls, errors, tools, source];

describe.each(transports)('a session over %s that both sides recorded', (transport) => {
  test('is as many rows as the server recorded, with the same figures, in whatever order it is read', async () => {
    const sides = await recordSides(transport, visit);
    const alone = await withStore({ 'a.traces.jsonl': sides.server }, async (store) =>
      store.rows(store.list({})),
    );
    for (const files of orders(sides)) {
      await withStore(files, async (store, dir) => {
        const rows = store.rows(store.list({}));
        expect(rows.map(figures)).toEqual(alone.map(figures));
        for (const row of rows)
          expect(row).toMatchObject({ seenByClient: 'travel-agent', service: 'weather' });
        const { totals } = store.overview({});
        expect([totals.sessions, totals.calls, totals.errors]).toEqual([rows.length, 4, 1]);
        expect(store.failures({ limit: 9 }).total).toBe(1);
        const listed = await listRows(dir);
        expect(listed.map(figures)).toEqual(rows.map(figures));
        expect(listed.every(({ seenByClient }) => seenByClient === 'travel-agent')).toBe(true);
      });
    }
  });

  test('has each request once, with the time of the network', async () => {
    const sides = await recordSides(transport, visit);
    for (const files of orders(sides)) {
      await withStore(files, async (store, dir) => {
        const requests = [];
        for (const { id } of store.rows(store.list({}))) {
          const { events } = (await store.events(id, ALL))!;
          requests.push(...events.filter(({ kind }) => kind === 'request'));
          const { stdout } = await runCli(['sessions', dir, '--session', id, '--json']);
          const network = ({ networkMs }: { networkMs?: number | null }) => Math.round(networkMs ?? -1);
          expect(JSON.parse(stdout).events.map(network)).toEqual(events.map(network));
        }
        expect(requests.map(({ type }) => type).sort()).toEqual([
          'initialize',
          'tools/call echo',
          'tools/call refuse',
          'tools/list',
        ]);
        for (const { networkMs, side } of requests) {
          expect(networkMs).toBeGreaterThanOrEqual(0);
          expect(side).toBe(undefined);
        }
      });
    }
  });

  test('is exported with what both recorded', async () => {
    const { client, server } = await recordSides(transport, visit);
    await withStore({ 'a.traces.jsonl': client + server }, async (store) => {
      let spans = 0;
      for (const { id } of store.rows(store.list({})))
        spans += JSON.stringify(await exported(store, id)).match(
          /"spanId":"[^"]*","(?:parentSpanId|traceState|name)/g,
        )!.length;
      expect(spans).toBe(store.state().spans);
    });
  });
});
