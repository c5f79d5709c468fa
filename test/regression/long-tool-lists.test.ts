import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { openStore } from '../../src/explorer/store/open-store.ts';
import { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { NOW, otlpLine, requestSpan, sessionSpan, withRecording } from '../explorer/support.ts';
import { viewsOf } from '../explorer/views.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { connectV1 } from '../support/v1.ts';

let folder: RecordingFolder | undefined;
afterEach(() => folder?.remove());

const NAMES = Array.from({ length: 1_010 }, (_, i) => `tool_${String(i).padStart(4, '0')}`);

const list = (at: number, attributes: Record<string, string | number | string[]>) =>
  requestSpan(at, { 'mcp.method.name': 'tools/list', ...attributes } as Record<string, string | string[]>);
const call = (at: number, tool: string) => requestSpan(at, { 'gen_ai.tool.name': tool });
const listedIn = ({ json }: { json: any }) =>
  Object.fromEntries(json.tools.map(({ name, isListed }: any) => [name, isListed]));

// Names beyond the 200th were not recorded, and their tools shown as not listed, though a client was shown them.
describe('a tool of a long list', () => {
  test('is recorded up to the thousandth, and beyond it nobody says that it is not listed', async () => {
    folder = recordingFolder();
    const telemetry = new TelemetryManager({
      serverName: 'warehouse',
      exporterType: 'file',
      exporterEndpoint: folder.dir,
    });
    const server = new McpServer({ name: 'warehouse', version: '1' });
    for (const name of NAMES) server.registerTool(name, {}, async () => ({ content: [] }));
    telemetry.instrument(server);
    const { client } = await connectV1(server, new Client({ name: 'studio', version: '1' }));
    await client.listTools();
    for (const n of [0, 250, 999, 1_000]) await client.callTool({ name: NAMES[n]! });
    await client.close();
    await telemetry.shutdown();

    const { attributes } = folder.spans().find(({ name }) => name === 'tools/list')!;
    expect(attributes['mcp.tools.count']).toBe(1_010);
    expect(String(attributes['mcp.tools.names']).split(', ')).toEqual(NAMES.slice(0, 200));
    expect(attributes['mcp.tools.names_list']).toEqual(NAMES.slice(0, 1_000));

    const store = openStore({ dir: folder.dir, now: () => NOW, pollMs: 1e9 });
    await store.ready;
    const { tools } = store.tools({});
    const [row] = store.rows(store.list({}));
    const { events } = (await store.events(row!.id, { offset: 0, limit: 10 }))!;
    await store.close();
    expect(tools.filter(({ isListed }) => isListed === true)).toHaveLength(1_000);
    expect(tools.filter(({ isListed }) => isListed !== true)).toMatchObject([
      { name: 'tool_1000', calls: 1 },
    ]);
    expect(tools.at(-1)).not.toHaveProperty('isListed');
    expect(events.find(({ type }) => type === 'tools/list')).toMatchObject({ toolCount: 1_010 });
  });

  test('that was cut is not said to be undiscovered, nor a tool of it not listed', async () => {
    const spans = [
      sessionSpan('start', 0, 0, { 'mcp.client.name': 'studio' }),
      list(1, { 'mcp.tools.names': 'a, b', 'mcp.tools.count': 3 }),
      call(2, 'c'),
    ];
    const other = (span: any) => ({
      ...span,
      attributes: span.attributes.map((each: any) =>
        each.key === 'mcp.client.session.id' ? { ...each, value: { stringValue: 't' } } : each,
      ),
    });
    const whole = [
      sessionSpan('start', 0, 0, { 'mcp.client.name': 'chat', 'mcp.client.session.id': 't' }),
      other(list(3, { 'mcp.tools.names': 'b, d', 'mcp.tools.count': 2 })),
    ];
    const lines = [otlpLine([...spans, ...whole])].map((line) =>
      line.replace('service.instance.id', 'service.name'),
    );
    const { tools, session } = await viewsOf({ 'a.traces.jsonl': lines });
    expect(listedIn(tools)).toEqual({ a: true, b: true, c: null, d: true });
    expect(tools.text).toMatch(/^- c \| server process-1 \| unknown whether listed \| 1 call/m);
    expect(session.text).toContain('listed a, b, and more: 3 in all');
    await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
      const store = openStore({ dir, now: () => NOW, pollMs: 1e9 });
      await store.ready;
      const names = (clients: readonly { name: string }[]) => clients.map(({ name }) => name);
      const [a, d] = store.toolClients(['a', 'd'], {});
      await store.close();
      expect([names(a!.seen), names(a!.notSeen), names(a!.maybeSeen)]).toEqual([['studio'], ['chat'], []]);
      expect([names(d!.seen), names(d!.notSeen), names(d!.maybeSeen)]).toEqual([['chat'], [], ['studio']]);
    });
  });

  test.each<[string, object[], unknown]>([
    ['whose names are not recorded', [list(1, {}), call(2, 'c')], null],
    ['that failed', [list(1, { 'rpc.response.status_code': '-32603' }), call(2, 'c')], false],
    ['that holds no tool', [list(1, { 'mcp.tools.count': 0 }), call(2, 'c')], false],
    ['that nobody asked for', [call(2, 'c')], false],
  ])('of an answer %s is called what is known of it', async (_, spans, isListed) => {
    const { tools } = await viewsOf({ 'a.traces.jsonl': [otlpLine(spans)] });
    expect(listedIn(tools)).toEqual({ c: isListed });
  });

  test('of an answer in pages is listed by its page', async () => {
    const spans = [
      list(1, { 'mcp.tools.names_list': ['a', 'b'], 'mcp.tools.count': 2 }),
      list(2, { 'mcp.tools.names_list': ['c'], 'mcp.tools.count': 1 }),
      call(3, 'c'),
      call(4, 'd'),
    ];
    const { tools } = await viewsOf({ 'a.traces.jsonl': [otlpLine(spans)] });
    expect(listedIn(tools)).toEqual({ a: true, b: true, c: true, d: false });
  });
});
