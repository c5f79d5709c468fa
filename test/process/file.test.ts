import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { built, ensureBuilt } from '../support/built.ts';
import { killChildren, startChild } from '../support/child.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { ANSWERS, call, conversation, initialize, startBoth, startServer } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let folder: RecordingFolder;
beforeEach(() => {
  folder = recordingFolder();
});
afterEach(() => {
  killChildren();
  folder.remove();
});

const config = (more: object = {}) => ({ exporterType: 'file', exporterEndpoint: folder.dir, ...more });
const recorded = () => folder.spans().map(({ name }) => name);

describe('a server that records to files', () => {
  test('and is killed has lost the last batch and nothing else', async () => {
    const { bare, ours } = startBoth(
      { config: config({ batchTimeoutMs: 60_000 }) },
      { env: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4' } },
    );
    for (const child of [bare, ours]) child.send(...conversation);
    // The start of the session, the requests that were answered, and two notifications: three batches.
    const inFull = 1 + ANSWERS + 2;
    await folder.until(() => folder.names().length > 0 && recorded().length >= inFull);
    for (const child of [bare, ours]) child.send(call('late', 'echo', { text: 'too late' }));
    await Promise.all([bare.lines(ANSWERS + 1), ours.lines(ANSWERS + 1)]);
    for (const child of [bare, ours]) child.kill('SIGKILL');
    const [without, with_] = await Promise.all([bare.exited, ours.exited]);
    expect(with_).toEqual(without);
    expect(with_).toMatchObject({ code: null, signal: 'SIGKILL', stderr: '' });
    expect(folder.lines('traces')).toHaveLength(inFull / 4);
    expect(folder.spans().map(({ attributes }) => attributes['jsonrpc.request.id'])).not.toContain('late');
    const [name] = folder.names();
    expect(readFileSync(join(folder.dir, name as string), 'utf8')).toMatch(/}\n$/);
  });

  test('and leaves by process.exit() has recorded everything but the metrics, and why its session ended', async () => {
    const { bare, ours } = startBoth({ config: config({ batchTimeoutMs: 60_000 }) });
    for (const child of [bare, ours]) child.send(initialize, call(1, 'leave'));
    const [without, with_] = await Promise.all([bare.exited, ours.exited]);
    expect(with_).toEqual(without);
    expect(with_).toMatchObject({ code: 3, stderr: '' });
    expect(recorded()).toEqual(['mcp.session start', 'initialize', 'tools/call leave', 'mcp.session end']);
    expect(folder.spans().at(-1)?.attributes).toMatchObject({
      'mcp.client.session.end_reason': 'process_exit',
      'mcp.client.session.calls': 2,
    });
  });

  test('and dies of an exception without hooks has recorded why its session ended', async () => {
    const ours = startServer({ config: config({ batchTimeoutMs: 60_000 }) });
    ours.send(initialize, call(1, 'crash'));
    expect(await ours.exited).toMatchObject({ code: 1 });
    expect(recorded()).toContain('tools/call crash');
    expect(folder.spans().at(-1)?.attributes['mcp.client.session.end_reason']).toBe('process_exit');
  });

  test('writes where MCP_SESSIONSCOPE_DIR says, and the command reads it back', async () => {
    const ours = startServer(
      { hooks: {}, config: { exporterType: 'file' } },
      { env: { MCP_SESSIONSCOPE_DIR: folder.dir } },
    );
    ours.send(...conversation);
    ours.endStdin();
    await ours.exited;
    const command = startChild(built.cli, { args: ['sessions', folder.dir, '--json'] });
    const { code, stdout, stderr } = await command.exited;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({
        calls: ANSWERS,
        errors: 4,
        status: 'ended',
        tools: ['echo', 'fail', 'no-such-tool', 'large'],
      }),
    ]);
  });

  test('into a folder that cannot be written says so once, and serves all the same', async () => {
    const { bare, ours } = startBoth({
      hooks: {},
      config: { exporterType: 'file', exporterEndpoint: '/dev/null/nowhere', batchTimeoutMs: 1 },
    });
    for (const child of [bare, ours]) {
      child.send(...conversation);
      child.endStdin();
    }
    const [without, with_] = await Promise.all([bare.exited, ours.exited]);
    expect(with_.stdout).toBe(without.stdout);
    expect(with_.code).toBe(0);
    const lines = with_.stderr.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(
        /^mcp-sessionscope: cannot export to \/dev\/null\/nowhere: ENOTDIR: .*; will go on trying, requests are not affected$/,
      ),
      expect.stringMatching(
        /^mcp-sessionscope: exporting to \/dev\/null\/nowhere ended; \d+ spans were lost: ENOTDIR: .*$/,
      ),
    ]);
  });
});

test('a server without a home folder to record to says so once, and serves all the same', async () => {
  const homeless = 'import os from "node:os"; os.homedir = () => { throw new Error("no home"); };';
  const ours = startServer(
    { hooks: {}, config: { exporterType: 'file' } },
    {
      env: { MCP_SESSIONSCOPE_DIR: '' },
      nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(homeless)}`],
    },
  );
  ours.send(...conversation);
  ours.endStdin();
  const { code, stdout, stderr } = await ours.exited;
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(ANSWERS);
  expect(stderr).toBe(
    'mcp-sessionscope: starting OpenTelemetry failed, the request goes on: Error: this user has no home folder: ' +
      'name a folder, or set MCP_SESSIONSCOPE_DIR\n',
  );
});
