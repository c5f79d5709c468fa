import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { type Child, type Exit, killChildren } from '../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { ANSWERS, conversation, initialize, startBoth, startServer } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  killChildren();
  await sink.close();
});

/** A server that exports nothing before it is told to go. */
async function startInitialized(hooks: object, config: object = {}): Promise<Child> {
  const child = startServer({
    hooks,
    config: { exporterEndpoint: sink.url, batchTimeoutMs: 60_000, ...config },
  });
  child.send(initialize);
  await child.lines(1);
  return child;
}

async function exitAfter(signal: NodeJS.Signals, hooks: object): Promise<Exit> {
  const child = await startInitialized(hooks);
  child.kill(signal);
  return child.exited;
}

describe('the exit code after a signal', () => {
  test('is 0 unless told otherwise', async () => {
    expect(await exitAfter('SIGINT', {})).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  test('is the number of signalExitCode', async () => {
    expect(await exitAfter('SIGTERM', { signalExitCode: 7 })).toMatchObject({ code: 7, signal: null });
  });

  test("is what a shell reports for the signal with signalExitCode 'signal'", async () => {
    const hooks = { signalExitCode: 'signal' };
    const [interrupted, terminated] = await Promise.all([
      exitAfter('SIGINT', hooks),
      exitAfter('SIGTERM', hooks),
    ]);
    expect(interrupted).toMatchObject({ code: 130, signal: null });
    expect(terminated).toMatchObject({ code: 143, signal: null });
  });

  test('is for other signals Node’s own affair', async () => {
    const [other, mine] = await Promise.all([
      exitAfter('SIGTERM', { signals: ['SIGHUP'] }),
      exitAfter('SIGHUP', { signals: ['SIGHUP'] }),
    ]);
    expect(other).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(mine).toMatchObject({ code: 0, signal: null });
  });
});

describe('the beforeExit callback', () => {
  test.each(['sync', 'async'])('runs before the exit when it is %s', async (beforeExit) => {
    const exit = await exitAfter('SIGTERM', { beforeExit });
    expect(exit).toMatchObject({ code: 0, signal: null, stderr: 'beforeExit ran\n' });
    expect(sink.spans.map(({ name }) => name)).toContain('mcp.session end');
  });

  test('that throws does not change the exit', async () => {
    expect(await exitAfter('SIGTERM', { beforeExit: 'throws' })).toMatchObject({
      code: 0,
      signal: null,
      stderr: 'beforeExit ran\nmcp-sessionscope: the beforeExit callback failed: Error: no good\n',
    });
  });
});

test('every manager of a process is shut down, and every callback is called', async () => {
  const child = startServer({
    hooks: { beforeExit: 'async' },
    config: { exporterEndpoint: sink.url },
    managers: 3,
  });
  child.send(initialize);
  await child.lines(1);
  child.kill('SIGTERM');
  expect(await child.exited).toMatchObject({
    code: 0,
    stderr: `mcp-sessionscope: a server is instrumented already: it stays with its first manager\n${'beforeExit ran\n'.repeat(3)}`,
  });
  const durations = sink.points.filter(({ metric }) => metric === 'mcp.server.session.duration');
  expect(durations.map(({ resource }) => resource['service.name']).sort()).toEqual([
    'server-1',
    'server-2',
    'story',
  ]);
});

describe('a collector that hangs', () => {
  beforeEach(() => {
    sink.answer = () => 'hang';
  });

  test('delays the exit by shutdownTimeoutMs, and says that the spans may be lost', async () => {
    const child = await startInitialized({}, { shutdownTimeoutMs: 200 });
    child.kill('SIGTERM');
    expect(await child.exited).toMatchObject({
      code: 0,
      signal: null,
      stderr: `mcp-sessionscope: exporting to ${sink.url}/v1/traces ended; 3 spans may be lost: their delivery was not confirmed in time\n`,
    });
  });

  test('does not delay a second signal, which exits at once', async () => {
    const { bare, ours } = startBoth({
      hooks: {},
      config: { exporterEndpoint: sink.url, shutdownTimeoutMs: 60_000 },
    });
    for (const child of [bare, ours]) child.send(...conversation);
    await Promise.all([bare.lines(ANSWERS), ours.lines(ANSWERS)]);
    bare.kill('SIGINT');
    ours.kill('SIGINT');
    await sink.until(() => sink.requests.some(({ body }) => body.includes('server_shutdown')));
    ours.kill('SIGINT');
    const [without, with_] = await Promise.all([bare.exited, ours.exited]);
    expect(with_).toMatchObject({ code: 130, signal: null });
    expect(with_.stdout).toBe(without.stdout);
  });

  test('is given its time although the client that closed stdin sends SIGTERM meanwhile', async () => {
    const child = await startInitialized({}, { shutdownTimeoutMs: 400 });
    child.endStdin();
    await sink.until(() => sink.requests.length > 0);
    child.kill('SIGTERM');
    const exit = await child.exited;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.stderr).toContain('spans may be lost');
  });

  test('does not keep a process without hooks alive', async () => {
    const child = startServer({ config: { exporterEndpoint: sink.url, batchTimeoutMs: 1 } });
    child.send(initialize);
    await sink.until(() => sink.requests.length > 0);
    child.endStdin();
    expect(await child.exited).toMatchObject({ code: 0, signal: null });
  }, 8_000);
});

test('a collector that asks for patience does not keep a process without hooks alive', async () => {
  sink.answer = () => ({ status: 503, headers: { 'retry-after': '9' } });
  const child = startServer({ config: { exporterEndpoint: sink.url, batchTimeoutMs: 1 } });
  child.send(initialize);
  await sink.until(() => sink.requests.length > 0);
  child.endStdin();
  expect(await child.exited).toMatchObject({ code: 0, signal: null });
}, 8_000);
