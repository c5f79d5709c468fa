/** npx tsx examples/logs/check.ts */
import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expectAttributes, named } from '../support/expect.ts';
import { stdioServer } from '../support/servers.ts';
import { story } from '../support/story.ts';

await story(import.meta.url, async (sink) => {
  const client = new Client({ name: 'order-client', version: '1.0.0' });
  const transport = new StdioClientTransport({ ...stdioServer(import.meta.url, sink), stderr: 'pipe' });
  const written = text(transport.stderr as Readable);
  await client.connect(transport);
  const items = ['lamp', 'desk', 'chair'];
  // At once: each line has to name its own request.
  await Promise.all(items.map((item) => client.callTool({ name: 'place_order', arguments: { item } })));
  await client.close();
  const lines: Record<string, unknown>[] = (await written)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

  const outside = lines.filter(({ msg }) => msg === 'ready');
  assert.equal(outside.length, 1);
  assert.equal(outside[0]?.['mcp.request.id'], undefined);

  const requests = named(sink, 'tools/call place_order');
  assert.equal(requests.length, items.length);
  for (const item of items) {
    const [received, reserved] = lines.filter((line) => line['item'] === item);
    const step = named(sink, 'reserve').find((span) => span.attributes['item'] === item);
    const request = requests.find(({ spanId }) => spanId === step?.parentSpanId);
    assert(received !== undefined && reserved !== undefined && step !== undefined && request !== undefined);
    // The innermost span: the request's, then the one of its own that is open.
    assert.deepEqual([received['trace_id'], received['span_id']], [request.traceId, request.spanId]);
    assert.deepEqual([reserved['trace_id'], reserved['span_id']], [step.traceId, step.spanId]);
    for (const line of [received, reserved]) {
      expectAttributes(request, {
        'mcp.session.id': line['mcp.session.id'],
        'mcp.client.session.id': line['mcp.client.session.id'],
        'mcp.request.id': line['mcp.request.id'],
        'gen_ai.tool.name': line['gen_ai.tool.name'],
      });
    }
  }
});
