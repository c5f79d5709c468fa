import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { call } from '../process/support.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { runCli } from './support.ts';

const ECHO = [process.execPath, join(__dirname, '../proxy/stdio/programs/program.mjs'), 'echo'];

let recorded: RecordingFolder;
beforeEach(() => {
  recorded = recordingFolder();
});
afterEach(() => recorded.remove());

/** Runs a program that sends back what it gets, and gives it some lines. */
async function runEcho(lines: string, ...options: string[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const ends: object[] = [];
  input.end(lines);
  const run = runCli(['run', '--dir', recorded.dir, ...options, '--', ...ECHO], {
    takeWire: () => ({ input, output }),
    endLike: (ended) => {
      ends.push(ended);
      output.end();
    },
  });
  const [written, { code, stdout, stderr }] = await Promise.all([text(output), run]);
  return { written, code, stdout, stderr, ends };
}

const REQUEST = `${JSON.stringify(call(1, 'a tool'))}\n`;

test('what comes is passed on and recorded, and the end is that of the program', async () => {
  const run = await runEcho(REQUEST, '--name', 'an echo');
  expect(run).toEqual({
    written: REQUEST,
    code: 0,
    stdout: '',
    stderr: '',
    ends: [{ code: 0, signal: null }],
  });
  const [, span] = recorded.spans();
  expect(span).toMatchObject({
    attributes: { 'gen_ai.tool.name': 'a tool', 'mcp.request.size': REQUEST.length - 1 },
    resource: { 'service.name': 'an echo' },
  });
});

test('with --propagate a request names its span', async () => {
  const { written, stderr } = await runEcho(`${REQUEST}half a line`, '--propagate');
  const [line, rest] = written.split('\n');
  const { traceparent } = JSON.parse(line as string).params._meta;
  expect(line?.replace(`"_meta":{"traceparent":"${traceparent}"},`, '')).toBe(REQUEST.trim());
  expect({ rest, stderr }).toEqual({ rest: 'half a line', stderr: '' });
});

test('a program that is not there is an error with the code of a shell', async () => {
  const { code, stderr } = await runCli(['run', '--', 'no-such-program']);
  expect(code).toBe(127);
  expect(stderr).toContain("there is no program 'no-such-program'");
});

// `run --name -- node` took `--` for the name, and started node.
test.each(['--name', '--dir'])(
  '%s without a value does not take the -- before the command for one',
  async (option) => {
    const { code, stderr } = await runCli(['run', option, '--', ...ECHO]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Its value is missing') });
  },
);

test('a session has not begun later than its first event', async () => {
  await runEcho(REQUEST);
  const [{ id, startedAt }] = JSON.parse((await runCli(['sessions', recorded.dir, '--json'])).stdout);
  const { events } = JSON.parse((await runCli(['sessions', recorded.dir, '--session', id, '--json'])).stdout);
  const times = events.map(({ time }: { time: string }) => time);
  expect([startedAt, ...times]).toEqual([startedAt, ...times].sort());
  expect(events[0]).toMatchObject({ type: 'session start', time: startedAt });
});

test('nothing is lost where the client reads late what a server wrote that has ended', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end();
  const written = 'process.stdout.write("x".repeat(300_000))';
  const run = runCli(['run', '--dir', recorded.dir, '--', process.execPath, '-e', written], {
    takeWire: () => ({ input, output }),
    endLike: () => void output.end(),
  });
  // The pause of the reader: it is longer than what is given to pipes that stay open.
  await delay(1_000);
  const [read] = await Promise.all([text(output), run]);
  expect(read).toHaveLength(300_000);
});
