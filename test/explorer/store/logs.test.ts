import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { logLine, logRecord, otlpLine, otlpSpan, requestSpan, T0 } from '../support.ts';
import { withStore } from './support.ts';

const ALL = { offset: 0, limit: 1_000 };
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const [FIRST, SECOND, STEP, QUERY] = ['a1', 'a2', 'a3', 'a4'].map((end) => end.padStart(16, '0')) as [
  string,
  string,
  string,
  string,
];
/** Two requests one after the other, and a step of the first that is an event of its own. */
const SPANS = otlpLine([
  requestSpan(100, {}, { id: FIRST, lasts: 50 }),
  requestSpan(200, {}, { id: SECOND, lasts: 50 }),
  otlpSpan({ id: STEP, at: 110, lasts: 10, attributes: { 'mcp.client.session.id': 's' } }),
]);

async function counts(store: SessionStore, id = 's') {
  const { events } = (await store.events(id, ALL))!;
  return Object.fromEntries(
    events.flatMap(({ spanId, logs }) => (logs === undefined ? [] : [[spanId, logs]])),
  );
}

async function texts(store: SessionStore, spanId: string, page = ALL) {
  const [answer] = (await store.logs('s', [{ traceId: TRACE, spanId }], page))!;
  return { total: answer!.total, texts: answer!.lines.map(({ text }) => text) };
}

describe('the log lines of events', () => {
  test('are those of their spans, and of the spans within a request that are no events', async () => {
    const logs = [
      logRecord({ span: FIRST, at: 120, text: 'second' }),
      logRecord({ span: FIRST, at: 105, text: 'first', severity: 17 }),
      logRecord({ span: STEP, at: 112, text: 'step' }),
      logRecord({ span: QUERY, at: 230, text: 'query' }),
      logRecord({ at: 240, text: 'no span' }),
      logRecord({ span: QUERY, at: 170, text: 'between the requests' }),
      logRecord({ span: FIRST, trace: 'ff'.repeat(16), at: 120, text: 'another trace' }),
    ];
    await withStore({ 'a.traces.jsonl': [SPANS], 'b.logs.jsonl': [logLine(logs)] }, async (store) => {
      expect(await counts(store)).toEqual({ [FIRST]: 2, [SECOND]: 2, [STEP]: 1 });
      expect((await store.events('s', ALL))!.events[0]).toMatchObject({ logs: 2, logErrors: 1 });
      expect(await texts(store, FIRST)).toEqual({ total: 2, texts: ['first', 'second'] });
      expect(await texts(store, SECOND)).toEqual({ total: 2, texts: ['query', 'no span'] });
      expect(await texts(store, FIRST, { offset: 1, limit: 1 })).toEqual({ total: 2, texts: ['second'] });
      expect(await texts(store, QUERY)).toEqual({ total: 0, texts: [] });
      expect(await store.logs('nobody', [], ALL)).toBeUndefined();
      expect(store.state().logs).toBe(7);
    });
  });

  test('of another service belong to its own events alone', async () => {
    const logs = [logRecord({ span: QUERY, at: 120 })];
    await withStore({ 'a.traces.jsonl': [SPANS, logLine(logs, 'another')] }, async (store) =>
      expect(await counts(store)).toEqual({}),
    );
  });

  test('are never those of another session that the same trace led to', async () => {
    const ofOther = { 'mcp.client.session.id': 'other' };
    const spans = [
      requestSpan(100, {}, { id: FIRST, lasts: 100 }),
      requestSpan(150, ofOther, { id: SECOND, lasts: 100 }),
      otlpSpan({ id: STEP, at: 110, attributes: ofOther }),
    ];
    const logs = [
      logRecord({ span: FIRST, at: 160 }),
      logRecord({ span: SECOND, at: 160 }),
      logRecord({ span: SECOND, at: 120, text: 'by a clock that is slow' }),
      logRecord({ span: STEP, at: 120 }),
      logRecord({ span: QUERY, at: 130, text: 'query of the first' }),
      logRecord({ span: QUERY, at: 170, text: 'query of either' }),
      logRecord({ span: QUERY, at: 220, text: 'query of the second' }),
    ];
    // The spans of the two stand in different files, some of them twice.
    const files = {
      'a.traces.jsonl': [otlpLine(spans.slice(0, 1))],
      'b.traces.jsonl': [otlpLine(spans)],
      'c.logs.jsonl': [logLine(logs)],
    };
    await withStore(files, async (store) => {
      expect(await counts(store)).toEqual({ [FIRST]: 2 });
      expect(await texts(store, FIRST)).toEqual({ total: 2, texts: ['query of the first', 'a line'] });
      expect(await texts(store, SECOND)).toEqual({ total: 0, texts: [] });
      expect(await counts(store, 'other')).toEqual({ [SECOND]: 3, [STEP]: 1 });
    });
  });

  test('are read from wherever they stand, byte for byte or by their turn', async () => {
    const hostile = '"}]}]},{"traceId":"\u2028\u202e</script>ä';
    const logs = [logRecord({ span: FIRST, at: 101, text: hostile }), logRecord({ span: SECOND, at: 201 })];
    const odd = logLine(logs).replace('{"resourceLogs"', '{"x":[{"y":[{"z":[{}]}]}],"resourceLogs"');
    for (const line of [logLine(logs), odd]) {
      await withStore({ 'collector.jsonl': [SPANS, line] }, async (store) => {
        expect(await texts(store, FIRST)).toEqual({ total: 1, texts: [hostile] });
        expect(await texts(store, SECOND)).toEqual({ total: 1, texts: ['a line'] });
      });
    }
  });

  test('come as they are written, and go with their file', async () => {
    const files = {
      'a.traces.jsonl': [SPANS],
      'b.logs.jsonl': [logLine([logRecord({ span: FIRST, at: 101 })])],
    };
    await withStore(files, async (store, dir) => {
      expect(await counts(store)).toEqual({ [FIRST]: 1 });
      const told = new Promise<void>((resolve) => {
        store.onChange(({ logs }) => logs === 2 && resolve());
      });
      appendFileSync(join(dir, 'b.logs.jsonl'), `${logLine([logRecord({ span: FIRST, at: 102 })])}\n`);
      await store.refresh();
      await told;
      expect(await counts(store)).toEqual({ [FIRST]: 2 });
      rmSync(join(dir, 'b.logs.jsonl'));
      await store.refresh();
      expect(await counts(store)).toEqual({});
      expect(store.state().logs).toBeUndefined();
    });
  });

  test('are in order on each page, those of one millisecond as they stand in their file', async () => {
    const logs = Array.from({ length: 2_000 }, (_, i) =>
      logRecord({ span: FIRST, at: 100 + ((i * 37) % 11) * (i % 7), text: String(i) }),
    );
    const inOrder = logs
      .map(({ timeUnixNano: at, body }) => ({ at, text: body.stringValue }))
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    await withStore({ 'a.traces.jsonl': [SPANS], 'b.logs.jsonl': [logLine(logs)] }, async (store) => {
      const read: string[] = [];
      for (let offset = 0; offset < 2_100; offset += 70) {
        const page = await texts(store, FIRST, { offset, limit: 70 });
        read.push(...page.texts);
        expect(page.total).toBe(2_000);
      }
      expect(read).toEqual(inOrder.map(({ text }) => text));
    });
  });

  test('leave others their turn, however many they are', async () => {
    const logs = Array.from({ length: 1_000 }, (_, i) => logRecord({ span: FIRST, at: 100 + i }));
    await withStore({ 'a.traces.jsonl': [SPANS], 'b.logs.jsonl': [logLine(logs)] }, async (store) => {
      // From now on the events are kept, and nothing has to be read.
      await store.events('s', ALL);
      let isTurnGiven = false;
      setImmediate(() => {
        isTurnGiven = true;
      });
      expect(await counts(store)).toEqual({ [FIRST]: 1_000 });
      expect(isTurnGiven).toBe(true);
    });
  });

  test('are found among those of thousands of traces in several files', async () => {
    const others = Array.from({ length: 3_000 }, (_, i) =>
      logRecord({ trace: (i + 1).toString(16).padStart(32, '0'), span: FIRST, at: i }),
    );
    const mine = Array.from({ length: 300 }, (_, i) => logRecord({ span: FIRST, at: i, text: String(i) }));
    const files = {
      'a.traces.jsonl': [SPANS],
      'b.logs.jsonl': [logLine(others.slice(0, 1_500)), logLine(mine.slice(150))],
      'c.logs.jsonl': [logLine(mine.slice(0, 150)), logLine(others.slice(1_500))],
    };
    await withStore(files, async (store, dir) => {
      const page = { offset: 148, limit: 4 };
      expect(await texts(store, FIRST, page)).toEqual({ total: 300, texts: ['148', '149', '150', '151'] });
      rmSync(join(dir, 'c.logs.jsonl'));
      await store.refresh();
      expect((await texts(store, FIRST)).total).toBe(150);
      expect(store.state()).toMatchObject({ logs: 1_650, range: { from: T0 + 100 } });
    });
  });
});
