import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { call, initialize, initialized } from '../process/support.ts';
import { built, ensureBuilt } from '../support/built.ts';
import { killChildren, startChild } from '../support/child.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import {
  ANSWERS,
  bundle,
  programFile,
  REGISTER,
  REGISTER_PATH,
  serverText,
  spanNames,
  toFiles,
  VISIT,
  VISITED,
  visitBoth,
} from './support.ts';

const MODULES = join(__dirname, '../../node_modules');
const TSX = pathToFileURL(join(MODULES, 'tsx/dist/loader.mjs')).href;

beforeAll(ensureBuilt, 60_000);

let recording: RecordingFolder;
afterEach(() => {
  killChildren();
  recording.remove();
});

describe('register goes with', () => {
  const TSX_OF_COMMONJS = join(MODULES, 'tsx/dist/cjs/index.cjs');
  test.each([
    ['ESM, before it', 'mts', ['--import', REGISTER, '--import', TSX]],
    ['ESM, after it', 'mts', ['--import', TSX, '--import', REGISTER]],
    ['CommonJS, before it', 'cts', ['--require', REGISTER_PATH, '--require', TSX_OF_COMMONJS]],
    ['CommonJS, after it', 'cts', ['--require', TSX_OF_COMMONJS, '--require', REGISTER_PATH]],
  ])('tsx: TypeScript as %s', async (_, ending, nodeOptions) => {
    const program = programFile(`server.${ending}`, serverText('v1', 'const typed: number = 1; void typed;'));
    const both = await visitBoth(program, { nodeOptions });
    recording = both.recording;
    expect(both.observed).toEqual(both.bare);
    expect(spanNames(recording)).toEqual(VISITED);
  });

  test.each(['before', 'after'])(
    'hooks of others that hand on a source, registered %s them',
    async (order) => {
      // As those of import-in-the-middle do: the source of CommonJS is handed on too, and the loader compiles it by itself.
      const hooks = programFile(
        'hooks.mjs',
        `import { readFileSync } from 'node:fs';
      export async function load(url, context, next) {
        const loaded = await next(url, context);
        const isText = loaded.format === 'commonjs' && url.startsWith('file:') && loaded.source == null;
        return isText ? { ...loaded, source: readFileSync(new URL(url)) } : loaded;
      }`,
      );
      const other = pathToFileURL(
        programFile(
          'other.mjs',
          `import { register } from 'node:module'; register(${JSON.stringify(pathToFileURL(hooks).href)});`,
        ),
      ).href;
      const program = programFile('server.mjs', serverText('v1'));
      const imports = order === 'before' ? [REGISTER, other] : [other, REGISTER];
      const both = await visitBoth(program, { nodeOptions: imports.flatMap((each) => ['--import', each]) });
      recording = both.recording;
      expect(both.observed).toEqual(both.bare);
      expect(spanNames(recording)).toEqual(VISITED);
    },
  );

  test('a worker thread, whose server is observed as well', async () => {
    const worker = programFile(
      'worker.mjs',
      `import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
      import { Client } from '@modelcontextprotocol/sdk/client/index.js';
      import { parentPort } from 'node:worker_threads';
      ${serverText('v1', 'const [near, far] = InMemoryTransport.createLinkedPair();', 'await server.connect(far)')}
      const client = new Client({ name: 'in-a-worker', version: '1' });
      await client.connect(near);
      const { content } = await client.callTool({ name: 'greet' });
      parentPort.postMessage(content[0].text);
      await client.close();`,
    );
    const program = programFile(
      'main.mjs',
      `import { Worker } from 'node:worker_threads';
      new Worker(new URL(${JSON.stringify(pathToFileURL(worker).href)})).on('message', (text) => console.log(text));`,
    );
    recording = recordingFolder();
    const exit = await startChild(program, {
      nodeOptions: ['--import', REGISTER],
      env: toFiles(recording),
    }).exited;
    expect(exit).toEqual({ code: 0, signal: null, stdout: 'hello\n', stderr: '' });
    const ofServer = recording.spans().filter(({ attributes }) => 'mcp.client.session.id' in attributes);
    expect(ofServer.map(({ name }) => name).sort()).toEqual(
      VISITED.filter((name) => name !== 'tools/call fail'),
    );
  });

  test('a child process that inherits NODE_OPTIONS', async () => {
    const server = programFile('server.mjs', serverText('v2'));
    const program = programFile(
      'main.mjs',
      `import { spawn } from 'node:child_process';
      spawn(process.execPath, [${JSON.stringify(server)}], { stdio: 'inherit' });`,
    );
    recording = recordingFolder();
    const child = startChild(program, {
      env: { NODE_OPTIONS: `--import ${REGISTER}`, ...toFiles(recording) },
    });
    child.send(...VISIT);
    await child.lines(ANSWERS);
    child.endStdin();
    expect(await child.exited).toMatchObject({ code: 0, stderr: '' });
    expect(spanNames(recording)).toEqual(VISITED);
  });
});

describe('an application that instruments by itself', () => {
  test.each([
    ['as ESM', 'esm', built.esm],
    ['as CommonJS', 'cjs', built.cjs],
  ] as const)('keeps its manager, %s', async (_, format, entry) => {
    const text = serverText('v1', `instrumentServer(server, { serverName: 'its-own-name' });`);
    const program = await bundle(`import { instrumentServer } from ${JSON.stringify(entry)};\n${text}`, {
      format,
      packages: 'external',
      external: [entry],
    });
    const both = await visitBoth(program);
    recording = both.recording;
    expect(both.observed.stderr).toBe('');
    expect(spanNames(recording)).toEqual(VISITED);
    const services = recording.spans().map(({ resource }) => resource['service.name']);
    expect(new Set(services)).toEqual(new Set(['its-own-name']));
  });

  test('after the server has connected is told that the server has a manager', async () => {
    const text = serverText(
      'v1',
      '',
      'await server.connect(new StdioServerTransport()); instrumentServer(server)',
    );
    const program = programFile(
      'late.mjs',
      `import { instrumentServer } from ${JSON.stringify(pathToFileURL(built.esm).href)};\n${text}`,
    );
    const both = await visitBoth(program);
    recording = both.recording;
    expect(both.observed.stdout).toBe(both.bare.stdout);
    expect(both.observed.stderr).toContain(
      'a server is instrumented already: it stays with its first manager',
    );
    // Nothing is recorded twice.
    expect(spanNames(recording)).toEqual(VISITED);
  });
});

describe('what an application says of its places', () => {
  const WHERE = { messages: [initialize, initialized, call(1, 'where')], answers: 2 };
  /** The functions of ours that stand around methods of the server, as with `instrumentServer`. */
  const withoutUs = (stacks: string): string =>
    stacks.replace(/(\n|\\n) {4}at [^\n\\]*dist\/index\.cjs[^\n\\]*?(?=\n|\\n|$)/g, '');
  /** A server that says where it connects: within the method that a call was put into, and in another of the same line. */
  const text = serverText(
    'v1',
    `class Failing extends StdioServerTransport { async start() { throw new Error('cannot start'); } }
    const failed = await new McpServer({ name: 'a', version: '1' }).connect(new Failing()).catch((error) => error);
    process.stderr.write(failed.stack);`,
  );

  test.each([
    { kind: 'with packages beside it', options: { packages: 'external' } },
    { kind: 'in one file', options: {} },
    { kind: 'minified, with a source map', options: { minify: true, keepNames: true, sourcemap: 'inline' } },
  ] as const)('stays, to the column: $kind', async ({ options }) => {
    const program = await bundle(text, { format: 'esm', ...options });
    for (const more of [[], ['--enable-source-maps']]) {
      const both = await visitBoth(program, { ...WHERE, nodeOptions: ['--import', REGISTER, ...more] });
      recording = both.recording;
      expect(withoutUs(both.observed.stdout)).toBe(both.bare.stdout);
      expect(both.bare.stderr).toContain('cannot start');
      expect(withoutUs(both.observed.stderr)).toBe(both.bare.stderr);
      if (more.length === 0) recording.remove();
    }
  });
});
