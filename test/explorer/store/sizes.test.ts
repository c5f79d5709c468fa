import { expect, test } from '@jest/globals';
import { otlpLine, requestSpan } from '../support.ts';
import { withStore } from './support.ts';

const call = (at: number, tool: string, request: number | string, response: number | string) =>
  requestSpan(at, {
    'gen_ai.tool.name': tool,
    'mcp.request.size': request,
    'mcp.response.size': response,
  });
const list = (at: number, size: number) =>
  requestSpan(at, {
    'mcp.method.name': 'tools/list',
    'mcp.tools.names': 'big, small',
    'mcp.tools.size': size,
  });

const FILES = {
  'a.traces.jsonl': [
    otlpLine([
      list(0, 900),
      list(10, 1_000),
      call(20, 'big', 100, 10_000),
      call(30, 'big', 100, 20_000),
      call(40, 'small', 80, 60),
      requestSpan(50, { 'gen_ai.tool.name': 'quiet' }),
      call(60, 'odd', -1, 'many'),
    ]),
  ],
};

test('tools have the bytes of their calls and answers, where spans tell them', async () => {
  await withStore(FILES, async (store) => {
    const { tools, lists } = store.tools({});
    expect(lists).toEqual([{ bytes: 1_000, tools: 2 }]);
    expect(tools).toMatchObject([
      { name: 'big', requestSize: 200, responseSize: 30_000, p50Size: 10_000, p95Size: 20_000 },
      { name: 'odd', calls: 1 },
      { name: 'quiet', calls: 1 },
      { name: 'small', requestSize: 80, responseSize: 60 },
    ]);
    for (const name of ['odd', 'quiet'])
      expect(tools.find((tool) => tool.name === name)).not.toHaveProperty('responseSize');
  });
});

test('a session has their sums, and each event its own', async () => {
  await withStore(FILES, async (store) => {
    expect(store.row('s')).toMatchObject({ requestSize: 280, responseSize: 30_060 });
    const { events } = (await store.events('s', { offset: 0, limit: 10 }))!;
    expect(events[2]).toMatchObject({ requestSize: 100, responseSize: 10_000 });
    expect(events[6]).not.toHaveProperty('responseSize');
  });
});

test('the list of tools of another time is not counted', async () => {
  await withStore(FILES, async (store) => {
    const { now } = store.tools({});
    expect(store.tools({ from: now + 1_000_000_000 }).lists).toEqual([]);
  });
});
