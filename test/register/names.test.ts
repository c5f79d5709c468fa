import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { killChildren, startChild } from '../support/child.ts';
import type { SinkSpan } from '../support/otlp-sink.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { programFile, REGISTER, toFiles } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let recording: RecordingFolder;
beforeEach(() => {
  recording = recordingFolder();
});
afterEach(() => {
  killChildren();
  recording.remove();
});

/** One server after the other, as for each tenant, with a client that comes and goes. */
const TENANTS = `
  import { Client } from '@modelcontextprotocol/sdk/client/index.js';
  import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
  import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
  for (let n = 0; n < 30; n += 1) {
    const [near, far] = InMemoryTransport.createLinkedPair();
    await new McpServer({ name: 'tenant-' + n, version: '1' }).connect(far);
    const client = new Client({ name: 'c', version: '1' });
    await client.connect(near);
    await client.ping();
    await client.close();
  }`;

async function services(env: Record<string, string> = {}) {
  const program = programFile('tenants.mjs', TENANTS);
  const child = startChild(program, {
    nodeOptions: ['--import', REGISTER],
    env: { ...env, ...toFiles(recording) },
  });
  const { code, stderr } = await child.exited;
  const isOfServer = ({ attributes }: SinkSpan): boolean => 'mcp.client.session.id' in attributes;
  const pings = recording.spans().filter((span) => span.name === 'ping' && isOfServer(span));
  const counts: Record<string, number> = {};
  for (const { resource } of pings) {
    const name = String(resource['service.name']);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return { code, stderr, counts };
}

// A manager per name, each with its timers, its queue and its files, for as long as the process lived.
test('servers of many names have ten managers at most, and it is said what helps', async () => {
  const { code, stderr, counts } = await services();
  expect(code).toBe(0);
  expect(stderr).toBe(
    'mcp-sessionscope: servers of 10 names have a manager each, and those of further names are recorded with the first: ' +
      'set OTEL_SERVICE_NAME to name all of them\n',
  );
  expect(counts).toEqual({
    'tenant-0': 22,
    // One is the client's.
    ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`tenant-${n + 1}`, 1])),
  });
});

test.each([
  ['OTEL_SERVICE_NAME', { OTEL_SERVICE_NAME: 'gateway' }],
  ['OTEL_RESOURCE_ATTRIBUTES', { OTEL_RESOURCE_ATTRIBUTES: 'team=a,service.name=gateway' }],
])('where %s names the service, they share one', async (_, env) => {
  expect(await services(env)).toEqual({ code: 0, stderr: '', counts: { gateway: 30 } });
  expect(recording.names().filter((name) => name.includes('.traces.'))).toHaveLength(1);
});
