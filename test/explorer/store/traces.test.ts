import { appendFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { BOOKING, bookingLines, IDS, STACK, TRACE } from '../../system/page/booking.ts';
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
        [4, 'provider', 'POST /charges', undefined],
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
