/** npx tsx examples/bring-your-own-sdk/check.ts */
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ANY, expectAttributes, expectChild, newestPoint, oneSpan } from '../support/expect.ts';
import { startHttpServer } from '../support/servers.ts';
import { story } from '../support/story.ts';

await story(import.meta.url, async (sink) => {
  const { url, stop } = await startHttpServer(import.meta.url, sink);
  const client = new Client({ name: 'price-client', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(url));
  await client.callTool({ name: 'get_price', arguments: { item: 'lamp' } });
  await client.close();
  await stop();

  const call = oneSpan(sink, 'tools/call get_price');
  const http = sink.spans.find(({ spanId }) => spanId === call.parentSpanId);
  assert(http !== undefined, "the application's HTTP span is the parent of the request's span");
  assert.equal(http.name, 'POST /mcp');
  expectChild(oneSpan(sink, 'SELECT prices'), call);

  // The session has a trace of its own; the request's span is linked to it.
  const start = oneSpan(sink, 'mcp.session start');
  assert(
    call.links.some(({ spanId }) => spanId === start.spanId),
    "the request's span is linked to the start of its session",
  );
  const end = oneSpan(sink, 'mcp.session end');
  expectAttributes(end, {
    'mcp.client.session.calls': 2,
    'mcp.client.session.end_reason': 'server_shutdown',
  });

  // One SDK: all came through the application's exporters, under the application's name, and once.
  assert(
    sink.headers.length > 0 && sink.headers.every((headers) => headers['x-sent-by'] === 'price-service'),
  );
  for (const { resource } of [...sink.spans, ...sink.points]) {
    assert.deepEqual(resource, { 'service.name': 'price-service' });
  }
  assert.equal(new Set(sink.spans.map(({ spanId }) => spanId)).size, sink.spans.length);
  expectAttributes(newestPoint(sink, 'mcp.server.operation.duration'), { 'mcp.session.id': ANY });
  assert.equal(newestPoint(sink, 'mcp.server.session.duration').count, 1);
});
