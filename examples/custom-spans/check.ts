/** npx tsx examples/custom-spans/check.ts */
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ANY, expectAttributes, expectChild, isError, newestPoint, oneSpan } from '../support/expect.ts';
import type { Span } from '../support/otlp-sink.ts';
import { stdioServer } from '../support/servers.ts';
import { story } from '../support/story.ts';

const isFine = (span: Span): boolean => !isError(span);

await story(import.meta.url, async (sink) => {
  const client = new Client({ name: 'shop-client', version: '1.0.0' });
  await client.connect(new StdioClientTransport(stdioServer(import.meta.url, sink)));
  const order = (total: number) =>
    client.callTool({
      name: 'place_order',
      arguments: { item: 'lamp', total, customer: 'Ada', email: 'ada@example.org' },
    });
  await order(40);
  assert.equal((await order(5000)).isError, true);
  await order(60);
  await client.close();

  const failed = oneSpan(sink, 'charge card', isError);
  expectChild(failed, oneSpan(sink, 'tools/call place_order', isError));
  assert.equal(failed.events[0]?.attributes['exception.message'], 'card declined');
  const charges = sink.spans.filter((span) => span.name === 'charge card' && isFine(span));
  assert.equal(charges.length, 2);
  for (const charge of charges) {
    const request = sink.spans.find(({ spanId }) => spanId === charge.parentSpanId);
    assert(request !== undefined, "the request's span is the parent");
    expectAttributes(charge, {
      'shop.item': 'lamp',
      'shop.receipt': 'R-1',
      // The data processor saw it.
      'shop.customer.name': undefined,
      'shop.customer.initial': 'A',
      'mcp.request.id': request.attributes['mcp.request.id'],
      'mcp.client.session.id': request.attributes['mcp.client.session.id'],
      'mcp.session.id': ANY,
    });
    expectAttributes(request, { 'gen_ai.tool.call.arguments': /"item":"lamp"/ });
  }
  assert(!JSON.stringify(sink.spans).includes('ada@example.org'), 'e-mail addresses are redacted');

  const total = newestPoint(sink, 'shop.order.total');
  assert.deepEqual([total.count, total.sum, total.unit], [2, 100, '{EUR}']);
  const orders = newestPoint(sink, 'shop.orders');
  assert.equal(orders.value, 2);
  for (const point of [total, orders]) {
    expectAttributes(point, {
      'shop.item': 'lamp',
      'mcp.session.id': ANY,
      'mcp.client.session.id': undefined,
      'mcp.request.id': undefined,
    });
  }
});
