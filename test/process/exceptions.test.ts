import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { killChildren } from '../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { call, initialize, type Sdk, type Story, startBoth, startServer } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  killChildren();
  await sink.close();
});

async function provoke(tool: string, story: Story) {
  const { bare, ours } = startBoth({
    ...story,
    hooks: { ...story.hooks },
    config: { exporterEndpoint: sink.url },
  });
  for (const child of [bare, ours]) child.send(initialize, call(1, tool));
  const [without, with_] = await Promise.all([bare.exited, ours.exited]);
  return { without, with_ };
}

describe.each<Sdk>(['v1', 'v2'])('an exception that nobody catches in a server of %s', (sdk) => {
  test('ends it as Node does, and everything arrives', async () => {
    const { without, with_ } = await provoke('crash', { sdk });
    expect(with_.stdout).toBe(without.stdout);
    expect([without.code, with_.code]).toEqual([1, 1]);
    expect(with_.stderr).toMatch(/^file:.*servers\.mjs:\d+\n.*\n.*\n\nTypeError: this was not foreseen\n/);
    expect(with_.stderr).toMatch(/\n\nNode\.js v[\d.]+\n$/);
    await sink.until(() => sink.metricNames.has('mcp.server.session.duration'));
    await sink.until(() => sink.spans.some(({ name }) => name === 'mcp.session end'));
    expect(sink.spans.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['initialize', 'tools/call crash']),
    );
  });
});

test('an application that listens for exceptions itself survives them', async () => {
  const { bare, ours } = startBoth({
    ownExceptionListener: true,
    hooks: {},
    config: { exporterEndpoint: sink.url },
  });
  for (const child of [bare, ours]) {
    child.send(initialize, call(1, 'crash'));
    await child.until(() => child.stderr().includes('caught'));
    child.send(call(2, 'echo', { text: 'alive' }));
    child.endStdin();
  }
  const [without, with_] = await Promise.all([bare.exited, ours.exited]);
  expect(with_).toEqual(without);
  expect(with_).toMatchObject({ code: 0, stderr: 'the application caught this was not foreseen\n' });
});

test('with exceptions: false they end the server as Node does too', async () => {
  const { without, with_ } = await provoke('crash', { hooks: { exceptions: false } });
  expect(with_.stdout).toBe(without.stdout);
  expect([without.code, with_.code]).toEqual([1, 1]);
});

test('a host that has closed stderr does not end the server, whatever is said there', async () => {
  sink.answer = () => 400;
  const child = startServer({ hooks: {}, config: { exporterEndpoint: sink.url, batchTimeoutMs: 1 } });
  child.process.stderr?.destroy();
  child.send(initialize);
  await sink.until(() => sink.requests.length > 0);
  child.send(call(1, 'echo', { text: 'alive' }));
  await child.lines(2);
  child.endStdin();
  expect(await child.exited).toMatchObject({ code: 0, signal: null });
});
