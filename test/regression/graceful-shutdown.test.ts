import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { call, initialize, type Story, startBoth, startServer } from '../process/support.ts';
import { ensureBuilt } from '../support/built.ts';
import { type Child, killChildren } from '../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  killChildren();
  await sink.close();
});

const config = () => ({ exporterEndpoint: sink.url, batchTimeoutMs: 60_000 });

/** A call is open when the signal comes, and takes less than the application takes for draining. */
async function interrupt(child: Child): Promise<void> {
  child.send(initialize);
  await child.lines(1);
  child.send(call(1, 'slow', { ms: 200 }));
  child.kill('SIGTERM');
  await child.until(() => child.stderr().includes('draining'));
}

// The hooks exited as soon as they had flushed, whoever else listened to the signal.
describe('an application that drains after SIGTERM', () => {
  const stories: [string, NonNullable<Story['drains']>][] = [
    ['a listener that is older than the hooks', { added: 'before', ms: 400, and: 'exit' }],
    [
      'a listener for once that is older than the hooks',
      { added: 'before', once: true, ms: 400, and: 'exit' },
    ],
    ['a listener that is younger than the hooks', { added: 'after', ms: 400, and: 'exit' }],
    ['a listener that sends the signal again', { added: 'after', ms: 400, and: 'resend' }],
  ];

  test.each(stories)('is left its time: %s', async (_, drains) => {
    const { bare, ours } = startBoth({ drains, hooks: {}, config: config() });
    await Promise.all([bare, ours].map(interrupt));
    const [without, with_] = await Promise.all([bare.exited, ours.exited]);
    expect(with_).toEqual(without);
    expect(with_.stdout).toContain('at last');
    expect(with_.stderr).toBe('draining\ndrained\n');
    await sink.until(() => sink.spans.some(({ name }) => name === 'mcp.session end'));
    expect(sink.spans.find(({ name }) => name === 'tools/call slow')?.attributes).not.toHaveProperty([
      'error.type',
    ]);
  });

  test('is ended at the limit, if it has not ended by then', async () => {
    const child = startServer({
      drains: { added: 'after', ms: 0, and: 'stay' },
      hooks: { drainTimeoutMs: 300 },
      config: config(),
    });
    await interrupt(child);
    expect(await child.exited).toMatchObject({
      code: 0,
      stderr: 'draining\nmcp-sessionscope: the process has not ended 300 ms after SIGTERM: it is ended now\n',
    });
    expect(sink.spans.map(({ name }) => name)).toContain('tools/call slow');
  });

  test('is not ended at all with exitOnSignal: false', async () => {
    const child = startServer({
      drains: { added: 'after', ms: 0, and: 'stay' },
      hooks: { drainTimeoutMs: 1, exitOnSignal: false },
      config: config(),
    });
    await interrupt(child);
    await child.lines(2);
    child.kill('SIGTERM');
    child.send(call(2, 'echo', { text: 'alive' }));
    await child.lines(3);
    expect(child.process.exitCode).toBeNull();
  });
});

test('a library that leaves the exit to other listeners is no reason to wait', async () => {
  const drains = { added: 'after', ms: 0, and: 'leave it to others' } as const;
  const child = startServer({ drains, hooks: { drainTimeoutMs: 60_000 }, config: config() });
  await interrupt(child);
  expect(await child.exited).toMatchObject({ code: 0, signal: null, stderr: 'draining\n' });
  expect(sink.spans.map(({ name }) => name)).toContain('mcp.session end');
});

test('with exitOnSignal: false and no listener of the application the signal ends the process after the flush', async () => {
  const child = startServer({ hooks: { exitOnSignal: false }, config: config() });
  child.send(initialize);
  await child.lines(1);
  child.kill('SIGTERM');
  expect(await child.exited).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
  expect(sink.spans.map(({ name }) => name)).toContain('mcp.session end');
});
