import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openStore } from '../../../src/explorer/store/open-store.ts';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { runCli } from '../../cli/support.ts';
import { NOW, otlpLine, otlpSpan, requestSpan, sessionSpan, T0, WEATHER } from '../support.ts';
import { exported, withStore } from './support.ts';

const ALL = { offset: 0, limit: 1_000 };
const FAILED = { status: { code: 2, message: 'it broke' } };

async function types(store: SessionStore, id = 's'): Promise<string[]> {
  return (await store.events(id, ALL))!.events.map(({ type }) => type);
}

describe('the events of a session', () => {
  test('are those of the sessions command, in its order', async () => {
    const store = openStore({ dir: WEATHER, now: () => NOW, pollMs: 1e9 });
    await store.ready;
    for (const { id } of store.rows(store.list({}))) {
      const { stdout } = await runCli(['sessions', WEATHER, '--session', id, '--json']);
      const expected = JSON.parse(stdout).events.map(({ type, time, error, arguments: args }: any) => ({
        type,
        timeMs: Date.parse(time),
        error: error ?? undefined,
        arguments: args ?? undefined,
      }));
      const { events, total } = (await store.events(id, ALL))!;
      expect(
        events.map(({ type, timeMs, error, arguments: args }) => ({
          type,
          timeMs: Math.floor(timeMs),
          error,
          arguments: args,
        })),
      ).toEqual(expected);
      expect(total).toBe(expected.length);
    }
    await store.close();
  });

  test('come page by page, with what is known of all of them', async () => {
    const spans = Array.from({ length: 50 }, (_, i) =>
      requestSpan(i * 10, {}, { lasts: i === 20 ? 900 : 5, ...(i % 20 === 7 && FAILED) }),
    );
    const lines = [otlpLine(spans.slice(30).reverse()), otlpLine(spans.slice(0, 30))];
    await withStore({ 'a.traces.jsonl': lines }, async (store) => {
      for (const offset of [0, 20, 40, 60]) {
        const page = (await store.events('s', { offset, limit: 20 }))!;
        const expected = Array.from({ length: 50 }, (_, i) => T0 + i * 10).slice(offset, offset + 20);
        expect(page.events.map(({ timeMs }) => timeMs)).toEqual(expected);
        expect(page).toMatchObject({
          now: NOW,
          total: 50,
          offset,
          axis: { fromMs: T0, toMs: T0 + 1_100, pauses: [] },
          failures: [7, 27, 47],
          row: { id: 's', calls: 50, errors: 3 },
        });
      }
    });
  });

  test('leave interim reports out, and say what a list of tools held and what is a tool', async () => {
    const spans = [
      sessionSpan('start', 0, 0),
      requestSpan(1, { 'mcp.method.name': 'tools/list', 'mcp.tools.names': 'a, b' }),
      requestSpan(2, { 'gen_ai.tool.name': 'a', 'gen_ai.tool.call.arguments': '{}', 'mcp.request.id': 'r' }),
      requestSpan(3, { 'mcp.method.name': 'prompts/get', 'gen_ai.prompt.name': 'a' }),
      sessionSpan('update', 1, 4),
      sessionSpan('end', 2, 5),
    ];
    await withStore({ 'a.traces.jsonl': [otlpLine(spans)] }, async (store) => {
      const { events } = (await store.events('s', ALL))!;
      expect(events.map(({ type, isTool, toolNames }) => ({ type, isTool, toolNames }))).toEqual([
        { type: 'session start', isTool: false },
        { type: 'tools/list', isTool: false, toolNames: ['a', 'b'] },
        { type: 'tools/call a', isTool: true },
        { type: 'prompts/get a', isTool: false },
        { type: 'session end', isTool: false },
      ]);
      expect(events[2]).toEqual({
        timeMs: T0 + 2,
        kind: 'request',
        type: 'tools/call a',
        method: 'tools/call',
        target: 'a',
        isTool: true,
        latencyMs: 0,
        status: 'ok',
        arguments: '{}',
        requestId: 'r',
        rpcId: '2',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: (spans[2] as { spanId: string }).spanId,
      });
    });
  });

  test('are found in lines of any layout', async () => {
    const spans = [requestSpan(1), requestSpan(2, { 'mcp.client.session.id': 'other' }), requestSpan(3)];
    const link = { traceId: spans[2]!.traceId, spanId: spans[2]!.spanId };
    const linked = [{ ...spans[0]!, links: [link] }, ...spans.slice(1)];
    const reordered = spans.map(({ traceId, spanId, ...rest }) => ({
      ...rest,
      links: [link],
      spanId,
      traceId,
    }));
    const foreign = { traceId: 'no hex "ü', spanId: '' };
    const lines = {
      linked: otlpLine(linked),
      'keys in another order': otlpLine(reordered),
      'ids of another kind': otlpLine([spans[0], { ...spans[2], ...foreign }]),
      spaced: JSON.stringify(JSON.parse(otlpLine(linked)), null, 1).replaceAll('\n', ' '),
      'fields that OTLP does not have': otlpLine(spans).replace(
        '"spans":',
        '"more":[{"spans":{}},{}],"spans":',
      ),
      'a field twice': otlpLine(reordered).replace('"spans":', '"spans":[{}],"spans":'),
      'escaped names': otlpLine(spans).replace('"spans"', '"sp\\u0061ns"'),
      'a byte order mark': `\ufeff${otlpLine(reordered)}`,
      'several scopes': otlpLine(spans).replace('"scopeSpans":[', '"scopeSpans":[{"spans":[]},{},'),
    };
    for (const [layout, line] of Object.entries(lines)) {
      await withStore({ 'a.traces.jsonl': [line, otlpLine([requestSpan(9)])] }, async (store) => {
        const { events } = (await store.events('s', ALL))!;
        expect([layout, ...events.map(({ timeMs }) => timeMs - T0)]).toEqual([layout, 1, 3, 9]);
        expect(store.state().problems.count).toBe(0);
      });
    }
  });

  test('are all there where the session has very many', async () => {
    const spans = Array.from({ length: 5_000 }, (_, i) => requestSpan(i));
    await withStore({ 'a.traces.jsonl': [otlpLine(spans)] }, async (store) => {
      const { events, total } = (await store.events('s', { offset: 4_990, limit: 1_000 }))!;
      expect({ total, times: events.map(({ timeMs }) => timeMs - T0) }).toEqual({
        total: 5_000,
        times: Array.from({ length: 10 }, (_, i) => 4_990 + i),
      });
    });
  });

  test('do not tell of a session that is not there', async () => {
    await withStore({ 'a.traces.jsonl': [otlpLine([requestSpan(0)])] }, async (store) => {
      expect(await store.events('', ALL)).toBe(undefined);
      expect(await store.events('S', ALL)).toBe(undefined);
      expect(await types(store)).toEqual(['tools/call']);
    });
  });
});

test('a session is exported as it was recorded, with its resources and scopes, each span once', async () => {
  const id = '3f2a9c1b-6d1e-4c52-9a55-0d6f0f7f1a01';
  const store = openStore({ dir: WEATHER, now: () => NOW, pollMs: 1e9 });
  await store.ready;
  const all = (await exported(store, id)) as any;
  await store.close();
  const recorded = [
    'weather-20261120T130000Z-4711-0b0e7c1a.traces.jsonl',
    'weather-20261120T130000Z-4711-0b0e7c1a.traces.1.jsonl',
  ]
    .flatMap((name) => readFileSync(join(WEATHER, name), 'utf8').trim().split('\n'))
    .flatMap((line) => JSON.parse(line).resourceSpans);
  const flat = (resourceSpans: any[]) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ scope, spans }: any) => spans.map((span: any) => ({ resource, scope, span }))),
    );
  const bySpanId = (a: any, b: any) => (a.span.spanId < b.span.spanId ? -1 : 1);
  const ofSession = flat(recorded).filter(({ span }) => JSON.stringify(span.attributes).includes(id));
  const expected = [...new Map(ofSession.map((each) => [each.span.spanId, each])).values()];
  expect(ofSession.length).toBeGreaterThan(expected.length);
  expect(flat(all.resourceSpans).sort(bySpanId)).toEqual(expected.sort(bySpanId));
});

test('what was written twice is exported and shown once', async () => {
  const line = otlpLine([requestSpan(0), otlpSpan({ at: 1, attributes: { 'mcp.client.session.id': 's' } })]);
  await withStore({ 'a.traces.jsonl': [line, line], 'b.traces.jsonl': [line] }, async (store) => {
    expect(await types(store)).toEqual(['tools/call', 'span']);
    expect(JSON.stringify(await exported(store, 's')).match(/"spanId"/g)).toHaveLength(2);
    expect(store.row('s')).toMatchObject({ calls: 1 });
  });
});
