import zlib from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { closeHosts, listen } from '../../support/http-v1.ts';
import { closeRecordings } from '../../support/recording.ts';
import { until } from '../../support/until.ts';
import { ask, closeProxies, JSON_HEADERS, proxied } from './support.ts';

afterEach(closeProxies);
afterEach(closeHosts);
afterEach(closeRecordings);

const { zstdCompressSync } = zlib as { zstdCompressSync?: (input: Buffer) => Buffer };

const CODINGS: [string, (input: Buffer) => Buffer][] = [
  ['gzip', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['deflate', zlib.deflateRawSync],
  ['br', zlib.brotliCompressSync],
  ...(zstdCompressSync === undefined
    ? []
    : [['zstd', zstdCompressSync] as [string, typeof zstdCompressSync]]),
];
const CALL = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'echo' } };
const ANSWER = { jsonrpc: '2.0', id: 7, result: { content: [], structuredContent: {} } };

test.each(
  CODINGS.flatMap(([coding, compress]) => [
    { coding, compress, type: 'application/json', text: JSON.stringify(ANSWER) },
    { coding, compress, type: 'text/event-stream', text: `data: ${JSON.stringify(ANSWER)}\n\n` },
  ]),
)(
  'bodies in $coding pass as they are, as $type too, and are read',
  async ({ coding, compress, type, text }) => {
    const answered = compress(Buffer.from(text));
    const asked = compress(Buffer.from(JSON.stringify(CALL)));
    let got = Buffer.alloc(0);
    const host = await listen(async (request, response) => {
      for await (const chunk of request) got = Buffer.concat([got, chunk as Buffer]);
      response.writeHead(200, { 'content-type': type, 'content-encoding': coding }).end(answered);
    });
    const proxy = await proxied(host.url);
    const answer = await ask(proxy.url, {
      method: 'POST',
      headers: { ...JSON_HEADERS, 'content-encoding': coding },
      body: asked,
    });
    expect(got).toEqual(asked);
    expect(answer.headers['content-encoding']).toBe(coding);
    const span = await until(() => proxy.named('tools/call echo')[0], 'the span');
    expect(span.attributes).toMatchObject({
      'jsonrpc.request.id': '7',
      'mcp.response.size': JSON.stringify(ANSWER).length,
    });
  },
);

test('an event of a compressed stream is read before the stream ends', async () => {
  const gzip = zlib.createGzip();
  const host = await listen((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
    gzip.pipe(response);
    gzip.write(`data: ${JSON.stringify(ANSWER)}\n\n`);
    gzip.flush();
  });
  const proxy = await proxied(host.url);
  const asking = ask(proxy.url, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(CALL) });
  await until(() => proxy.named('tools/call echo')[0], 'the span');
  gzip.end();
  expect((await asking).status).toBe(200);
});

test.each(['gzip', 'bogus'])('a body that is no %s passes, and is not read', async (coding) => {
  const host = await listen((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding });
    request.pipe(response);
  });
  const proxy = await proxied(host.url);
  const body = JSON.stringify(CALL);
  const headers = { ...JSON_HEADERS, 'content-encoding': coding };
  expect((await ask(proxy.url, { method: 'POST', headers, body })).body).toBe(body);
  expect(proxy.spans()).toEqual([]);
});
