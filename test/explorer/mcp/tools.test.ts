import { afterEach, describe, expect, test } from '@jest/globals';
import { otlpLine, otlpSpan, requestSpan, sessionSpan, WEATHER, withRecording } from '../support.ts';
import { type Asking, append, askAbout, pages } from './support.ts';

const open: Asking[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function about(...args: Parameters<typeof askAbout>): Promise<Asking> {
  const asking = await askAbout(...args);
  open.push(asking);
  return asking;
}

const namesOf = ({ tools }: { tools: { name: string }[] }): string[] => tools.map(({ name }) => name);

describe('list_tools', () => {
  test('has each tool with who was shown it, who was not, and how it fares', async () => {
    const { json, text } = await (await about(WEATHER)).ask('list_tools');
    expect(json).toMatchObject({ total: 3, clients: 4, next_cursor: null, notes: [] });
    expect(json.tools[0]).toEqual({
      name: 'create_payment',
      services: ['weather'],
      isListed: true,
      seenBy: 1,
      seenByClients: ['code-studio'],
      notSeenBy: expect.arrayContaining(['Canvas', 'chat-ui', '日本語クライアント']),
      notSeenByCount: 3,
      maybeSeenByCount: 0,
      calls: 2,
      requestSize: null,
      responseSize: null,
      estimatedTokens: null,
      p50ResponseSize: null,
      p95ResponseSize: null,
      errors: 1,
      errorTypes: [{ type: 'PaymentError', count: 1 }],
      p50Ms: 340,
      p95Ms: 1_200,
      p99Ms: 1_200,
      lastCallAt: '2026-11-20T13:00:04.000Z',
    });
    expect(json.tools[1]).toMatchObject({ name: 'get_forecast', isListed: false, calls: 1, errors: 1 });
    expect(text).toContain('- create_payment | server weather | listed, seen by 1 client | not seen by ');
    expect(text).toContain('2 calls | 1 error (PaymentError: 1) | p50 340 ms, p95 1.2 s, p99 1.2 s');
  });

  test.each([
    [{ since: '10m' }, ['get_forecast']],
    [{ until: '2026-11-20T13:00:30Z' }, ['create_payment', 'get_weather']],
    [{ service: 'weather', limit: 2 }, ['create_payment', 'get_forecast']],
    [{ service: 'other' }, []],
  ])('with %j has those that are asked for', async (args, expected) => {
    const { json } = await (await about(WEATHER)).ask('list_tools', args);
    expect(namesOf(json)).toEqual(expected);
  });

  test('gives every tool once over all pages, though others come in between', async () => {
    const calls = Array.from({ length: 25 }, (_, i) => requestSpan(i, { 'gen_ai.tool.name': `tool-${i}` }));
    await withRecording({ 'a.traces.jsonl': `${otlpLine(calls)}\n` }, async (dir) => {
      const found = await pages(await about(dir), 'list_tools', { limit: 4 }, (page) =>
        append(dir, [requestSpan(1_000 + page, { 'gen_ai.tool.name': `aaa-${page}` })]),
      );
      const names = found.flatMap(namesOf);
      expect(names).toEqual(calls.map((_, i) => `tool-${i}`).sort());
    });
  });

  test('tells of a new tool that one client has listed and another has not', async () => {
    const listed = (id: string, client: string, at: number, tools: string) => {
      const own = { 'mcp.client.session.id': id, 'mcp.client.name': client };
      return [
        sessionSpan('start', 0, at, own),
        otlpSpan({
          name: 'tools/list',
          kind: 2,
          at: at + 1,
          attributes: {
            ...own,
            'mcp.method.name': 'tools/list',
            'jsonrpc.request.id': '1',
            'mcp.tools.names': tools,
          },
        }),
      ];
    };
    const spans = [...listed('one', 'early', 0, 'old'), ...listed('two', 'late', 60_000, 'old, new')];
    await withRecording({ 'a.traces.jsonl': `${otlpLine(spans)}\n` }, async (dir) => {
      const { json } = await (await about(dir)).ask('list_tools');
      expect(json.tools).toMatchObject([
        { name: 'new', seenByClients: ['late'], notSeenBy: ['early'], calls: 0 },
        { name: 'old', seenBy: 2, notSeenBy: [] },
      ]);
    });
  });
});

test('an answer does not wait for all of a large recording, and says so', async () => {
  const lines = Array.from({ length: 400 }, (_, line) =>
    otlpLine(Array.from({ length: 100 }, (_, i) => requestSpan(100 * line + i))),
  );
  await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
    const asking = await about(dir, { maxWaitMs: 0 });
    const { json, text } = await asking.ask('list_sessions');
    expect(json.notes).toEqual([expect.stringMatching(/^The recording is still being read \(\d+ %\)/)]);
    expect(text).toContain(json.notes[0]);
  });
});
