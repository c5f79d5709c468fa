import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { built, ensureBuilt } from '../support/built.ts';
import { selfSigned } from '../support/certificates.ts';
import { type Child, killChildren, startChild } from '../support/child.ts';
import { closeHosts, connectHttp, statefulV1 } from '../support/http-v1.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';

let recorded: RecordingFolder;

beforeAll(ensureBuilt);
beforeEach(() => {
  recorded = recordingFolder();
});
afterEach(killChildren);
afterEach(closeHosts);
afterEach(() => recorded.remove());

async function startProxy(to: URL, env: Record<string, string> = {}): Promise<{ child: Child; url: URL }> {
  const args = ['proxy', '--to', to.href, '--port', '0', '--dir', recorded.dir];
  const child = startChild(built.cli, { args, env });
  await child.until(() => child.stderr().includes('passes on to'));
  return { child, url: new URL(/listens on (\S+)/.exec(child.stderr())?.[1] as string) };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the command records a session, and exports it when %s ends it',
  async (signal) => {
    const host = await statefulV1(undefined);
    const { child, url } = await startProxy(host.url);
    const { client } = await connectHttp(url);
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    child.kill(signal);
    expect(await child.exited).toMatchObject({ code: 0, signal: null, stdout: '' });
    await client.close();
    const spans = recorded.spans();
    expect(spans.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['mcp.session start', 'initialize', 'tools/call echo', 'mcp.session end']),
    );
    expect(spans[0]?.resource).toMatchObject({ 'service.name': 'test-server' });
  },
);

test('a server with a certificate of an own authority is reached where the authority is named', async () => {
  const host = await statefulV1(undefined);
  const certificate = selfSigned();
  const server = https.createServer(certificate, host.listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const file = join(recorded.dir, 'ca.pem');
  writeFileSync(file, certificate.cert);
  const to = new URL(`https://localhost:${(server.address() as AddressInfo).port}/mcp`);
  const { url } = await startProxy(to, { NODE_EXTRA_CA_CERTS: file });
  const { client } = await connectHttp(url);
  expect(await client.listTools()).toMatchObject({ tools: expect.any(Array) });
  await client.close();
  server.closeAllConnections();
  server.close();
});
