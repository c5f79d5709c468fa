import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { StopSignal } from '../../src/cli/io.ts';
import {
  MINUTE,
  NOW,
  otlpLine,
  requestSpan,
  sessionSpan,
  WEATHER,
  withRecording,
} from '../explorer/support.ts';
import { type Child, killChildren, startChild } from '../support/child.ts';
import { until } from '../support/until.ts';
import { runCli } from './support.ts';

const MAIN = join(__dirname, '../../src/cli/main.ts');
const FILE = 'a.traces.jsonl';

afterEach(killChildren);

interface Following {
  lines(): string[];
  notes(): string;
  append(...spans: object[]): void;
  /** Sets the clock forward. */
  pass(ms: number): void;
}

/** Follows a folder as long as `whileOpen` runs, then stops as Ctrl-C does. */
async function follow(
  options: string[],
  whileOpen: (following: Following) => Promise<void>,
  recorded: Record<string, string[]> = {},
) {
  return withRecording(recorded, async (dir) => {
    let stdout = '';
    let stderr = '';
    let now = NOW;
    let stop: (signal: StopSignal) => void = () => {};
    const run = runCli(['sessions', '--dir', dir, '--follow', ...options], {
      now: () => now,
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      onStopSignal: (listener) => {
        stop = listener;
        return () => {};
      },
    });
    await whileOpen({
      notes: () => stderr,
      lines: () => stdout.split('\n').slice(0, -1),
      append: (...spans) => appendFileSync(join(dir, FILE), `${otlpLine(spans)}\n`),
      pass: (ms) => {
        now += ms;
      },
    });
    stop('SIGINT');
    const { code } = await run;
    return { code, stderr, lines: stdout.split('\n').slice(0, -1) };
  });
}

const call = (id: string, at: number) =>
  requestSpan(at, { 'mcp.client.session.id': id, 'gen_ai.tool.name': 'get_weather' });

describe('a followed folder', () => {
  test('shows what is there, the newest last, then what is new and what has changed', async () => {
    const run = await follow(
      [],
      async ({ lines, append }) => {
        await until(() => lines().length === 3, 'what is there');
        append(call('third', 29 * MINUTE));
        await until(() => lines().length === 4, 'the new one');
        append(call('first', 29 * MINUTE + 1));
        await until(() => lines().length === 5, 'the changed one');
      },
      { [FILE]: [otlpLine([call('second', 28 * MINUTE), call('first', 27 * MINUTE)])] },
    );
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.lines.map((line) => line.replace(/\s+/g, ' '))).toEqual([
      'Session Client Source Started Duration Calls Errors Status Tools',
      'first - - Nov 20 13:27 3 min 1 0 active get_weather',
      'second - - Nov 20 13:28 2 min 1 0 active get_weather',
      'third - - Nov 20 13:29 1 min 1 0 active get_weather',
      'first - - Nov 20 13:27 3 min 2 0 active get_weather',
    ]);
  });

  test('shows a session anew that has ended or is lost, and none of which only a report says that it goes on', async () => {
    const run = await follow(
      ['--lost-after', '10m'],
      async ({ lines, append, pass }) => {
        await until(() => lines().length === 3, 'what is there');
        append(
          sessionSpan('update', 1, 29 * MINUTE, {
            'mcp.client.session.id': 'one',
            'mcp.client.session.duration_ms': MINUTE,
          }),
        );
        append(sessionSpan('end', 2, 29 * MINUTE, { 'mcp.client.session.id': 'other' }));
        await until(() => lines().length === 4, 'the end');
        pass(15 * MINUTE);
        await until(() => lines().length === 5, 'the loss');
      },
      {
        [FILE]: [
          otlpLine(
            ['one', 'other'].map((id) =>
              sessionSpan('start', 0, 28 * MINUTE, { 'mcp.client.session.id': id }),
            ),
          ),
        ],
      },
    );
    expect(run.lines.slice(3).map((line) => /^\w+|active|ended|lost/g.exec(line)?.[0])).toEqual([
      'other',
      'one',
    ]);
    expect(run.lines[3]).toContain('ended');
    expect(run.lines[4]).toContain('lost');
  });

  test('shows only sessions that match, from when on they do', async () => {
    const run = await follow(['--errors', '--json'], async ({ lines, notes, append }) => {
      await until(() => notes() !== '', 'the note');
      append(call('fine', 29 * MINUTE));
      append(
        requestSpan(
          29 * MINUTE,
          { 'mcp.client.session.id': 'fails', 'error.type': '-32602' },
          { status: { code: 2 } },
        ),
      );
      await until(() => lines().length === 1, 'the failure');
    });
    expect(run.lines.map((line) => JSON.parse(line))).toMatchObject([{ id: 'fails', errors: 1 }]);
    expect(run.stderr).toBe(
      'mcp-sessionscope: no session is there yet that matches; they are shown as they come\n',
    );
  });

  test('begins with the newest so many', async () => {
    const run = await follow(
      ['--limit', '1', '--json'],
      async ({ lines }) => {
        await until(() => lines().length === 1, 'the newest');
      },
      { [FILE]: [otlpLine([call('old', 27 * MINUTE), call('new', 28 * MINUTE)])] },
    );
    expect(run.lines.map((line) => JSON.parse(line).id)).toEqual(['new']);
  });

  test('is a folder, and goes neither with an end nor with an order', async () => {
    const file = join(WEATHER, 'weather-20261120T130000Z-4711-0b0e7c1a.traces.jsonl');
    expect(await runCli(['sessions', '--dir', file, '--follow'])).toMatchObject({
      code: 2,
      stderr: 'mcp-sessionscope: --follow takes a folder\n',
    });
    for (const other of [
      ['--until', '1h'],
      ['--sort', 'errors'],
      ['--session', 'x'],
    ])
      expect((await runCli(['sessions', WEATHER, '--follow', ...other])).code).toBe(2);
  });
});

describe('the process that follows', () => {
  const start = (dir: string): Child =>
    startChild(MAIN, { nodeOptions: ['--import', 'tsx'], args: ['sessions', '--dir', dir, '-f', '--json'] });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'writes into a pipe at once, and ends with 0 by %s',
    async (signal) => {
      await withRecording({ [FILE]: [otlpLine([call('one', 0)])] }, async (dir) => {
        const child = start(dir);
        await child.lines(1);
        appendFileSync(join(dir, FILE), `${otlpLine([call('two', 1)])}\n`);
        await child.lines(2);
        child.kill(signal);
        expect(await child.exited).toMatchObject({ code: 0, signal: null, stderr: '' });
      });
    },
  );

  test('ends quietly where its reader goes away', async () => {
    await withRecording({ [FILE]: [otlpLine([call('one', 0)])] }, async (dir) => {
      const child = start(dir);
      await child.lines(1);
      child.process.stdout?.destroy();
      appendFileSync(join(dir, FILE), `${otlpLine([call('two', 1)])}\n`);
      expect(await child.gone).toEqual({ code: 0, signal: null });
    });
  });
});
