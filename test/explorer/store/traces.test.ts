import { appendFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { BOOKING, bookingLines, IDS, PROVIDER_NAME, STACK, TRACE } from '../../system/page/booking.ts';
import { callOf, hexId, lineOf, type TracedSpan } from '../../system/page/traced-spans.ts';
import { T0 } from '../support.ts';
import { withStore } from './support.ts';

const ALL = { offset: 0, limit: 1_000 };
const BOOK = { traceId: TRACE, spanId: IDS.book };
const FILES = { 'a.traces.jsonl': bookingLines(T0).trimEnd().split('\n') };

describe('the events of a session with spans below its requests', () => {
  test('stand below their request by their parent, else by the id of the request, and none is lost', async () => {
    await withStore(FILES, async (store) => {
      const { events, axis } = (await store.events(BOOKING, ALL))!;
      expect(events.map(({ type, depth = 0, below = 0 }) => [type, depth, below])).toEqual([
        ['session start', 0, 0],
        ['tools/call search', 0, 1],
        ['read cache', 1, 0],
        ['tools/call book', 0, 1],
        ['POST provider.example/charges', 1, 0],
        ['clean up', 0, 0],
      ]);
      expect(axis).toEqual({ fromMs: T0, toMs: T0 + 601_030, pauses: [[T0 + 140, T0 + 600_000]] });
      expect(events[3]).toMatchObject({ requestId: 'request-2', rpcId: '2', stacks: 1 });
    });
  });

  test('say how deep they are on every page of a session that is too large to be kept', async () => {
    const long = 'x'.repeat(1_100_000);
    const lines = FILES['a.traces.jsonl'].map((line) => line.replace('read cache', `read cache ${long}`));
    await withStore({ 'a.traces.jsonl': lines }, async (store) => {
      const { events } = (await store.events(BOOKING, { offset: 2, limit: 3 }))!;
      expect(events.map(({ depth = 0, below = 0 }) => [depth, below])).toEqual([
        [1, 0],
        [0, 1],
        [1, 0],
      ]);
    });
  });
});

describe('a trace', () => {
  test('has the spans of all services, each below its parent', async () => {
    await withStore(FILES, async (store) => {
      const { spans, total, leftOut } = (await store.trace(BOOK, ALL))!;
      expect(spans.map(({ name, depth, service, sessionId }) => [depth, service, name, sessionId])).toEqual([
        [0, 'travel-agent', 'execute_tool book', undefined],
        [1, 'bookings', 'tools/call book', BOOKING],
        [2, 'bookings', 'SELECT seats', undefined],
        [3, 'bookings', 'POST provider.example/charges', BOOKING],
        [4, 'provider', PROVIDER_NAME, undefined],
      ]);
      expect({ total, leftOut }).toEqual({ total: 5, leftOut: 0 });
      expect((await store.trace(BOOK, { offset: 3, limit: 1 }))!.spans).toEqual([spans[3]]);
    });
  });

  test('of a session has only what belongs to the request that is asked about', async () => {
    const search = { traceId: '5e55'.padStart(32, '0'), spanId: IDS.search };
    await withStore(FILES, async (store) => {
      const { spans } = (await store.trace(search, ALL))!;
      expect(spans.map(({ name, depth }) => [name, depth])).toEqual([
        ['tools/call search', 0],
        ['read cache', 1],
      ]);
    });
  });

  test('of very many spans has the one that is asked about, with what is above and below it', async () => {
    const agent = { name: 'agent', traceId: TRACE, spanId: hexId(1, 16), startMs: T0, lastsMs: 1e6 };
    const spans = [agent, ...manyBelow(agent), ...lateCall(agent)];
    await withStore({ 'a.traces.jsonl': [lineOf('agent', spans)] }, async (store) => {
      const first = (await store.trace({ traceId: TRACE, spanId: IDS.book }, ALL))!;
      expect(first).toMatchObject({ total: 10_000, leftOut: 503, isPart: false, at: 9_998 });
      const last = (await store.trace({ traceId: TRACE, spanId: IDS.book }, { offset: 9_997, limit: 9 }))!;
      expect(last.spans.map(({ name, depth }) => [name, depth])).toEqual([
        ['step', 1],
        ['tools/call book', 1],
        ['SELECT seats', 2],
      ]);
    });
  });

  test('of a session of very many requests has all of the request that is asked about', async () => {
    const start: TracedSpan = {
      name: 'mcp.session start',
      traceId: TRACE,
      spanId: IDS.start,
      startMs: T0,
      lastsMs: 0,
      attributes: { 'mcp.client.session.id': BOOKING, 'mcp.client.session.event': 'start' },
    };
    const spans = [start, ...manyBelow(start), ...lateCall(start)];
    await withStore({ 'a.traces.jsonl': [lineOf('bookings', spans)] }, async (store) => {
      const trace = (await store.trace({ traceId: TRACE, spanId: IDS.book }, ALL))!;
      expect(trace).toMatchObject({ total: 2, leftOut: 0, isPart: true, at: 0 });
      expect(trace.spans.map(({ name }) => name)).toEqual(['tools/call book', 'SELECT seats']);
    });
  });

  test('tells of a request what its event tells: its name, and that it failed, whatever its status', async () => {
    const span = { traceId: TRACE, startMs: T0, lastsMs: 5 };
    const code = 'rpc.response.status_code';
    const about = {
      'mcp.client.session.id': BOOKING,
      'mcp.client.session.source': 'connection',
      'mcp.method.name': 'prompts/get',
      'gen_ai.prompt.name': 'greet',
      'jsonrpc.request.id': '2',
      [code]: '-32602',
    };
    const spans: TracedSpan[] = [
      { ...span, name: 'prompts/get', spanId: IDS.book, kind: 2, attributes: about },
      { ...span, name: 'grpc.Health/Check', spanId: IDS.query, kind: 3, attributes: { [code]: 'OK' } },
    ];
    await withStore({ 'a.traces.jsonl': [lineOf('bookings', spans)] }, async (store) => {
      const trace = (await store.trace(BOOK, ALL))!;
      expect(trace.spans.map(({ name, isFailed }) => [name, isFailed])).toEqual([
        ['prompts/get greet', true],
        ['grpc.Health/Check', false],
      ]);
      expect((await store.span(BOOK))!.error).toBe('-32602: invalid params');
      expect((await store.span({ traceId: TRACE, spanId: IDS.query }))!.error).toBe(undefined);
    });
  });

  test('that nobody recorded is not there, nor is such a span', async () => {
    await withStore(FILES, async (store) => {
      expect(await store.trace({ traceId: 'f'.repeat(32), spanId: IDS.book }, ALL)).toBe(undefined);
      expect(await store.span({ traceId: TRACE, spanId: 'f'.repeat(16) })).toBe(undefined);
      expect(await store.span({ traceId: '', spanId: '' })).toBe(undefined);
    });
  });

  test('has for each span what was recorded of it, with the stacks of its exceptions', async () => {
    await withStore(FILES, async (store) => {
      const span = (await store.span(BOOK))!;
      expect(span).toMatchObject({
        name: 'tools/call book',
        service: 'bookings',
        parentSpanId: IDS.agent,
        exceptions: [{ type: 'Error', message: 'refused', stack: STACK }],
      });
      expect(JSON.parse(span.attributes)).toMatchObject({ 'gen_ai.tool.name': 'book' });
    });
  });

  test('is read anew when more of it has been recorded', async () => {
    await withStore({ 'a.traces.jsonl': [FILES['a.traces.jsonl'][0]!] }, async (store, folder) => {
      expect((await store.trace(BOOK, ALL))!.total).toBe(3);
      await appendFile(`${folder}/a.traces.jsonl`, `${FILES['a.traces.jsonl'][1]}\n`);
      await store.refresh();
      expect((await store.trace(BOOK, ALL))!.total).toBe(4);
    });
  });
});

/** More than are read at once, all before the last of what is above them. */
function manyBelow({ traceId, spanId }: TracedSpan): TracedSpan[] {
  return Array.from({ length: 10_500 }, (_, i) => ({
    name: 'step',
    traceId,
    spanId: hexId(0x10000 + i, 16),
    parent: spanId,
    startMs: T0 + 1 + i,
    lastsMs: 1,
  }));
}

function lateCall({ traceId, spanId }: TracedSpan): TracedSpan[] {
  const at = { traceId, startMs: T0 + 900_000, lastsMs: 10 };
  return [
    { ...at, ...callOf(BOOKING, 'book', 2), spanId: IDS.book, parent: spanId },
    { ...at, name: 'SELECT seats', spanId: IDS.query, parent: IDS.book },
  ];
}
