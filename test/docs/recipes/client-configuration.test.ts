import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { setEnvironment } from '../../sdk/export/support.ts';
import { ensureBuilt } from '../../support/built.ts';
import { type OtlpSink, startOtlpSink } from '../../support/otlp-sink.ts';
import { recipe } from '../blocks.ts';
import { removePrograms, writeProgram } from './program.ts';

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  setEnvironment();
  removePrograms();
  await sink.close();
});

/** Says which variables it was given. */
const SERVER = `
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';
const server = new McpServer({ name: 'weather', version: '1.0.0' });
installShutdownHooks(instrumentServer(server));
process.stderr.write(JSON.stringify(Object.keys(process.env)));
server.connect(new StdioServerTransport());
`;

test('what the configuration of a client says arrives, and of the shell’s variables a few', async () => {
  setEnvironment({ OTEL_SERVICE_NAME: 'from-the-shell', OTEL_METRIC_EXPORT_INTERVAL: '1000' });
  const configured = JSON.parse(recipe('json', 'weather-on-my-laptop')).mcpServers.weather;
  const transport = new StdioClientTransport({
    command: configured.command,
    args: configured.args.map((each: string) =>
      each === '/absolute/path/to/server.js' ? writeProgram(SERVER, 'esm') : each,
    ),
    env: { ...configured.env, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    stderr: 'pipe',
  });
  const said = text(transport.stderr as Readable);
  const client = new Client({ name: 'desktop', version: '1.0.0' });
  await client.connect(transport);
  await client.close();

  const handedOn = JSON.parse(await said).filter((name: string) => !(name in configured.env));
  const few = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'];
  expect(handedOn.filter((name: string) => !few.includes(name))).toEqual([]);
  for (const { resource } of sink.spans) {
    expect(resource).toMatchObject({
      'service.name': 'weather-on-my-laptop',
      'deployment.environment.name': 'laptop',
    });
  }
  expect(sink.spans.map(({ name }) => name)).toContain('initialize');
});
