import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { withSides } from '../../../src/explorer/sessions/both-sides.ts';
import { v1Server } from '../../support/v1.ts';
import { withStore } from '../store/support.ts';
import { MINUTE, otlpLine, otlpSpan, T0 } from '../support.ts';
import { recordSides } from './record.ts';

const ALL = { offset: 0, limit: 100 };

test('a call that the client aborts while its handler goes on tells nothing of the network', async () => {
  let called = () => {};
  let ended = () => {};
  const create = () => {
    const server = v1Server();
    server.registerTool('late', {}, async ({ signal }) => {
      called();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await delay(50);
      ended();
      return { content: [] };
    });
    return server;
  };
  const visit = async (client: Client) => {
    const aborting = new AbortController();
    const isOver = new Promise<void>((resolve) => {
      ended = resolve;
    });
    called = () => aborting.abort();
    await expect(client.callTool({ name: 'late' }, undefined, { signal: aborting.signal })).rejects.toThrow();
    await isOver;
  };
  const { client, server } = await recordSides('HTTP with sessions', visit, { create });
  await withStore({ 'a.traces.jsonl': client + server }, async (store) => {
    const { events } = (await store.events(store.rows(store.list({}))[0]!.id, ALL))!;
    const call = events.find(({ target }) => target === 'late')!;
    expect(call.status).toBe('cancelled');
    expect(call.networkMs).toBe(undefined);
    expect(events.find(({ method }) => method === 'initialize')!.networkMs).toBeGreaterThanOrEqual(0);
  });
});

test.each([
  ['given_up', undefined],
  ['answered', 0],
] as const)('of two failures, a shorter one of the client that has %s leaves %p', (wait, networkMs) => {
  const failed = { status: 'error', error: 'timeout' } as const;
  const server = { kind: 'request', latencyMs: 50, ...failed } as const;
  expect(withSides(server, { latencyMs: 49, wait, ...failed }).networkMs).toBe(networkMs);
});

test('what a client waited that has given up says nothing of the network, however long that was', () => {
  const server = { kind: 'request', latencyMs: 50, status: 'cancelled' } as const;
  const gaveUp = { latencyMs: 59, wait: 'given_up', status: 'cancelled' } as const;
  expect(withSides(server, gaveUp).networkMs).toBe(undefined);
});

test('a connection that only its client recorded lasts until what was seen of it last', async () => {
  const attributes = {
    'mcp.client.connection.id': 'c',
    'mcp.method.name': 'tools/call',
    'gen_ai.tool.name': 'echo',
    'jsonrpc.request.id': '1',
  };
  const line = otlpLine([otlpSpan({ kind: 3, at: 0, lasts: 1_000, attributes })]);
  let now = T0 + MINUTE;
  await withStore(
    { 'a.traces.jsonl': [line] },
    async (store) => {
      for (const [minute, status] of [
        [1, 'active'],
        [5, 'active'],
        [20, 'lost'],
      ] as const) {
        now = T0 + minute * MINUTE;
        expect(store.rows(store.list({}))).toMatchObject([{ source: 'client', status, durationMs: 1_000 }]);
      }
    },
    { now: () => now },
  );
});
