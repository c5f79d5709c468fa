import { afterEach, expect, test } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { closeHosts, listen } from '../../support/http-v1.ts';
import { closeRecordings } from '../../support/recording.ts';
import { until } from '../../support/until.ts';
import { ask, closeProxies, JSON_HEADERS, proxied } from './support.ts';

afterEach(closeProxies);
afterEach(closeHosts);
afterEach(closeRecordings);

const CALL = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'echo' } };
const ANSWER = JSON.stringify({ jsonrpc: '2.0', id: 7, result: { content: [] } });
const MARK = '\uFEFF';

/** The span of a call that is answered so, through the proxy. */
async function spanOf(headers: Record<string, string>, body: string | Buffer) {
  const host = await listen((request, response) => {
    request.resume().on('end', () => response.writeHead(200, headers).end(body));
  });
  const proxy = await proxied(host.url);
  await ask(proxy.url, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(CALL) });
  return until(() => proxy.spans().find(({ name }) => name.startsWith('tools/call')), 'the span');
}

test.each([
  ['JSON behind a byte order mark', 'application/json', `${MARK}${ANSWER}`],
  ['events behind a byte order mark', 'text/event-stream', `${MARK}data: ${ANSWER}\n\n`],
  ['events whose lines end by a carriage return', 'text/event-stream', `id: 1\rdata: ${ANSWER}\r\r`],
])('%s, are read', async (_what, type, body) => {
  const { attributes, status } = await spanOf({ 'content-type': type }, body);
  expect(attributes).toMatchObject({ 'mcp.response.size': ANSWER.length });
  expect(status.code).toBe(SpanStatusCode.UNSET);
});

test.each([
  ['a coding that is not known', { 'content-encoding': 'aws-chunked' }, ANSWER],
  [
    'another charset',
    { 'content-type': 'application/json; charset=utf-16le' },
    Buffer.from(ANSWER, 'utf16le'),
  ],
])('an answer in %s is no failure, and nothing is said of what it holds', async (_what, headers, body) => {
  const { attributes, status } = await spanOf({ 'content-type': 'application/json', ...headers }, body);
  expect(status.code).toBe(SpanStatusCode.UNSET);
  expect(attributes).not.toHaveProperty('mcp.response.size');
  expect(attributes).not.toHaveProperty('error.type');
});
