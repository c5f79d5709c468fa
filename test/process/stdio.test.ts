import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { type Exit, killChildren } from '../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { ANSWERS, conversation, initialize, type Sdk, startBoth, startServer } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  killChildren();
  await sink.close();
});

const SDKS: Sdk[] = ['v1', 'v2', 'v2-serve'];
const config = () => ({ exporterEndpoint: sink.url });

function sessionEnd() {
  return sink.spans.find(({ name }) => name === 'mcp.session end')?.attributes;
}

describe.each(SDKS)('a stdio server of %s', (sdk) => {
  test('whose stdin is closed answers as the bare server does, exports everything and exits with 0', async () => {
    const { bare, ours } = startBoth({ sdk, config: config(), hooks: {}, keepAlive: false });
    const exits = await Promise.all(
      [bare, ours].map(async (child) => {
        child.send(...conversation);
        // v2 aborts what is open when stdin ends.
        if (sdk !== 'v1') await child.lines(ANSWERS);
        child.endStdin();
        return child.exited;
      }),
    );
    const [without, with_] = exits as [Exit, Exit];
    expect(with_.stdout).toBe(without.stdout);
    expect(with_).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(sessionEnd()).toMatchObject({
      'mcp.client.session.end_reason': 'stdin_eof',
      'mcp.client.session.calls': ANSWERS,
    });
    expect(sink.metricNames).toContain('mcp.server.session.duration');
  });

  test('whose stdin is closed ends though it holds a timer of its own', async () => {
    const ours = startServer({ sdk, config: config(), hooks: {}, keepAlive: true });
    ours.send(initialize);
    await ours.lines(1);
    ours.endStdin();
    expect(await ours.exited).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(sink.metricNames).toContain('mcp.server.session.duration');
  });

  test('that is sent SIGTERM has written what the bare server wrote, exports everything and exits with 0', async () => {
    const { bare, ours } = startBoth({ sdk, config: config(), hooks: {} });
    const [without, with_] = (await Promise.all(
      [bare, ours].map(async (child) => {
        child.send(...conversation);
        await child.lines(ANSWERS);
        child.kill('SIGTERM');
        return child.exited;
      }),
    )) as [Exit, Exit];
    expect(with_.stdout).toBe(without.stdout);
    expect(without).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(with_).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(sessionEnd()).toMatchObject({ 'mcp.client.session.end_reason': 'server_shutdown' });
    expect(sink.metricNames).toContain('mcp.server.session.duration');
  });
});
