import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ensureBuilt } from '../../support/built.ts';
import { type OtlpSink, startOtlpSink } from '../../support/otlp-sink.ts';
import { recipe } from '../blocks.ts';
import { type Format, removePrograms, writeProgram } from './program.ts';

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  removePrograms();
  await sink.close();
});

const CALLS = 10;
/** Of all calls. */
const LINES = CALLS * 40;

const BEFORE = `
import { setTimeout as delay } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';
import { z } from 'zod';
const server = new McpServer({ name: 'logs', version: '1.0.0' });
const telemetry = instrumentServer(server, { enableArgumentCollection: true });
installShutdownHooks(telemetry);
let written = Promise.resolve();
`;

/** Every call writes before and after it has waited. */
const AFTER = `
server.registerTool('work', { inputSchema: { n: z.number() } }, async ({ n }) => {
  for (let i = 0; i < 20; i += 1) logger.info('call ' + n);
  await delay(20 - n);
  for (let i = 0; i < 20; i += 1) logger.info('call ' + n);
  return { content: [] };
});
server.registerTool('flush', {}, async () => {
  await written;
  return { content: [] };
});
server.connect(new StdioServerTransport());
`;

/** Slower than the lines come, so that winston keeps them back. */
const SLOW_TRANSPORT = `
written = new Promise((resolve) => {
  let lines = 0;
  class Slow extends winston.Transport {
    log(line, next) {
      lines += 1;
      if (lines === ${LINES}) resolve();
      setTimeout(next, 1);
    }
  }
  logger.add(new Slow());
});
`;

interface Line {
  trace_id: string;
  span_id: string;
  [field: string]: unknown;
}

test.each<[string, Format, string]>([
  ['pino', 'esm', recipe('ts', "from 'pino'")],
  ['pino', 'cjs', recipe('ts', "from 'pino'")],
  ['winston', 'esm', recipe('ts', "from 'winston'")],
  ['winston', 'cjs', recipe('ts', "from 'winston'")],
  ['winston with a slow transport', 'esm', recipe('ts', "from 'winston'") + SLOW_TRANSPORT],
])('each line of %s, as %s, names its own request', async (_, format, logger) => {
  const lines = await linesOf(writeProgram(BEFORE + logger + AFTER, format));
  expect(lines).toHaveLength(LINES);
  const requests = new Map(sink.spans.map((span) => [span.attributes['mcp.request.id'], span]));
  for (const line of lines) {
    const request = requests.get(line['mcp.request.id']);
    expect(line).toMatchObject({
      trace_id: request?.traceId,
      span_id: request?.spanId,
      'mcp.session.id': request?.attributes['mcp.session.id'],
      'mcp.client.session.id': request?.attributes['mcp.client.session.id'],
    });
    const n = String(line['msg'] ?? line['message']).replace('call ', '');
    expect(request?.attributes['gen_ai.tool.call.arguments']).toBe(`{"n":${n}}`);
  }
});

/** What the server wrote to stderr while calls overlapped. */
async function linesOf(program: string): Promise<Line[]> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program],
    env: { PATH: process.env['PATH'] ?? '', OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    stderr: 'pipe',
  });
  const written = text(transport.stderr as Readable);
  const client = new Client({ name: 'logs-client', version: '1.0.0' });
  await client.connect(transport);
  await Promise.all(
    Array.from({ length: CALLS }, (_, n) => client.callTool({ name: 'work', arguments: { n } })),
  );
  await client.callTool({ name: 'flush', arguments: {} });
  await client.close();
  return (await written)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
