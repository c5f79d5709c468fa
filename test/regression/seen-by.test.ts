import { expect, test } from '@jest/globals';
import { withStore } from '../explorer/store/support.ts';
import { otlpLine, requestSpan, sessionSpan } from '../explorer/support.ts';

function conversation(session: string, client: string, tools: string) {
  const about = { 'mcp.client.session.id': session, 'mcp.client.name': client };
  return [
    sessionSpan('start', 0, 0, about),
    requestSpan(10, { ...about, 'mcp.method.name': 'tools/list', 'mcp.tools.names': tools }),
  ];
}

function lineOf(service: string, spans: unknown[]): string {
  const line = JSON.parse(otlpLine(spans));
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  line.resourceSpans[0].resource.attributes.push(...attributes);
  return JSON.stringify(line);
}

// "Seen by 1 of 3": two of the three had never met that server.
test('a tool is seen by some of the clients of its own servers, not of all servers', async () => {
  const files = {
    'x.traces.jsonl': [
      lineOf('bank', conversation('a', 'buyer', 'pay')),
      lineOf('desk', [...conversation('b', 'writer', 'note'), ...conversation('c', 'reader', 'note')]),
    ],
  };
  await withStore(files, async (store) => {
    const { tools, clients } = store.tools({});
    expect(clients).toBe(3);
    expect(tools.map(({ name, seenBy, clients }) => ({ name, seenBy, clients }))).toEqual([
      { name: 'note', seenBy: 2, clients: 2 },
      { name: 'pay', seenBy: 1, clients: 1 },
    ]);
  });
});
