import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ensureBuilt } from '../../support/built.ts';
import { killChildren, startChild } from '../../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../../support/otlp-sink.ts';
import { recipe } from '../blocks.ts';
import { removePrograms, writeProgram } from './program.ts';

beforeAll(ensureBuilt, 60_000);

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  killChildren();
  removePrograms();
  await sink.close();
});

/** A client whose HTTP requests become events of the function, and whose process is gone with the last answer. */
const CLIENT = `
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
async function invoke(url, { method, headers, body }) {
  const { hostname, pathname } = new URL(url);
  const event = {
    rawPath: pathname,
    rawQueryString: '',
    headers: Object.fromEntries(new Headers(headers)),
    ...(body && { body: Buffer.from(body).toString('base64') }),
    isBase64Encoded: true,
    requestContext: { domainName: hostname, http: { method } },
  };
  const answer = await handler(event);
  return new Response(answer.statusCode === 202 ? null : answer.body, { status: answer.statusCode, headers: answer.headers });
}
const client = new Client(
  { name: 'lambda-client', version: '1.0.0' },
  { versionNegotiation: { mode: process.argv[2] === 'legacy' ? 'legacy' : { pin: '2026-07-28' } } },
);
await client.connect(new StreamableHTTPClientTransport(new URL('https://abc.example/mcp'), { fetch: invoke }));
await client.callTool({ name: 'get_weather', arguments: { city: 'Oslo' } });
process.kill(process.pid, 'SIGKILL');
`;

test.each([
  ['legacy', 'initialize'],
  ['2026-07-28', 'server/discover'],
])('a function that is frozen with its answer has sent the spans of it, protocol %s', async (era, first) => {
  const program = writeProgram(recipe('ts', 'export async function handler') + CLIENT, 'esm');
  const { signal, stderr } = await startChild(program, {
    args: [era],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
  }).exited;
  expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
  const names = sink.spans.map(({ name }) => name);
  expect(names).toContain(first);
  expect(names).toContain('tools/call get_weather');
  expect(sink.metricNames).toContain('mcp.server.operation.duration');
});
