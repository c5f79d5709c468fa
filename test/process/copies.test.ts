import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { killChildren, startChild } from '../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { recordingFolder } from '../support/recorded.ts';
import { recordings } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  killChildren();
  await sink.close();
});

test('the two copies do not write into one file', async () => {
  const folder = recordingFolder();
  const config = { exporterType: 'file', exporterEndpoint: folder.dir };
  await startChild(join(__dirname, 'servers/copies.mjs'), { args: [JSON.stringify(config)] }).exited;
  const names = folder.names().filter((name) => name.includes('.traces.'));
  folder.remove();
  expect(names).toHaveLength(2);
});

test('two copies of the package are one in a process, and who imports it has the same as who requires it', async () => {
  const config = { exporterEndpoint: sink.url, shutdownTimeoutMs: 20_000 };
  const { code, stdout, stderr } = await startChild(join(__dirname, 'servers/copies.mjs'), {
    args: [JSON.stringify(config)],
    env: { MCP_SESSIONSCOPE_DIR: recordings },
  }).exited;
  await sink.until(() => sink.spans.length === 6 && sink.metricNames.has('mcp.server.session.duration'));
  const said = JSON.parse(stdout);
  expect(said).toMatchObject({ copies: true, shared: true, custom: 'done', listeners: [1, 1, 1, 1] });

  // One UUID for all that is recorded, by whichever copy.
  expect(new Set(said.ids).size).toBe(1);
  const [id] = said.ids;
  const identities = [...sink.spans, ...sink.points].map(({ attributes }) => attributes['mcp.session.id']);
  expect(identities.length).toBeGreaterThan(5);
  expect(new Set(identities)).toEqual(new Set([id]));

  // Both know the request in whose handler they are asked.
  const call = sink.spans.find(({ name }) => name === 'tools/call echo');
  expect(said.current[0]).toMatchObject({
    requestId: call?.attributes['mcp.request.id'],
    spanId: call?.spanId,
  });
  expect(said.current[1]).toEqual(said.current[0]);

  // The server is instrumented once.
  const names = sink.spans.map(({ name }) => name).sort();
  expect(names).toEqual([
    'custom',
    'initialize',
    'mcp.session end',
    'mcp.session start',
    'notifications/initialized',
    'tools/call echo',
  ]);

  // Neither copy comes between the exception and Node.
  expect(code).toBe(1);
  expect(stderr.match(/Error: the end/g)).toHaveLength(1);
});
