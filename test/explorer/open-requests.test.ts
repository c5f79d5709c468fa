import { describe, expect, test } from '@jest/globals';
import { MINUTE, NOW, otlpLine, requestSpan, sessionSpan, T0 } from './support.ts';
import { viewsOf } from './views.ts';

const SECOND = 1_000;
/** When the newest report was made, in milliseconds after T0. */
const REPORTED = 28 * MINUTE;

/** A session with one report, at which these requests were open, each since so many milliseconds after T0. */
function report(open: readonly (readonly [name: string, since: number])[], attributes = {}) {
  return [
    sessionSpan('start', 0, 0, { 'mcp.client.session.calls': 1 }),
    sessionSpan('update', 1, REPORTED, {
      'mcp.client.session.calls': 1 + open.length,
      'mcp.client.session.open_requests': open.map(([name]) => name),
      ...attributes,
    }),
  ].map((span, i) => (i === 0 ? span : withSince(span, open)));
}

/** The attribute that holds numbers. */
function withSince(span: ReturnType<typeof sessionSpan>, open: readonly (readonly [string, number])[]) {
  const values = open.map(([, since]) => ({ intValue: String(T0 + since) }));
  const since = { key: 'mcp.client.session.open_since_unix_ms', value: { arrayValue: { values } } };
  return { ...span, attributes: [...span.attributes, since] };
}

async function shownOf(spans: readonly object[]) {
  const views = await viewsOf({ 'a.traces.jsonl': [otlpLine([...spans], 'p', 'desk')] });
  const { row, listed, session, details, markdown } = views;
  const names = row.openRequests.map(({ name }) => name);
  expect(listed?.openRequests.map(({ name }: { name: string }) => name)).toEqual(names);
  expect(session.json.session.openRequests).toHaveLength(names.length);
  const waits = row.openRequests.length > 0;
  expect([details, markdown, session.text].map((text) => /waiting/i.test(text))).toEqual([
    waits,
    waits,
    waits,
  ]);
  return { ...views, names };
}

describe('what an active session waits for', () => {
  test('is in every view, the oldest first, with how long', async () => {
    const spans = report([
      ['tools/call slow_report', 27 * MINUTE],
      ['prompts/get greet', 27.5 * MINUTE],
    ]);
    const { names, row, details, markdown, session } = await shownOf(spans);
    expect(names).toEqual(['tools/call slow_report', 'prompts/get greet']);
    expect(row.openRequests[0]?.sinceMs).toBe(T0 + 27 * MINUTE);
    for (const text of [details, markdown, session.text])
      expect(text).toContain('waiting 3 min: tools/call slow_report and 1 more');
  });

  test('is shown no more when the span of the request has arrived, whatever its tool is called by then', async () => {
    const open = [
      ['tools/call slow_report', 27 * MINUTE],
      ['tools/call', 27 * MINUTE + 3],
      ['tools/call slow_report', 27 * MINUTE + 40],
      ['prompts/get greet', 27 * MINUTE + 41],
      ['ping', 27 * MINUTE],
    ] as const;
    const lasting = (at: number) => ({ lasts: REPORTED - at + SECOND });
    const answered = (at: number, attributes = {}) => requestSpan(at, attributes, lasting(at));
    const report_ = { 'gen_ai.tool.name': 'slow_report' };
    const spans = [
      ...report(open),
      answered(27 * MINUTE + 41, report_),
      answered(27 * MINUTE + 1, { 'gen_ai.tool.name': 'unknown' }),
      answered(27 * MINUTE + 40, { 'mcp.method.name': 'prompts/get' }),
    ];
    const { row } = await shownOf(spans);
    expect(row.openRequests).toEqual([
      { name: 'tools/call slow_report', sinceMs: T0 + 27 * MINUTE },
      { name: 'ping', sinceMs: T0 + 27 * MINUTE },
    ]);
  });

  test('stays where others are answered: those that began later, ended before, or began at another time', async () => {
    const slow = { 'gen_ai.tool.name': 'slow_report' };
    const spans = [
      ...report([['tools/call slow_report', 20 * MINUTE]]),
      requestSpan(20 * MINUTE, slow, { lasts: 5 }),
      requestSpan(REPORTED + 1, slow, { lasts: 5 }),
      requestSpan(26 * MINUTE, slow, { lasts: 3 * MINUTE }),
    ];
    expect((await shownOf(spans)).names).toEqual(['tools/call slow_report']);
  });

  test('is that of the newest report, and nothing once it has ended', async () => {
    const open = report([['tools/call slow_report', 20 * MINUTE]]);
    const newer = sessionSpan('update', 2, 29 * MINUTE);
    expect((await shownOf([...open, newer])).names).toEqual([]);
    expect((await shownOf([...open, sessionSpan('end', 2, 29 * MINUTE)])).names).toEqual([]);
  });

  test('is read with care: what is no name and no time is left out, and of very many twenty are kept', async () => {
    const many = Array.from({ length: 50 }, (_, i): [string, number] => [`tools/call t${i}`, i * SECOND]);
    expect((await shownOf(report(many))).names).toHaveLength(20);
    const hostile: [string, number][] = [
      ['\u001b[2Jx', 1],
      ['never', 9e18],
      ['before', -2 * NOW],
    ];
    const { names, details } = await shownOf(report(hostile));
    expect(names).toHaveLength(1);
    expect(details).not.toContain('\u001b');
    const text = { 'mcp.client.session.open_requests': 'tools/call x' };
    expect((await shownOf(report([['x', 1]], text))).names).toEqual([]);
  });
});
