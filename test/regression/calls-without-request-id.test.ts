import { expect, test } from '@jest/globals';
import { otlpLine, otlpSpan, sessionSpan } from '../explorer/support.ts';
import { viewsOf } from '../explorer/views.ts';

type Attributes = Record<string, string>;

const message = (at: number, method: string, attributes: Attributes = {}, kind = 2) =>
  otlpSpan({
    name: method,
    kind,
    at,
    attributes: { 'mcp.client.session.id': 's', 'mcp.method.name': method, ...attributes },
  });

// Whatever had no request id was a notification: servers whose instrumentation records none showed no calls.
test('a message is a notification by its name, not for want of an id', async () => {
  const spans = [
    sessionSpan('start', 0, 0),
    message(1, 'initialize'),
    message(2, 'notifications/initialized'),
    message(3, 'tools/call', { 'gen_ai.tool.name': 'add' }),
    message(4, 'tools/call', { 'gen_ai.tool.name': 'add', 'jsonrpc.request.id': '4' }),
    message(5, 'shop/stock'),
    message(6, 'sampling/createMessage', {}, 3),
    // This package leaves no id out: without one it was a notification, though its name does not say so.
    message(7, 'shop/seen', { 'mcp.client.session.source': 'connection' }),
    message(8, 'tools/call', { 'mcp.client.session.source': 'connection', 'gen_ai.tool.name': 'add' }),
  ];
  const { page, row, listed, tools } = await viewsOf({ 'a.traces.jsonl': [otlpLine(spans)] });
  expect(page.events.map(({ kind, type }) => `${kind}: ${type}`)).toEqual([
    'session: session start',
    'request: initialize',
    'notification: notifications/initialized',
    'request: tools/call add',
    'request: tools/call add',
    'request: shop/stock',
    'sent: → sampling/createMessage',
    'notification: shop/seen',
    'request: tools/call add',
  ]);
  expect([row.calls, listed.calls]).toEqual([5, 5]);
  expect(tools.json.tools).toMatchObject([{ name: 'add', calls: 3 }]);
});
