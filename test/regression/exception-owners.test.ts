import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { call, initialize, type Story, startBoth } from '../process/support.ts';
import { ensureBuilt } from '../support/built.ts';
import { type Exit, killChildren } from '../support/child.ts';
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

async function provoke(tool: string, story: Story, nodeOptions: string[] = []) {
  const { bare, ours } = startBoth(
    { ...story, hooks: { ...story.hooks }, config: { exporterEndpoint: sink.url } },
    { nodeOptions },
  );
  for (const child of [bare, ours]) child.send(initialize, call(1, tool));
  return { bare, ours };
}

/** Without what differs by process, and the frame that Node adds where something tracks asynchronous calls. */
const plain = (exit: Exit): Exit => ({
  ...exit,
  stderr: exit.stderr.replace(/\(node:\d+\)/g, '').replace(/ {4}at process\.callbackTrampoline .*\n/, ''),
});

const END = 'mcp.session end';

// The hooks listened for 'uncaughtException' and left the exit to any other listener, as that one left it to them.
test('an exception beside a library that leaves the exit to others ends the process as without the hooks', async () => {
  const { bare, ours } = await provoke('crash', { ownExceptionListener: 'leaves it to others' });
  const [without, with_] = await Promise.all([bare.exited, ours.exited]);
  expect(with_).toEqual(without);
  expect(with_).toMatchObject({ code: 1, stderr: 'the library caught this was not foreseen\n' });
  await sink.until(() => sink.spans.some(({ name }) => name === END));
});

test.each(['crash', 'reject'])(
  'a server that ends by a %s says and returns what it does without the hooks',
  async (tool) => {
    const { bare, ours } = await provoke(tool, {});
    const [without, with_] = await Promise.all([bare.exited, ours.exited]);
    expect(plain(with_)).toEqual(plain(without));
    expect(with_.code).toBe(1);
    await sink.until(() => sink.spans.some(({ name }) => name === END));
  },
);

test.each(['none', 'warn', 'strict', 'warn-with-error-code'])(
  'with --unhandled-rejections=%s a rejection does what it does without the hooks',
  async (mode) => {
    const { bare, ours } = await provoke('reject', {}, [`--unhandled-rejections=${mode}`]);
    for (const child of [bare, ours]) {
      await child.lines(2);
      child.endStdin();
    }
    const [without, with_] = await Promise.all([bare.exited, ours.exited]);
    expect(plain(with_)).toEqual(plain(without));
  },
);
