import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { removeFolder } from '../../tools/support/remove-folder.ts';
import { call, initialize, type Story, startBoth, startServer } from '../process/support.ts';
import { built, ensureBuilt } from '../support/built.ts';
import { type Child, killChildren, startChild } from '../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
let dir: string;
beforeEach(async () => {
  sink = await startOtlpSink();
  dir = await mkdtemp(join(tmpdir(), 'mcp-sessionscope-exit-'));
});
afterEach(async () => {
  killChildren();
  await sink.close();
  await removeFolder(dir);
});

const CALLS = 7;
/** Start and end of the session, `initialize`, and the calls. */
const SPANS = 10;

const config = (more: object = {}) => ({ exporterEndpoint: sink.url, ...more });
const inDir = () => ({ env: { MCP_SESSIONSCOPE_DIR: dir } });
const spool = () => readdir(join(dir, 'spool')).catch(() => []);
const spanIds = () => new Set(sink.spans.map(({ spanId }) => spanId));
const allArrived = () => sink.until(() => spanIds().size === SPANS);

/** A short session, answered to its end. */
async function converse(child: Child): Promise<void> {
  child.send(initialize);
  for (let id = 1; id <= CALLS; id += 1) child.send(call(id, 'echo', { text: 'hi' }));
  await child.lines(CALLS + 1);
}

/** Looks again and again at what another process does to a folder. */
async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Milliseconds from the end of stdin to the end of the process. */
async function exitTime(child: Child): Promise<number> {
  const started = performance.now();
  child.endStdin();
  await child.exited;
  return performance.now() - started;
}

// The last batch was in a request that had not left, and went with the process: 0 of 10 spans arrived.
describe('a server that exits by itself when stdin ends', () => {
  const leaving = (more: Story = {}): Story & { config: object } => ({
    leavesAtStdinEnd: true,
    config: config(),
    ...more,
  });

  test.each([undefined, {}])(
    'loses nothing, answers and exits as the bare server does; hooks: %j',
    async (hooks) => {
      const { bare, ours } = startBoth(leaving({ ...(hooks !== undefined && { hooks }) }), inDir());
      await Promise.all([converse(bare), converse(ours)]);
      const took = [await exitTime(bare), await exitTime(ours)] as const;
      expect(await ours.exited).toEqual(await bare.exited);
      // Wanted are 100 ms; a busy machine may take longer to start a process.
      expect(took[1]).toBeLessThan(took[0] + 1_000);
      await allArrived();
      await sink.until(() => sink.metricNames.has('mcp.server.session.duration'));
    },
  );

  test('hands over its headers, those of the environment too', async () => {
    const child = startServer(leaving({ config: config({ exporterHeaders: { 'x-key': 's3cret' } }) }), {
      env: { ...inDir().env, OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=blue' },
    });
    await converse(child);
    child.endStdin();
    await allArrived();
    for (const { headers } of sink.requests)
      expect(headers).toMatchObject({ 'x-key': 's3cret', 'x-tenant': 'blue' });
  });

  test('leaves what nobody takes to the next start, in a file that is its own', async () => {
    const { url } = sink;
    await sink.close();
    const secret = config({ exporterHeaders: { 'x-key': 's3cret' } });
    const first = startServer(leaving({ config: secret }), inDir());
    await converse(first);
    await exitTime(first);
    const [name] = (await spool()).filter((each) => each.includes('.traces.'));
    const info = await stat(join(dir, 'spool', name as string));
    expect(info.mode & 0o777).toBe(0o600);
    expect(await readFile(join(dir, 'spool', name as string), 'utf8')).not.toContain('s3cret');

    sink = await startOtlpSink(Number(new URL(url).port));
    await allArrived();
  }, 10_000);

  test('loses nothing where no process can be started: the next start sends it', async () => {
    const withoutSender = { env: { ...inDir().env, MCP_SESSIONSCOPE_DELIVERY: '[]' } };
    const first = startServer(leaving(), withoutSender);
    await converse(first);
    first.endStdin();
    expect((await first.exited).stderr).toMatch(
      /the last telemetry could not be sent before the exit: the next start/,
    );
    expect(sink.spans).toEqual([]);

    const second = startServer({ config: config() }, inDir());
    second.send(initialize);
    await allArrived();
    await until(async () => (await spool()).length === 0);
  });

  test('sends what another receiver’s servers left behind to that one only', async () => {
    const withoutSender = { env: { ...inDir().env, MCP_SESSIONSCOPE_DELIVERY: '[]' } };
    const first = startServer(leaving(), withoutSender);
    await converse(first);
    await exitTime(first);
    const other = startServer(
      { config: config({ exporterHeaders: { 'x-key': 'of another' }, batchTimeoutMs: 1_500 }) },
      inDir(),
    );
    other.send(initialize);
    await sink.until(() => sink.spans.length > 0);
    expect(sink.spans.map(({ name }) => name)).not.toContain('mcp.session end');
  });

  test('replay sends what was left, and removes it', async () => {
    const withoutSender = { env: { ...inDir().env, MCP_SESSIONSCOPE_DELIVERY: '[]' } };
    const first = startServer(leaving(), withoutSender);
    await converse(first);
    await exitTime(first);
    const replay = startChild(built.cli, { args: ['replay', join(dir, 'spool'), '--endpoint', sink.url] });
    expect(await replay.exited).toMatchObject({ code: 0 });
    expect(spanIds().size).toBe(SPANS);
    expect((await spool()).filter((name) => name.endsWith('.jsonl'))).toEqual([]);
  });

  test('with exitDelivery: false loses them, says so, and writes nothing', async () => {
    const child = startServer(leaving({ config: config({ exitDelivery: false }) }), inDir());
    await converse(child);
    child.endStdin();
    expect((await child.exited).stderr).toContain('10 spans may be lost');
    expect(await readdir(dir)).toEqual([]);
  });

  test('writes into the temporary folder where the recordings’ folder takes nothing', async () => {
    const child = startServer(leaving({}), { env: { MCP_SESSIONSCOPE_DIR: '/dev/null/none', TMPDIR: dir } });
    await converse(child);
    child.endStdin();
    expect(await child.exited).toMatchObject({ code: 0, stderr: '' });
    await allArrived();
  });
});

test('a server that exits in a handler loses nothing', async () => {
  const child = startServer({ config: config() }, inDir());
  await converse(child);
  child.send(call(99, 'leave'));
  expect(await child.exited).toMatchObject({ code: 3, stderr: '' });
  await sink.until(() => spanIds().size === SPANS + 1);
});

test('an exit with nothing undelivered starts no process and writes no file', async () => {
  const child = startServer({ hooks: {}, config: config() }, inDir());
  await converse(child);
  child.endStdin();
  await child.exited;
  expect(spanIds().size).toBe(SPANS);
  expect(await readdir(dir)).toEqual([]);
});

test('a collector that hangs does not hold up the exit', async () => {
  sink.answer = () => 'hang';
  const { bare, ours } = startBoth(
    { leavesAtStdinEnd: true, config: config({ batchTimeoutMs: 1 }) },
    inDir(),
  );
  await Promise.all([converse(bare), converse(ours)]);
  const took = [await exitTime(bare), await exitTime(ours)] as const;
  expect(took[1]).toBeLessThan(took[0] + 1_000);
  expect(await ours.exited).toEqual(await bare.exited);
});

// Each exit started a process that waited for the collector: 25 of them at once took a gigabyte.
test('a server that starts and exits again and again keeps few processes waiting for a collector that hangs', async () => {
  sink.answer = () => 'hang';
  const starts = 7;
  const said: string[] = [];
  for (let i = 0; i < starts; i += 1) {
    const child = startServer({ leavesAtStdinEnd: true, config: config() }, inDir());
    await converse(child);
    child.endStdin();
    said.push((await child.exited).stderr);
  }
  const taken = (await spool()).filter((name) => !name.includes('.0.'));
  // Traces and metrics of four of them; the others wait for the next start, and say so.
  expect(taken).toHaveLength(8);
  expect(await spool()).toHaveLength(2 * starts);
  expect(said.filter((text) => text.includes('could not be sent before the exit'))).toHaveLength(starts - 4);
}, 30_000);

test('what earlier processes left goes with the next one that exits, however short it lives', async () => {
  const withoutSender = { env: { ...inDir().env, MCP_SESSIONSCOPE_DELIVERY: '[]' } };
  const first = startServer({ leavesAtStdinEnd: true, config: config() }, withoutSender);
  await converse(first);
  await exitTime(first);
  expect(sink.spans).toEqual([]);
  const second = startServer({ leavesAtStdinEnd: true, config: config() }, inDir());
  await converse(second);
  await exitTime(second);
  await sink.until(() => spanIds().size === 2 * SPANS);
  await until(async () => (await spool()).length === 0);
});
