import { describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { findTraceFiles } from '../../../src/explorer/recording/files.ts';
import { findDoubles } from '../../../src/explorer/recording/recording.ts';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { listRows, runCli } from '../../cli/support.ts';
import { v1Server } from '../../support/v1.ts';
import { withStore } from '../store/support.ts';
import { recordSides } from './record.ts';

const ALL = { offset: 0, limit: 1_000 };
const rowsOf = (store: SessionStore) => store.rows(store.list({}));

function samplingClient(): Client {
  const client = new Client({ name: 'agent', version: '7' }, { capabilities: { sampling: {} } });
  client.setRequestHandler(CreateMessageRequestSchema, async () => ({
    model: 'm',
    role: 'assistant',
    content: { type: 'text', text: 'yes' },
  }));
  return client;
}

function samplingServer() {
  const server = v1Server();
  server.registerTool('ask', {}, async () => {
    await server.server.createMessage({
      messages: [{ role: 'user', content: { type: 'text', text: 'well?' } }],
      maxTokens: 5,
    });
    return { content: [] };
  });
  return server;
}

/** The same spans as if something else had recorded them: without what only this package has. */
function asForeign(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const exported = JSON.parse(line);
      for (const { scopeSpans } of exported.resourceSpans) {
        for (const scoped of scopeSpans) {
          scoped.scope = { name: 'mcp-python-sdk', version: '2' };
          scoped.spans = scoped.spans.filter(
            ({ name }: { name: string }) => !name.startsWith('mcp.session '),
          );
          for (const span of scoped.spans)
            span.attributes = span.attributes.filter(
              ({ key }: { key: string }) => !key.startsWith('mcp.client.session'),
            );
        }
      }
      return `${JSON.stringify(exported)}\n`;
    })
    .join('');
}

describe('what a server asks of its client', () => {
  test('is one event, with the time of the network the other way round', async () => {
    const options = { client: samplingClient(), create: samplingServer };
    const visit = (client: Client) => client.callTool({ name: 'ask' });
    const { client, server } = await recordSides('HTTP with sessions', visit, options);
    await withStore({ 'a.traces.jsonl': client, 'b.traces.jsonl': server }, async (store) => {
      const rows = rowsOf(store);
      expect(rows).toMatchObject([{ calls: 2, tools: ['ask'], seenByClient: 'travel-agent' }]);
      const { events } = (await store.events(rows[0]!.id, ALL))!;
      const asked = events.filter(({ method }) => method === 'sampling/createMessage');
      expect(asked).toMatchObject([{ kind: 'sent', type: '→ sampling/createMessage' }]);
      expect(asked[0]!.networkMs).toBeGreaterThanOrEqual(0);
      expect(asked[0]!.networkMs).toBeLessThan(asked[0]!.latencyMs!);
      expect(store.overview({}).totals.calls).toBe(2);
    });
  });
});

describe('a server that something else recorded', () => {
  test('has the row, seen from both sides', async () => {
    const visit = (client: Client) => client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    const { client, server } = await recordSides('HTTP with sessions', visit);
    const foreign = asForeign(server);
    for (const text of [client + foreign, foreign + client]) {
      await withStore({ 'a.traces.jsonl': text }, async (store, dir) => {
        const sender = 'mcp-python-sdk@2';
        const known = { sender, seenByClient: 'travel-agent', service: 'weather', calls: 2, tools: ['echo'] };
        const rows = rowsOf(store);
        expect(rows).toMatchObject([known]);
        expect(await listRows(dir)).toMatchObject([known]);
        const { events } = (await store.events(rows[0]!.id, ALL))!;
        const requests = events.filter(({ kind }) => kind === 'request');
        expect(requests.map(({ networkMs }) => networkMs !== undefined)).toEqual([true, true]);
        expect(store.doubles().size).toBe(0);
      });
    }
  });
});

test('a server of the same name is not taken for a double of its client', async () => {
  const visit = (client: Client) => client.callTool({ name: 'echo', arguments: { text: 'hi' } });
  const { client, server } = await recordSides('in memory', visit, {
    ofClient: { serverName: 'one' },
    ofServer: { serverName: 'one' },
  });
  await withStore({ 'a.traces.jsonl': client + asForeign(server) }, async (store, dir) => {
    expect(rowsOf(store)).toMatchObject([{ calls: 2, service: 'one', seenByClient: 'one' }]);
    expect(store.doubles().size).toBe(0);
    expect((await findDoubles(await findTraceFiles(dir))).size).toBe(0);
  });
});

test('one agent and three servers in one trace are three rows', async () => {
  const visit = (client: Client) => client.callTool({ name: 'echo', arguments: { text: 'hi' } });
  const all = await Promise.all(
    ['one', 'two', 'three'].map((serverName) =>
      recordSides('HTTP with sessions', visit, { ofServer: { serverName } }),
    ),
  );
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const inOneTrace = (text: string) => text.replaceAll(/"traceId":"[\da-f]{32}"/g, `"traceId":"${trace}"`);
  const files = {
    'clients.traces.jsonl': inOneTrace(all.map(({ client }) => client).join('')),
    'servers.traces.jsonl': inOneTrace(all.map(({ server }) => server).join('')),
  };
  await withStore(files, async (store, dir) => {
    const figures = ({ service, calls, source }: Record<string, unknown>) => `${service} ${calls} ${source}`;
    const expected = ['one 2 protocol', 'three 2 protocol', 'two 2 protocol'];
    const rows = rowsOf(store) as unknown as Record<string, unknown>[];
    expect(rows.map(figures).sort()).toEqual(expected);
    expect((await listRows(dir)).map(figures).sort()).toEqual(expected);
  });
});

test('a long session has each request once, with its network, on every page', async () => {
  const many = 1_500;
  const { client, server } = await recordSides('in memory', async (agent) => {
    for (let i = 0; i < many; i += 1) await agent.callTool({ name: 'echo', arguments: { text: 'hi' } });
  });
  await withStore({ 'a.traces.jsonl': client, 'b.traces.jsonl': server }, async (store, dir) => {
    const [row] = rowsOf(store);
    const page = (await store.events(row!.id, { offset: 700, limit: 300 }))!;
    expect(page.events.filter(({ networkMs }) => networkMs !== undefined)).toHaveLength(300);
    const { stdout } = await runCli(['sessions', dir, '--session', row!.id, '--json']);
    expect(JSON.parse(stdout).events).toHaveLength(page.total);
    expect(row).toMatchObject({ calls: many + 1 });
  });
});
