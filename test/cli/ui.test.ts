import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { CliIo, StopSignal } from '../../src/cli/io.ts';
import { ask, RECORDED } from '../explorer/server/support.ts';
import { NOW, otlpLine, requestSpan, withRecording } from '../explorer/support.ts';
import { runCli } from './support.ts';

const MAIN = join(__dirname, '../../src/cli/main.ts');
const TOKEN = 'a-token-of-24-characters';

describe('the command', () => {
  test('prints where the page is, where OTLP goes and what is shown, until it is stopped', async () => {
    await withRecording({ 'a.traces.jsonl': RECORDED }, async (dir) => {
      const run = await runUi(['--dir', dir, '--port', '0', '--otlp-port', '0'], async (url) => {
        await readUntil(url, 1);
        expect((await ask(`${url}api/state`)).json).toMatchObject({ dir, sessions: 1, now: NOW });
      });
      expect(run).toMatchObject({ code: 0, stderr: '', opened: [] });
      expect(run.stdout).toMatch(
        /^Sessions page: http:\/\/127\.0\.0\.1:\d+\/\nOTLP\/HTTP: {5}http:\/\/127\.0\.0\.1:\d+\nRecording: {5}\S+\n$/,
      );
    });
  });

  test('shows the folder of the environment where none is named', async () => {
    await withRecording({ 'a.traces.jsonl': RECORDED }, async (dir) => {
      const run = await runUi(['--port', '0', '--no-otlp'], async () => {}, {
        env: { MCP_SESSIONSCOPE_DIR: dir },
      });
      expect(run.stdout).toContain(`Recording:     ${dir}\n`);
      expect(run.stdout).toContain('OTLP/HTTP:     not received\n');
    });
  });

  test('tells the page where traces are to be seen elsewhere, by option or by the environment', async () => {
    await withRecording({ 'a.traces.jsonl': RECORDED }, async (dir) => {
      const urlWith = async (args: readonly string[], env: Record<string, string>) => {
        let traceUrl: unknown;
        const run = await runUi(
          ['--dir', dir, '--port', '0', '--no-otlp', ...args],
          async (url) => {
            traceUrl = (await ask(`${url}api/state`)).json.traceUrl;
          },
          { env },
        );
        return { traceUrl, stderr: run.stderr };
      };
      const [jaeger, tempo] = ['http://jaeger/trace/{traceId}', 'http://tempo/{traceId}'];
      const variable = 'MCP_SESSIONSCOPE_TRACE_URL';
      expect(await urlWith([], {})).toEqual({ traceUrl: undefined, stderr: '' });
      expect(await urlWith([], { [variable]: tempo })).toEqual({ traceUrl: tempo, stderr: '' });
      expect(await urlWith(['--trace-url', jaeger], { [variable]: tempo })).toEqual({
        traceUrl: jaeger,
        stderr: '',
      });
      expect(await urlWith([], { [variable]: 'javascript:{traceId}' })).toEqual({
        traceUrl: undefined,
        stderr: `mcp-sessionscope: ${variable} is ignored. Give an address such as http://127.0.0.1:16686/trace/{traceId}.\n`,
      });
    });
  });

  test('takes no address of traces that is not one', async () => {
    const { code, stderr } = await runCli(['ui', '--trace-url', 'http://jaeger/trace/']);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('must hold {traceId}'),
    });
  });

  test('counts a session as lost when it was silent for so long', async () => {
    const lines = [otlpLine([requestSpan(0)])];
    await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
      const statusWith = async (...more: string[]): Promise<string> => {
        let status = '';
        await runUi(['--dir', dir, '--port', '0', '--no-otlp', ...more], async (url) => {
          await readUntil(url, 1);
          status = (await ask(`${url}api/sessions`)).json.rows[0].status;
        });
        return status;
      };
      expect(await statusWith()).toBe('lost');
      expect(await statusWith('--lost-after', '1h')).toBe('active');
    });
  });
});

test('names another instrumentation that records what this package records, once', async () => {
  const lines = ['mcp-sessionscope', 'mcp-handler'].map((name, i) => {
    const { resourceSpans } = JSON.parse(otlpLine([requestSpan(i, {}, { lasts: 10 - 2 * i })]));
    resourceSpans[0].scopeSpans[0].scope = { name };
    // Others have no such id.
    if (i === 1) resourceSpans[0].scopeSpans[0].spans[0].attributes.splice(1, 1);
    return JSON.stringify({ resourceSpans });
  });
  await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
    const { stderr } = await runUi(['--dir', dir, '--port', '0', '--no-otlp'], (url) => readUntil(url, 1));
    expect(stderr.match(/mcp-handler/g)).toHaveLength(1);
  });
});

describe('the browser', () => {
  const desktop = { isTTY: true, env: { DISPLAY: ':0' } };
  const openedWith = async (argv: string[], overrides: Partial<CliIo>): Promise<string[]> => {
    let opened: string[] = [];
    await withRecording({}, async (dir) => {
      const run = await runUi(['--dir', dir, '--port', '0', '--no-otlp', ...argv], async () => {}, overrides);
      const url = /http:\S+\//.exec(run.stdout)?.[0];
      opened = run.opened.map((each) => (each === url ? 'the page' : each));
    });
    return opened;
  };

  test('opens the page on a terminal with a display', async () => {
    expect(await openedWith([], desktop)).toEqual(['the page']);
  });

  test.each<[string, string[], Partial<CliIo>]>([
    ['with --no-open', ['--no-open'], desktop],
    ['where stdout is no terminal', [], { ...desktop, isTTY: false }],
    ['in CI', [], { ...desktop, env: { ...desktop.env, CI: 'true' } }],
    ['without a display', [], { isTTY: true, env: process.platform === 'linux' ? {} : { CI: '1' } }],
    ['with a token, which arguments of a process would show', ['--token', TOKEN], desktop],
  ])('stays closed %s', async (_, argv, overrides) => {
    expect(await openedWith(argv, overrides)).toEqual([]);
  });
});

describe('what is removed', () => {
  const old = async (
    argv: (dir: string) => string[],
    env: (dir: string) => Record<string, string> = () => ({}),
  ) => {
    let stderr = '';
    await withRecording({ 'old.traces.jsonl': RECORDED }, async (dir) => {
      const seconds = NOW / 1_000 - 40 * 86_400;
      utimesSync(join(dir, 'old.traces.jsonl'), seconds, seconds);
      ({ stderr } = await runUi([...argv(dir), '--port', '0', '--no-otlp'], async () => {}, {
        env: env(dir),
      }));
      stderr = stderr.replace(dir, 'DIR');
    });
    return stderr;
  };
  const own = (dir: string) => ({ MCP_SESSIONSCOPE_DIR: dir });
  const removed = 'mcp-sessionscope: removed DIR/old.traces.jsonl: last written 2026-10-11';

  test('is what is older than 30 days, in the default folder', async () => {
    expect(await old(() => [], own)).toBe(`${removed} (--max-age)\n`);
  });

  test('is nothing with none', async () => {
    expect(await old(() => ['--max-age', 'none'], own)).toBe('');
  });

  test('is nothing of a folder that is named, unless a limit is', async () => {
    expect(await old((dir) => ['--dir', dir])).toBe('');
    expect(await old((dir) => ['--dir', dir, '--max-age', '2w'])).toBe(`${removed} (--max-age)\n`);
  });

  test('is what is beyond a size', async () => {
    expect(await old((dir) => ['--dir', dir, '--max-size', '1kB'])).toContain('(--max-size)');
    expect(await old((dir) => ['--dir', dir, '--max-size', '1 GiB'])).toBe('');
  });
});

describe('a question that is wrong is exit code 2', () => {
  test.each([
    [['--port', '70000'], 'Give a port from 0 to 65535.'],
    [['--port', 'any'], 'Give a port from 0 to 65535.'],
    [['--otlp-port', '-1'], 'Give a port from 0 to 65535.'],
    [['--max-age', 'old'], 'Give a duration such as'],
    [['--max-size', '4'], 'Give a size such as 500MB, 4GB or 2GiB.'],
    [['--dir', ' '], 'Give some text.'],
    [['more'], 'too many arguments'],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await runCli(['ui', ...argv]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test.each(['0.0.0.0', '::', '192.168.1.7', 'box.lan'])(
    '--host %s without a token; it gives one',
    async (host) => {
      const { code, stderr } = await runCli(['ui', '--host', host]);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        new RegExp(`--host ${host} can be reached by others.*\\n {4}--token [0-9a-f]{32}\\n$`),
      );
      expect((await runCli(['ui', '--host', host])).stderr).not.toBe(stderr);
    },
  );

  test.each(['short', 'fifteen-letters', 'with spaces in between', 'ümlauts-ümlauts-ümlauts'])(
    'the token %j, which is not repeated',
    async (token) => {
      const { code, stderr } = await runCli(['ui', '--token', token]);
      expect(code).toBe(2);
      expect(stderr).toContain('--token takes at least 16 ASCII characters');
      expect(stderr).not.toContain(token);
    },
  );
});

describe('the process', () => {
  test.each<StopSignal>(['SIGINT', 'SIGTERM'])('ends by %s with 0, with pages open', async (signal) => {
    await withRecording({ 'a.traces.jsonl': RECORDED }, async (dir) => {
      const args = ['--import', 'tsx', MAIN, 'ui', '--dir', dir, '--port', '0', '--otlp-port', '0'];
      const child = spawn(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });
      const [chunk] = await once(child.stdout, 'data');
      const url = /http:\S+\//.exec(String(chunk))?.[0] as string;
      const page = ask(`${url}api/changes`).catch((error: Error) => error);
      expect((await ask(`${url}api/state`)).json.dir).toBe(dir);
      child.kill(signal);
      expect(await once(child, 'close')).toEqual([0, null]);
      await page;
    });
  });
});

/** The page is there before everything has been read. */
async function readUntil(url: string, sessions: number): Promise<void> {
  while ((await ask(`${url}api/state`)).json.sessions < sessions);
}

/** Runs `ui` in this process, calls the function with the page's address, and stops it by a signal. */
async function runUi(
  argv: string[],
  whileOpen: (url: string) => Promise<void>,
  overrides: Partial<CliIo> = {},
): Promise<{ code: number; stdout: string; stderr: string; opened: string[] }> {
  const opened: string[] = [];
  let stdout = '';
  let stop: () => void = () => {};
  let failed: unknown;
  const write = (text: string): void => {
    stdout += text;
    whileOpen(/http:\S+\//.exec(text)?.[0] as string)
      .catch((error) => {
        failed = error;
      })
      .finally(() => stop());
  };
  const { code, stderr } = await runCli(['ui', ...argv], {
    stdout: { write },
    openBrowser: (url) => opened.push(url),
    onStopSignal: (listener) => {
      stop = () => listener('SIGINT');
      return () => {};
    },
    ...overrides,
  });
  if (failed !== undefined) throw failed;
  return { code, stdout, stderr, opened };
}
