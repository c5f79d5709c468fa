import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { killChildren } from '../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { call, initialize, startBoth, startServer } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  killChildren();
  await sink.close();
});

const BYTES = 3_000_000;
const flushed = () => sink.metricNames.has('mcp.server.session.duration');

test('a large response at the end of stdin reaches a client that reads late', async () => {
  const ours = startServer({ hooks: {}, config: { exporterEndpoint: sink.url } }, { readsStdout: false });
  ours.send(initialize, call(1, 'large', { bytes: BYTES }), call(2, 'echo', { text: 'the last' }));
  ours.endStdin();
  await sink.until(flushed);
  ours.readStdout();
  const { code, stdout } = await ours.exited;
  expect(code).toBe(0);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ id }) => id).sort()).toEqual([0, 1, 2]);
  expect(lines.find(({ id }) => id === 1).result.content[0].text).toHaveLength(BYTES);
});

test('a client that does not read at all does not hold up a server that is told to go', async () => {
  const ours = startServer({ hooks: {}, config: { exporterEndpoint: sink.url } }, { readsStdout: false });
  ours.send(initialize, call(1, 'large', { bytes: BYTES }));
  await sink.until(() => sink.spans.some(({ name }) => name === 'tools/call large'));
  ours.kill('SIGTERM');
  expect(await ours.gone).toEqual({ code: 0, signal: null });
});

test('a request that is open when stdin ends is answered before the exit', async () => {
  const { bare, ours } = startBoth({ hooks: {}, config: { exporterEndpoint: sink.url } });
  for (const child of [bare, ours]) {
    child.send(initialize, call(1, 'slow', { ms: 100 }));
    child.endStdin();
  }
  const [without, with_] = await Promise.all([bare.exited, ours.exited]);
  expect(with_).toEqual(without);
  expect(with_.stdout).toContain('at last');
  expect(sink.spans.find(({ name }) => name === 'tools/call slow')?.status.code).not.toBe(2);
});

test('a request that is never answered does not keep a server whose stdin has ended', async () => {
  const { bare, ours } = startBoth({ hooks: {}, config: { exporterEndpoint: sink.url } });
  for (const child of [bare, ours]) {
    child.send(initialize, call(1, 'hang'));
    child.endStdin();
  }
  const [without, with_] = await Promise.all([bare.exited, ours.exited]);
  expect(with_).toEqual(without);
  expect(sink.spans.find(({ name }) => name === 'tools/call hang')?.attributes).toMatchObject({
    'error.type': 'connection_closed',
  });
  expect(flushed()).toBe(true);
});

test.each([5, '6'])(
  'at the end of stdin the exit code is the one that the application has set: %j',
  async (exitCode) => {
    const { bare, ours } = startBoth({ exitCode, hooks: {}, config: { exporterType: 'none' } });
    for (const child of [bare, ours]) {
      child.send(initialize);
      child.endStdin();
    }
    const [without, with_] = await Promise.all([bare.exited, ours.exited]);
    expect(with_).toEqual(without);
    expect(with_.code).toBe(Number(exitCode));
  },
);

test('without the stdin hook telemetry leaves when the event loop runs empty', async () => {
  const { bare, ours } = startBoth({ hooks: { stdin: false }, config: { exporterEndpoint: sink.url } });
  for (const child of [bare, ours]) {
    child.send(initialize, call(1, 'echo', { text: 'hi' }));
    child.endStdin();
  }
  const [without, with_] = await Promise.all([bare.exited, ours.exited]);
  expect(with_).toEqual(without);
  expect(flushed()).toBe(true);
});

test('the exporter console writes on stderr only', async () => {
  const { bare, ours } = startBoth({ hooks: {}, config: { exporterType: 'console' } });
  for (const child of [bare, ours]) {
    child.send(initialize, call(1, 'echo', { text: 'hi' }));
    child.endStdin();
  }
  const [without, with_] = await Promise.all([bare.exited, ours.exited]);
  expect(with_.stdout).toBe(without.stdout);
  const printed = with_.stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(printed.map(({ span, metric }) => span ?? metric)).toEqual(
    expect.arrayContaining(['mcp.session start', 'tools/call echo', 'mcp.server.operation.duration']),
  );
});
