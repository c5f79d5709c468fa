import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { openStore } from '../../../src/explorer/store/open-store.ts';
import { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import { listRows } from '../../cli/support.ts';
import { built, ensureBuilt } from '../../support/built.ts';
import { type RecordingFolder, recordingFolder } from '../../support/recorded.ts';

/** A server on stdio that this package observes. */
const SERVER = `
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { instrumentServer } from ${JSON.stringify(pathToFileURL(built.esm).href)};
const server = new McpServer({ name: 'weather', version: '1' });
server.registerTool('now', {}, async () => ({ content: [{ type: 'text', text: 'rain' }] }));
server.registerTool('hang', {}, () => new Promise(() => {}));
instrumentServer(server, { exporterType: 'file', enableMetrics: false });
await server.connect(new StdioServerTransport());
`;

let folder: RecordingFolder;

beforeAll(ensureBuilt, 60_000);
beforeEach(() => {
  folder = recordingFolder();
});
afterEach(() => folder.remove());

/** One visit; both write below one folder, or each into a folder of its own. */
async function visit(ofClient: string, ofServer: string): Promise<void> {
  const telemetry = new TelemetryManager({
    exporterType: 'file',
    enableMetrics: false,
    exporterEndpoint: ofClient,
    serverName: 'travel-agent',
  });
  const client = new Client({ name: 'agent', version: '7' });
  telemetry.instrumentClient(client);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['--input-type=module', '-e', SERVER],
    env: { PATH: process.env['PATH'] ?? '', MCP_SESSIONSCOPE_DIR: ofServer },
    cwd: join(__dirname, '../../..'),
  });
  await client.connect(transport);
  await client.callTool({ name: 'now' });
  await client.callTool({ name: 'hang' }, undefined, { timeout: 50 }).catch(() => undefined);
  await client.close();
  await telemetry.shutdown();
}

test('a client and a server of two processes on stdio are one row, and what timed out is told from both sides', async () => {
  await visit(folder.dir, folder.dir);
  const store = openStore({ dir: folder.dir, pollMs: 1e9 });
  try {
    await store.ready;
    const rows = store.rows(store.list({}));
    const known = { source: 'connection', service: 'weather', seenByClient: 'travel-agent', calls: 3 };
    expect(rows).toMatchObject([known]);
    expect(await listRows(folder.dir)).toMatchObject([known]);
    const { events } = (await store.events(rows[0]!.id, { offset: 0, limit: 100 }))!;
    const requests = events.filter(({ kind }) => kind === 'request');
    expect(requests).toMatchObject([
      { type: 'initialize', networkMs: expect.any(Number) },
      { type: 'tools/call now', networkMs: expect.any(Number) },
      { type: 'tools/call hang', status: 'cancelled', clientError: expect.stringContaining('timeout') },
    ]);
  } finally {
    await store.close();
  }
}, 30_000);

test('each alone is a row of its side', async () => {
  const dirs = ['client', 'server'].map((side) => join(folder.dir, side));
  for (const dir of dirs) mkdirSync(dir);
  await visit(dirs[0]!, dirs[1]!);
  expect(await listRows(dirs[0]!)).toMatchObject([
    { source: 'client', service: 'weather', calls: 3, errors: 1 },
  ]);
  expect(await listRows(dirs[1]!)).toMatchObject([{ source: 'connection', seenByClient: null, calls: 3 }]);
}, 30_000);
