import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CliIo } from '../../src/cli/io.ts';
import { closeHosts, connectHttp, listen, statefulV1 } from '../support/http-v1.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { type CliRun, runCli } from './support.ts';

let recorded: RecordingFolder;

beforeEach(() => {
  recorded = recordingFolder();
});

afterEach(() => recorded.remove());
afterEach(closeHosts);

/** Runs the command until `whileOpen` is done. */
async function runProxy(
  argv: string[],
  whileOpen: (url: URL) => Promise<void> = async () => {},
  overrides: Partial<CliIo> = {},
): Promise<CliRun> {
  let stderr = '';
  let stop = (): void => {};
  let failed: unknown;
  const write = (text: string): void => {
    stderr += text;
    const url = /listens on (\S+)/.exec(text)?.[1];
    if (url === undefined) return;
    whileOpen(new URL(url))
      .catch((error) => {
        failed = error;
      })
      .finally(() => stop());
  };
  const run = await runCli(['proxy', ...argv], {
    stderr: { write },
    onStopSignal: (listener) => {
      stop = () => listener('SIGINT');
      return () => {};
    },
    ...overrides,
  });
  if (failed !== undefined) throw failed;
  return { ...run, stderr };
}

test('records what passes under the name that the server gives itself, and ends when it is told to', async () => {
  const host = await statefulV1(undefined);
  const run = await runProxy(['--to', host.url.href, '--port', '0', '--dir', recorded.dir], async (url) => {
    expect(url.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
    const { client, transport } = await connectHttp(url);
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await transport.terminateSession();
    await client.close();
  });
  expect(run).toMatchObject({ code: 0, stdout: '' });
  expect(run.stderr).toBe(`${run.stderr.split('\n')[0]}\nmcp-sessionscope: passes on to ${host.url.href}\n`);
  const spans = recorded.spans();
  expect(spans.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['initialize', 'tools/call echo', 'mcp.session end']),
  );
  expect(spans[0]?.resource).toMatchObject({ 'service.name': 'test-server', 'service.version': '1.2.3' });
});

test('ends while a client listens, and exports its session', async () => {
  const host = await statefulV1(undefined);
  let client: { close(): Promise<void> } | undefined;
  const options = ['--port', '0', '--name', 'mine', '--dir', recorded.dir];
  const run = await runProxy(['--to', host.url.href, ...options], async (url) => {
    ({ client } = await connectHttp(url));
  });
  await client?.close();
  expect(run.code).toBe(0);
  const end = recorded.spans().find(({ name }) => name === 'mcp.session end');
  expect(end).toMatchObject({
    attributes: { 'mcp.client.session.end_reason': 'server_shutdown' },
    resource: { 'service.name': 'mine' },
  });
});

describe('says what is wrong:', () => {
  test.each([
    [[], "required option '--to <url>' not specified"],
    [['http://localhost:3000/mcp'], "put --to before the server's address"],
    [['--to', 'localhost:3000'], 'Give a URL such as http://localhost:3000/mcp.'],
    [['--to', 'http://user:secret@localhost/mcp'], 'Leave out the user: clients send their own credentials.'],
    [['--to', 'http://localhost/mcp', '--port', 'x'], 'Give a port from 0 to 65535.'],
  ])('%j', async (argv, expected) => {
    const { code, stderr } = await runCli(['proxy', ...argv]);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
    expect(stderr).not.toContain('secret');
  });

  test('a port that is in use', async () => {
    const { url } = await listen(() => {});
    const { code, stderr } = await runProxy(['--to', url.href, '--port', url.port, '--dir', recorded.dir]);
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${url.port} is in use: give another one with --port, or --port 0 for any`);
  });
});

test('an address that others reach is told', async () => {
  const { url } = await listen(() => {});
  const options = ['--port', '0', '--host', '0.0.0.0', '--dir', recorded.dir];
  const { stderr } = await runProxy(['--to', url.href, ...options]);
  expect(stderr).toContain('0.0.0.0 can be reached by others');
});

test('a secret in the address is not shown', async () => {
  const { url } = await listen(() => {});
  const { stderr } = await runProxy(['--to', `${url.href}?key=secret`, '--port', '0', '--dir', recorded.dir]);
  expect(stderr).toContain(`passes on to ${url.href}?…`);
});
