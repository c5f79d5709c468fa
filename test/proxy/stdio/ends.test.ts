import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { call, initialize } from '../../process/support.ts';
import { built } from '../../support/built.ts';
import { startChild } from '../../support/child.ts';
import { startOtlpSink } from '../../support/otlp-sink.ts';
import { options, program, recordEachTest, recorded, server, startRun } from './support.ts';

recordEachTest();

const sessionEnd = () => recorded.spans().find(({ name }) => name === 'mcp.session end')?.attributes;

describe('run ends as the server does:', () => {
  test.each([0, 1, 7, 255])('with the exit code %d', async (code) => {
    const child = startRun(program('exit', String(code)), { options: options() });
    child.send('\n');
    expect(await child.exited).toMatchObject({ code, signal: null, stderr: '' });
  });

  test.each(['SIGTERM', 'SIGKILL', 'SIGINT', 'SIGHUP'])('by %s', async (signal) => {
    const child = startRun(program('die', signal), { options: options() });
    child.send('\n');
    expect(await child.exited).toMatchObject({ code: null, signal, stderr: '' });
  });

  test('with the code of a shell, where the signal would leave a core dump', async () => {
    const child = startRun(program('die', 'SIGSEGV'), { options: options() });
    child.send('\n');
    expect(await child.exited).toMatchObject({ code: 139, signal: null });
  });

  test('and a request that was open got no answer', async () => {
    const child = startRun(program('die', 'SIGKILL'), { options: options() });
    child.send(call(1, 'slow'));
    expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(recorded.spans().find(({ name }) => name === 'tools/call')).toMatchObject({
      status: { code: 2 },
      attributes: { 'error.type': 'connection_closed' },
      resource: { 'service.name': 'node program.mjs' },
    });
    expect(sessionEnd()).toMatchObject({ 'mcp.client.session.end_reason': 'transport_close' });
  });
});

test('what a burst leaves unread at the end is recorded, and the session ends', async () => {
  const child = startRun(program('answerAll'), { options: options() });
  const calls = 3_000;
  child.send(Array.from({ length: calls }, (_, id) => `${JSON.stringify(call(id, 'forecast'))}\n`).join(''));
  child.endStdin();
  expect(await child.exited).toMatchObject({ code: 0, stderr: '' });
  expect(recorded.spans().filter(({ name }) => name.startsWith('tools/call'))).toHaveLength(calls);
  expect(sessionEnd()).toMatchObject({
    'mcp.client.session.calls': calls,
    'mcp.client.session.status': 'ended',
  });
}, 20_000);

describe('signals', () => {
  test.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2'] as const)(
    'every %s reaches the server, which decides',
    async (signal) => {
      const child = startRun(program('countSignals', '2', signal), { options: options() });
      await child.until(() => child.stderr().includes('ready'));
      child.kill(signal);
      await child.until(() => child.stderr().includes(signal));
      child.kill(signal);
      expect(await child.exited).toMatchObject({
        code: 3,
        signal: null,
        stderr: `ready\n${signal}\n${signal}\n`,
      });
    },
  );

  test('a server that a signal ends leaves its recording behind', async () => {
    const child = startRun(server('v1'), { options: options() });
    child.send(initialize);
    await child.lines(1);
    child.kill('SIGTERM');
    expect(await child.exited).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(sessionEnd()).toMatchObject({ 'mcp.client.session.calls': 1 });
  });

  test('where nobody takes the telemetry, a signal ends what waits for it, which is kept', async () => {
    const sink = await startOtlpSink();
    try {
      sink.answer = () => 'hang';
      const child = startRun(server('v1'), {
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, MCP_SESSIONSCOPE_DIR: recorded.dir },
      });
      child.send(initialize);
      await child.lines(1);
      child.kill('SIGTERM');
      await sink.until(() => sink.requests.length > 0);
      child.kill('SIGTERM');
      expect(await child.exited).toMatchObject({ code: null, signal: 'SIGTERM' });
      expect(recorded.names()).toContain('spool');
    } finally {
      await sink.close();
    }
  });
});

describe('a server that cannot be started', () => {
  const runs = async (...args: string[]) => startChild(built.cli, { args: ['run', ...args] }).exited;

  test('is not there: 127', async () => {
    const { code, stdout, stderr } = await runs('--', 'no-such-server', '--token', 'secret');
    expect({ code, stdout }).toEqual({ code: 127, stdout: '' });
    expect(stderr).toMatch(/^mcp-sessionscope: there is no program 'no-such-server'\. .+PATH.+\n$/);
    expect(stderr).not.toContain('secret');
  });

  test('is a whole command in one word: 127, and what to do', async () => {
    const { code, stderr } = await runs('--', 'npx -y some-server');
    expect(code).toBe(127);
    expect(stderr).toContain('as words of their own');
  });

  test('may not be run: 126', async () => {
    const path = join(recorded.dir, 'server');
    writeFileSync(path, '#!/bin/sh\n');
    chmodSync(path, 0o644);
    const { code, stderr } = await runs('--', path);
    expect(code).toBe(126);
    expect(stderr).toContain('cannot be run');
  });

  test.each([[[]], [['--']], [['npx', '-y', 'some-server']]])('is not named properly %j: 2', async (args) => {
    const { code, stdout, stderr } = await runs(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('run -- npx -y some-server');
  });
});

test('where the client closes stdout, the pipe of the server is closed, and run ends as it does', async () => {
  const child = startRun(program('repeat'), { options: options() });
  await child.lines(1);
  child.process.stdout?.destroy();
  expect(await child.gone).toEqual({ code: 5, signal: null });
  expect(child.stderr()).toBe('stdout: EPIPE\n');
});

test('where nobody takes what is said on stderr, everything passes', async () => {
  const child = startRun(program('echo'), { options: options() });
  child.process.stderr?.destroy();
  for (const [i, line] of ['no JSON', 'nor this'].entries()) {
    child.send(`${line}\n`);
    await child.lines(i + 1);
  }
  child.endStdin();
  expect(await child.exited).toMatchObject({ code: 0, signal: null, stdout: 'no JSON\nnor this\n' });
});

test('a shell that leaves its server behind goes on passing what that says, until the client has gone', async () => {
  const script = '"$0" "$1" echo <&3 & exit 4';
  const [file = '', path = ''] = program();
  const child = startRun(['sh', '-c', `exec 3<&0; ${script}`, file, path], { options: options() });
  child.send('{"jsonrpc":"2.0","method":"notifications/a"}\n');
  await child.lines(1);
  child.endStdin();
  expect(await child.exited).toMatchObject({ code: 4, stderr: '' });
});
