import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { built, ensureBuilt } from '../support/built.ts';
import { type Exit, killChildren, startChild } from '../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { ANSWERS, programFile, REGISTER, serverText, spanNames, toFiles, VISIT, VISITED } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let recording: RecordingFolder;
afterEach(() => {
  killChildren();
  recording.remove();
});

const STAYS = 'setInterval(() => {}, 1_000);';
const LISTENS = `process.once('SIGTERM', () => setTimeout(() => process.exit(7), 50));`;
const LEAVES = `process.stdin.on('end', () => process.exit(5));`;

async function end(
  before: string,
  how: 'SIGTERM' | 'stdin',
  imports = '',
): Promise<{ bare: Exit; observed: Exit }> {
  const program = programFile('server.mjs', imports + serverText('v1', before));
  recording = recordingFolder();
  const run = async (nodeOptions: string[], env: Record<string, string>): Promise<Exit> => {
    const child = startChild(program, { nodeOptions, env });
    child.send(...VISIT);
    await child.lines(ANSWERS);
    if (how === 'stdin') child.endStdin();
    else child.kill(how);
    return child.exited;
  };
  const [bare, observed] = await Promise.all([run([], {}), run(['--import', REGISTER], toFiles(recording))]);
  return { bare: bare as Exit, observed: observed as Exit };
}

test.each([
  ['that is killed by a signal', STAYS, 'SIGTERM', 'server_shutdown'],
  ['that ends at a signal in its own time', STAYS + LISTENS, 'SIGTERM', 'process_exit'],
  ['whose stdin ends', '', 'stdin', 'stdin_eof'],
  ['that exits when its stdin ends', STAYS + LEAVES, 'stdin', 'process_exit'],
] as const)('a program %s ends as it does alone, and all is recorded', async (_, before, how, reason) => {
  const { bare, observed } = await end(before, how);
  expect(observed).toEqual(bare);
  expect(spanNames(recording)).toEqual(VISITED);
  const last = recording.spans().find(({ name }) => name === 'mcp.session end');
  expect(last?.attributes['mcp.client.session.end_reason']).toBe(reason);
});

test('a program with hooks for a manager of its own ends as these say', async () => {
  const own = `
    const telemetry = instrumentServer(new McpServer({ name: 'its-own', version: '1' }), { exporterType: 'none' });
    installShutdownHooks(telemetry, { signalExitCode: 9 });`;
  const entry = JSON.stringify(pathToFileURL(built.esm).href);
  const { bare, observed } = await end(
    own,
    'SIGTERM',
    `import { installShutdownHooks, instrumentServer } from ${entry};`,
  );
  expect(observed).toEqual(bare);
  expect(observed.code).toBe(9);
  expect(spanNames(recording)).toEqual(VISITED);
});

test('a server that has work of its own goes on after its stdin has ended, and its session is recorded by then', async () => {
  recording = recordingFolder();
  const child = startChild(programFile('server.mjs', serverText('v1', STAYS)), {
    nodeOptions: ['--import', REGISTER],
    env: toFiles(recording),
  });
  child.send(...VISIT);
  await child.lines(ANSWERS);
  child.endStdin();
  await recording.until(() => spanNames(recording).includes('mcp.session end'));
  expect(child.process.exitCode).toBeNull();
  child.kill('SIGTERM');
  expect(await child.exited).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
});

describe('a receiver that takes all and never answers', () => {
  let sink: OtlpSink;
  beforeEach(async () => {
    sink = await startOtlpSink();
    sink.answer = () => 'hang';
    recording = recordingFolder();
  });
  afterEach(() => sink.close());

  const PATIENCE_MS = 1_500;

  test.each([
    ['SIGTERM', STAYS],
    ['SIGINT', STAYS],
    ['SIGTERM', `process.once('SIGTERM', () => process.stdin.destroy());`],
    ['stdin', ''],
  ] as const)('does not hold up a program that ends by %s', async (how, before) => {
    const child = startChild(programFile('server.mjs', serverText('v1', before)), {
      nodeOptions: ['--import', REGISTER],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, MCP_SESSIONSCOPE_DIR: recording.dir },
    });
    child.send(...VISIT);
    await child.lines(ANSWERS);
    const started = performance.now();
    if (how === 'stdin') child.endStdin();
    else child.kill(how);
    const { code, signal } = await child.exited;
    expect(performance.now() - started).toBeLessThan(PATIENCE_MS);
    expect([code, signal]).toEqual(how === 'stdin' || before !== STAYS ? [0, null] : [null, how]);
    // The first request: once from the program, and once from the process that outlives it.
    const isFirst = ({ body }: { body: string }): boolean => body.includes('mcp.session start');
    await sink.until(() => sink.requests.filter(isFirst).length >= 2);
  });

  test('does not change by what a second signal ends a program', async () => {
    const child = startChild(programFile('server.mjs', serverText('v1', STAYS)), {
      nodeOptions: ['--import', REGISTER],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, MCP_SESSIONSCOPE_DIR: recording.dir },
    });
    child.send(...VISIT);
    await child.lines(ANSWERS);
    child.kill('SIGTERM');
    await sink.until(() => sink.requests.some(({ body }) => body.includes('server_shutdown')));
    child.kill('SIGTERM');
    expect(await child.exited).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
  });
});

test('a program without a server is left alone: nothing of the package is loaded, and nothing listens', async () => {
  recording = recordingFolder();
  const program = programFile(
    'program.cjs',
    `const names = Object.keys(require.cache).filter((name) => /index\\.cjs$|sdk\\.cjs$/.test(name));
    console.log(JSON.stringify([names, process.eventNames().filter((name) => /SIG|beforeExit|uncaught/.test(name))]));`,
  );
  const exit = await startChild(program, { nodeOptions: ['--import', REGISTER], env: toFiles(recording) })
    .exited;
  expect(exit).toEqual({ code: 0, signal: null, stdout: '[[],[]]\n', stderr: '' });
  expect(recording.names()).toEqual([]);
});
