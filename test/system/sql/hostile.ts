import assert from 'node:assert/strict';
import { UIDS } from '../../../tools/dashboards/links.ts';
import { allQueries, DASHBOARDS, type Look, queryOf, run } from './panels.ts';
import { spansOf, type Visit } from './spans.ts';
import type { Answer, Store } from './store.ts';

/** What somebody may write into a text box, an address, or the name of a client. */
const TEXTS: readonly string[] = [
  "'",
  '"',
  '\\',
  '`',
  '$',
  "' OR 1=1 --",
  "\\' OR 1=1 --",
  "\\\\' OR 1=1 --",
  "') OR ('1'='1",
  "'; DROP TABLE otel_traces; --",
  '/* no comment',
  '-- no comment',
  'line\nbreak\r\n\ttab',
  '${__from}',
  '${client:raw}',
  '$client',
  '$__timeFilter(x)',
  '[[client]]',
  '$heredoc$ $heredoc$',
  '{p:String}',
  '%27 OR 1=1',
  '%',
  '%00',
  '\u0000',
  '%ff%fe',
  'a,b',
  'a&var-service=b',
  'x=y',
  '.*',
  '\\Q.*\\E',
  'Grüße, 東京 🦆',
  'x'.repeat(5_000),
];

/** Panels whose rows tell of whom they are, by which column; and the variables that choose among these. */
const PANELS = [
  {
    uid: UIDS.sessions,
    titles: ['Sessions', 'Sessions by errors'],
    column: 'Session',
    fact: 'session',
    boxes: { session: 'session', client: 'client', tool: 'tool' },
    choices: { service: 'service' },
  },
  {
    uid: UIDS.operations,
    titles: ['Slowest calls', 'Retries'],
    column: 'Session',
    fact: 'session',
    boxes: {},
    choices: { job: 'service', instance: 'instance', tool: 'tool' },
  },
  {
    uid: UIDS.operations,
    titles: ['Errors by tool and client version'],
    column: 'Tool',
    fact: 'tool',
    boxes: {},
    choices: { job: 'service', instance: 'instance', tool: 'tool' },
  },
  {
    uid: UIDS.operations,
    titles: ['What clients discovered'],
    column: 'Session',
    fact: 'session',
    boxes: {},
    choices: { job: 'service', instance: 'instance' },
  },
  {
    uid: UIDS.operations,
    titles: ['Tools never called'],
    column: 'Server',
    fact: 'service',
    boxes: {},
    choices: { job: 'service', instance: 'instance' },
  },
] as const;

const VISITS: readonly Visit[] = TEXTS.map((text, i) => ({
  session: `Session ${text} ${i}`,
  client: `Client ${text} ${i}`,
  tool: `tool ${text}, ${i}`,
  service: `service ${text} ${i}`,
  instance: `instance ${text} ${i}`,
}));

/** A table in which each of these texts is part of every name. */
export async function fill(store: Store, at: number): Promise<void> {
  await store.insert(VISITS.flatMap((visit, i) => spansOf(visit, at + i)));
}

/** Every query runs whatever its variables hold. */
export async function expectAllRun(store: Store, look: Look): Promise<number> {
  let count = 0;
  for (const text of TEXTS) {
    for (const query of allQueries()) {
      for (const { name, multi } of query.dashboard.templating.list) {
        if (!query.sql.includes(`\${${name}:`)) continue;
        await run(store, query, { ...look, chosen: { [name]: multi === true ? [text, 'x'] : text } });
        count += 1;
      }
      const everywhere = Object.fromEntries(query.dashboard.templating.list.map(({ name }) => [name, text]));
      await run(store, query, { ...look, chosen: everywhere });
      count += 1;
    }
  }
  return count;
}

/** Text boxes find the rows that contain the text, and choices the rows that have it; both no other. */
export async function expectExactRows(store: Store, look: Look): Promise<number> {
  let count = 0;
  for (const { uid, titles, column, fact, boxes, choices } of PANELS) {
    for (const title of titles) {
      const ask = async (name: string, value: string | string[]): Promise<string[]> =>
        columnOf(await run(store, queryOf(uid, title), { ...look, chosen: { [name]: value } }), column);
      for (const [name, of] of Object.entries(boxes) as [string, keyof Visit][]) {
        for (const text of TEXTS) {
          // Session ids are looked for as they are written.
          const folded = (value: string): string => (of === 'session' ? value : value.toLowerCase());
          const expected = VISITS.filter((visit) => folded(visit[of] ?? '').includes(folded(text)));
          expectSame(await ask(name, text), expected, fact, `${title}, ${name}: ${text.slice(0, 40)}`);
          count += 1;
        }
      }
      for (const [name, of] of Object.entries(choices) as [string, keyof Visit][]) {
        for (const [i, visit] of VISITS.entries()) {
          const others = VISITS.slice(i, i + 2);
          expectSame(
            await ask(name, [visit[of]!]),
            [visit],
            fact,
            `${title}, ${name}: ${visit[of]!.slice(0, 40)}`,
          );
          expectSame(
            await ask(
              name,
              others.map((each) => each[of]!),
            ),
            others,
            fact,
            `${title}, two of ${name}`,
          );
          count += 2;
        }
      }
    }
  }
  return count;
}

/** A session is found by its whole id, and by nothing else. */
export async function expectExactSession(store: Store, look: Look): Promise<number> {
  let count = 0;
  const { panels } = DASHBOARDS.find(({ uid }) => uid === UIDS.session)!;
  for (const { title = '' } of panels) {
    const query = queryOf(UIDS.session, title);
    const ask = async (session: string): Promise<Answer> =>
      run(store, query, { ...look, chosen: { session } });
    for (const [i, { session, tool }] of VISITS.entries()) {
      const found = await ask(session);
      assert.notEqual(found.rows.length, 0, `${title} finds ${session}`);
      if (title === 'Session') assert.deepEqual(columnOf(found, 'Session'), [session]);
      else assert.deepEqual(new Set(columnOf(found, 'Tool')), new Set([tool]), `${title} of ${session}`);
      assert.deepEqual((await ask(TEXTS[i]!)).rows, [], `${title} of no session`);
      count += 2;
    }
  }
  return count;
}

function columnOf({ columns, rows }: Answer, name: string): string[] {
  const place = columns.indexOf(name);
  assert.notEqual(place, -1, `there is no column ${name}`);
  return rows.flatMap((row) => (row[place] === null ? [] : [String(row[place])]));
}

function expectSame(found: string[], visits: readonly Visit[], fact: keyof Visit, what: string): void {
  const expected = visits.map((visit) => visit[fact]!);
  assert.deepEqual([...new Set(found)].sort(), [...new Set(expected)].sort(), what);
}
