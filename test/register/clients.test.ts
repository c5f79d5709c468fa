import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { type Exit, killChildren, startChild } from '../support/child.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { bundle, programFile, REGISTER, type Sdk, serverText, spanNames, toFiles } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let recording: RecordingFolder;
beforeEach(() => {
  recording = recordingFolder();
});
afterEach(() => {
  killChildren();
  recording.remove();
});

const PARTS = {
  v1: `
    import { Client } from '@modelcontextprotocol/sdk/client/index.js';
    import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';`,
  v2: `
    import { Client } from '@modelcontextprotocol/client';
    import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';`,
} as const;

/** An agent as somebody writes it who knows nothing of telemetry: it starts a server, calls a tool, and goes. */
function agentText(sdk: Sdk, then: string): string {
  const server = programFile('server.mjs', serverText('v1'));
  return `${PARTS[sdk]}
    void (async () => {
      const client = new Client({ name: 'an-agent', version: '2.3.4' });
      const args = [${JSON.stringify(server)}];
      await client.connect(new StdioClientTransport({ command: process.execPath, args }));
      const { content } = await client.callTool({ name: 'greet', arguments: {} });
      console.log(content[0].text);
      ${then}
    })();`;
}

/** What such an agent leaves behind. */
const CALLED = ['initialize', 'notifications/initialized', 'tools/call greet'];

/** A program without and with `register`. */
async function runBoth(program: string): Promise<{ bare: Exit; observed: Exit }> {
  const bare = startChild(program).exited;
  const options = { nodeOptions: ['--import', REGISTER], env: toFiles(recording) };
  const observed = startChild(program, options).exited;
  return { bare: await bare, observed: await observed };
}

const CASES = (['v1', 'v2'] as const).flatMap((sdk) =>
  (['esm', 'cjs'] as const).flatMap((format) => [
    { sdk, format, kind: 'its packages beside it', options: { packages: 'external' as const } },
    { sdk, format, kind: 'its packages bundled and minified', options: { minify: true } },
  ]),
);

describe('a client that knows nothing of telemetry', () => {
  test.each(CASES)('of $sdk as $format with $kind is observed', async ({ sdk, format, options }) => {
    const program = await bundle(agentText(sdk, 'await client.close();'), { format, ...options });
    const { bare, observed } = await runBoth(program);
    expect(observed).toEqual(bare);
    expect(observed).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' });
    expect(spanNames(recording)).toEqual(CALLED);
    const call = recording.spans().find(({ name }) => name === 'tools/call greet');
    expect(call?.resource).toMatchObject({ 'service.name': 'an-agent', 'service.version': '2.3.4' });
    expect(call?.attributes).toMatchObject({ 'mcp.server.name': 'weather', 'mcp.client.name': 'an-agent' });
  });
});

const LISTENS = `process.once('SIGTERM', () => setTimeout(() => process.exit(7), 50));
  process.kill(process.pid, 'SIGTERM');`;

describe('a program that is a client', () => {
  test.each([
    ['that exits as soon as it has its answer', 'process.exit(3);'],
    ['that throws', "throw new Error('no more');"],
    ['that is killed by a signal', "process.kill(process.pid, 'SIGTERM');"],
    ['that ends at a signal in its own time', LISTENS],
  ])('%s ends as it does alone, and all is recorded', async (_, then) => {
    const { bare, observed } = await runBoth(programFile('agent.mjs', agentText('v1', then)));
    expect({ ...observed, stderr: withoutPlace(observed) }).toEqual({ ...bare, stderr: withoutPlace(bare) });
    expect(spanNames(recording)).toEqual(CALLED);
  });

  test('that never connects loads nothing of the package', async () => {
    const program = programFile(
      'agent.mjs',
      `import module from 'node:module';
      import { Client } from '@modelcontextprotocol/sdk/client/index.js';
      new Client({ name: 'idle', version: '1' });
      const loaded = Object.keys(module.createRequire(import.meta.url).cache);
      console.log(loaded.filter((path) => path.includes('dist') && path.endsWith('index.cjs')).length);`,
    );
    const { bare, observed } = await runBoth(program);
    expect(observed).toEqual(bare);
    expect(recording.names()).toEqual([]);
  });

  test('is told of as a client, and the server of the same process as a server', async () => {
    const text = `${PARTS.v1}
      import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
      ${serverText('v1', 'const [near, far] = InMemoryTransport.createLinkedPair();', 'await server.connect(far)')}
      const client = new Client({ name: 'an-agent', version: '1' });
      await client.connect(near);
      await client.callTool({ name: 'greet', arguments: {} });
      await client.close();`;
    const { observed } = await runBoth(programFile('both.mjs', text));
    expect(observed).toMatchObject({ code: 0, stderr: '' });
    const spans = recording.spans().filter(({ name }) => name === 'tools/call greet');
    const services = spans.map(({ kind, resource }) => [kind, resource['service.name']]);
    expect(services.sort()).toEqual([
      [2, 'weather'],
      [3, 'an-agent'],
    ]);
    const [server, client] = [spans.find(({ kind }) => kind === 2), spans.find(({ kind }) => kind === 3)];
    expect(server?.parentSpanId).toBe(client?.spanId);
  });
});

/** Without where in the text it happened. */
function withoutPlace({ stderr }: Exit): string {
  return stderr.replaceAll(/file:\S+/g, '');
}
