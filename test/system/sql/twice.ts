import assert from 'node:assert/strict';
import { UIDS } from '../../../tools/dashboards/links.ts';
import { allQueries, type Look, run } from './panels.ts';
import { spansOf, type Visit } from './spans.ts';
import type { Answer, Store } from './store.ts';

const NAMES = { client: 'desk', service: 'shop' };
const VISITS: readonly Visit[] = [
  { ...NAMES, session: 'one', tool: 'search', instance: 'a' },
  { ...NAMES, session: 'two', tool: 'pay', instance: 'a', second: 'b' },
  { client: 'phone', service: 'shop', session: 'three', tool: 'search', instance: 'b' },
  { client: 'desk', service: 'stock', session: 'four', tool: 'count', instance: 'c' },
];

/** The same spans, once and three times: twice in one insert, as retries of a batch are, and once more later. */
export async function fillBoth(once: Store, thrice: Store, at: number): Promise<void> {
  const spans = VISITS.flatMap((visit, i) => spansOf(visit, at + i * 1_000));
  await once.insert(spans);
  await thrice.insert([...spans, ...spans]);
  await thrice.insert([...spans].reverse());
}

/** Every answer is the same, and none is empty. */
export async function expectSameAnswers(once: Store, thrice: Store, look: Look): Promise<number> {
  const queries = allQueries();
  for (const query of queries) {
    const of = { ...look, chosen: query.dashboard.uid === UIDS.session ? { session: 'two' } : {} };
    const expected = await run(once, query, of);
    assert.notEqual(expected.rows.length, 0, `${query.title} has rows`);
    // Grafana shows lists and maps as JSON, or not at all.
    for (const type of expected.types) assert.doesNotMatch(type, /Array|Map|Tuple/, query.title);
    assert.deepEqual(await run(thrice, query, of), expected, `${query.title}, delivered three times`);
  }
  return queries.length;
}

/** A session that two processes served counts what both count. */
export async function expectSums(store: Store, look: Look): Promise<void> {
  const session = allQueries().find(({ title }) => title === 'Session')!;
  const two = rowOf(await run(store, session, { ...look, chosen: { session: 'two' } }));
  assert.deepEqual(
    {
      calls: two['Calls'],
      errors: two['Errors'],
      duration: two['Duration'],
      tools: two['Tools'],
      status: two['Status'],
    },
    { calls: 8, errors: 3, duration: 3600, tools: 'pay', status: 1 },
  );
  const one = rowOf(await run(store, session, { ...look, chosen: { session: 'one' } }));
  assert.deepEqual(
    { calls: one['Calls'], errors: one['Errors'], status: one['Status'] },
    { calls: 5, errors: 1, status: 0 },
  );
}

function rowOf({ columns, rows }: Answer): Record<string, unknown> {
  assert.equal(rows.length, 1);
  return Object.fromEntries(columns.map((name, i) => [name, numberOf(rows[0]![i])]));
}

/** Integers of 64 bits come as text. */
function numberOf(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}
