import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { removeFolderSync } from '../../../tools/support/remove-folder.ts';
import { runCli } from '../support.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sessionscope-address-'));
});
afterEach(() => removeFolderSync(home));

test.each([
  ['Streamable HTTP of v1', StreamableHTTPClientTransport],
  ['SSE of v1', SSEClientTransport],
  ['Streamable HTTP of v2', HttpV2],
])('what stands behind an address of proxy is sent by no client: %s', async (_, AnyTransport) => {
  const urls: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    urls.push(url);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp?x=1`;
  const file = join(home, 'mcp.json');
  writeFileSync(file, '{"mcpServers": {"docs": {"url": "https://docs.example.com/SECRET"}}}');
  expect(await runCli(['wrap', file, '--yes', '--proxy', `docs=${address}`])).toMatchObject({ code: 0 });
  const { url } = JSON.parse(readFileSync(file, 'utf8')).mcpServers.docs;
  const client = new Client({ name: 'wrapped', version: '1.0.0' });
  await expect(client.connect(new AnyTransport(new URL(url)) as never)).rejects.toThrow();
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(new Set(urls)).toEqual(new Set(['/mcp?x=1']));
});
