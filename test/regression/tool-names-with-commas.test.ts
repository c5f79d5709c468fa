import { afterEach, describe, expect, test } from '@jest/globals';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import fc from 'fast-check';
import { joinNames, splitNames } from '../../src/sdk/protocol/names.ts';
import { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { listRows, runCli } from '../cli/support.ts';
import { otlpLine, requestSpan, sessionSpan, withRecording } from '../explorer/support.ts';
import { viewsOf } from '../explorer/views.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { connectV1 } from '../support/v1.ts';

const NAMES = ['look', 'search, replace', 'a\\b', 'end\\', 'c,d', '…'];

let folder: RecordingFolder | undefined;
afterEach(() => folder?.remove());

/** A real server that has these tools; a client lists and calls each. */
async function recorded(names: readonly string[]): Promise<string> {
  folder = recordingFolder();
  const telemetry = new TelemetryManager({
    serverName: 'editor',
    exporterType: 'file',
    exporterEndpoint: folder.dir,
  });
  // The low-level one: the other warns of such names, though it takes them.
  const server = new Server({ name: 'editor', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: names.map((name) => ({ name, inputSchema: { type: 'object' as const } })),
  }));
  server.setRequestHandler(CallToolRequestSchema, () => ({ content: [] }));
  telemetry.instrument(server);
  const { client } = await connectV1(server);
  await client.listTools();
  for (const name of names) await client.callTool({ name });
  await client.close();
  await telemetry.shutdown();
  return folder.dir;
}

// Names are joined by `, `: a tool named `search, replace` was two in every view, and a third that nobody listed.
describe('a tool whose name holds a comma is one tool', () => {
  test('in what is recorded', async () => {
    await recorded(NAMES);
    const spans = folder!.spans();
    const list = spans.find(({ name }) => name === 'tools/list')!.attributes;
    expect(list['mcp.tools.names_list']).toEqual(NAMES);
    expect(list['mcp.tools.names']).toBe('look, search\\, replace, a\\\\b, end\\\\, c\\,d, \\…');
    const end = spans.find(({ name }) => name === 'mcp.session end')!.attributes;
    expect(end['mcp.client.session.tools']).toBe(list['mcp.tools.names']);
    expect(end['mcp.client.session.tools_list']).toEqual(NAMES);
  });

  test.each([
    ['arrays and texts', (text: string) => text],
    [
      'texts alone',
      (text: string) => text.replaceAll(/"mcp\.(tools\.names|client\.session\.tools)_list"/g, '"other"'),
    ],
  ])('in every view, of %s', async (_, change) => {
    const names = ['look', 'search, replace'];
    await recorded(names);
    const lines = folder!.lines('traces').map((line) => change(JSON.stringify(line)));
    await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
      const [row] = await listRows(dir);
      expect(row).toMatchObject({ tools: names, hasMoreTools: false });
      expect((await runCli(['sessions', dir])).stdout).toContain('look, "search, replace"');
      expect(await listRows(dir, '--tool', 'h, r')).toHaveLength(1);
      const { store, page, tools, session, markdown } = await viewsOf({ 'a.traces.jsonl': lines }, row.id);
      expect(page.row).toMatchObject({ tools: names, hasMoreTools: false });
      expect(page.events.find(({ type }) => type === 'tools/list')?.toolNames).toEqual(names);
      expect(store.state().tools).toEqual(names);
      expect(store.list({ tool: 'search, replace' })).toHaveLength(1);
      expect(store.list({ tool: 'search' })).toHaveLength(0);
      expect(tools.json.tools).toMatchObject(
        names.map((name) => ({ name, isListed: true, seenBy: 1, calls: 1 })),
      );
      expect(session.text).toContain('tools: look, "search, replace"');
      expect(session.text).toContain('listed look, "search, replace"');
      expect(markdown).toContain('`look`, `search, replace`');
    });
  });

  test('and recordings without escapes are read as they were', async () => {
    const spans = [
      requestSpan(1, { 'mcp.method.name': 'tools/list', 'mcp.tools.names': 'a\\b, c,d' }),
      sessionSpan('end', 1, 5, { 'mcp.client.session.tools': 'a\\b, c,d, …' }),
    ];
    const { row, tools } = await viewsOf({ 'a.traces.jsonl': [otlpLine(spans)] });
    expect(row).toMatchObject({ tools: ['a\\b', 'c,d'], hasMoreTools: true });
    expect(tools.json.tools).toMatchObject([{ name: 'a\\b' }, { name: 'c,d' }]);
  });

  test('and any names that were joined come apart as they were', () => {
    const name = fc.string({ unit: fc.constantFrom('\\', ',', ' ', '…', 'a'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(name), fc.boolean(), (names, hasMore) => {
        expect(splitNames(joinNames(names, hasMore))).toEqual({ names, hasMore });
      }),
      { numRuns: 2_000 },
    );
  });
});
