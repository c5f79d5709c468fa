import assert from 'node:assert/strict';
import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { UIDS } from '../../../tools/dashboards/links.ts';
import { allQueries, type Look, rowsOf, run } from './panels.ts';
import { type Report, type SpanRow, sessionSpan, span, type Visit } from './spans.ts';
import type { Store } from './store.ts';

const VISIT: Visit = {
  client: 'desk',
  service: 'shop',
  session: '',
  tool: 'pay',
  instance: 'a',
  process: 'p',
};
const of = (session: string, more: Partial<Visit> = {}): Visit => ({ ...VISIT, session, ...more });

/** A report: when, of a part that began when, and what it counts. */
const report = (
  visit: Visit,
  event: Report['event'],
  [at, started, seq, calls, errors]: readonly [number, number, number, number, number],
): SpanRow => sessionSpan(visit, visit.instance, { at, started, event, seq, calls, errors });

/** Calls of a tool: when each began, how long it took, and its error if it had one. */
function calls(
  session: string,
  at: number,
  list: readonly (readonly [number, number, string?])[],
): SpanRow[] {
  return list.map(([after, ms, error]) =>
    span(of(session), {
      name: 'tools/call',
      at: at + after,
      ms,
      ...(error !== undefined && error !== semconv.ERROR_TYPE_CANCELLED && { status: 'Error' }),
      attributes: {
        [semconv.ATTR_MCP_METHOD_NAME]: 'tools/call',
        [semconv.ATTR_GEN_AI_TOOL_NAME]: VISIT.tool,
        ...(error !== undefined && { [semconv.ATTR_ERROR_TYPE]: error }),
      },
    }),
  );
}

/** What each session must show: calls, errors, when it began after the first moment, and its status. */
const EXPECTED: Readonly<Record<string, readonly [number, number, number, number]>> = {
  // Two processes of an application whose own provider names no instance.
  nameless: [9, 3, 0, 1],
  // The same, where the session began in both at once.
  'nameless at once': [22, 4, 0, 1],
  // The same, where mcp.session.id is the client's: there the numbers of the processes tell them apart.
  numbered: [5, 1, 0, 1],
  // Two managers of one process, which the same key led to one session.
  managers: [8, 1, 0, 1],
  // The clock was set back between the two: the number tells which is newer.
  'set back': [5, 2, 0, 0],
  // Nobody says when it began.
  timeless: [2, 0, 500, 1],
};

/** Sessions of several parts, retries of every kind, and spans that belong to no session. */
export async function fillParts(store: Store, at: number): Promise<void> {
  const [one, two] = [
    of('nameless', { instance: '', process: 'p1' }),
    of('nameless', { instance: '', process: 'p2' }),
  ];
  await store.insert([
    ...['p1', 'p2'].flatMap((process) => {
      const visit = of('nameless at once', { instance: '', process });
      return [
        report(visit, 'start', [at, at, 0, 0, 0]),
        report(visit, 'update', [at + 1_000, at, 1, 10, 1]),
        report(visit, 'update', [at + 2_000, at, 2, 11, 2]),
      ];
    }),
    ...['11', '12'].map((pid, i) => {
      const visit = of('numbered', { instance: '', process: 'numbered', pid });
      return report(visit, 'update', [at + 1_000, at, 1, 2 + i, i]);
    }),
    report(one, 'update', [at + 1_000, at, 1, 7, 3]),
    report(two, 'update', [at + 2_000, at + 500, 1, 2, 0]),
    report(of('managers'), 'update', [at + 1_000, at, 1, 4, 1]),
    report(of('managers'), 'update', [at + 2_000, at + 100, 1, 4, 0]),
    report(of('set back'), 'update', [at + 9_000, at, 1, 1, 0]),
    report(of('set back'), 'end', [at + 3_000, at, 2, 5, 2]),
    report(of('timeless'), 'update', [at + 500, 0, 1, 2, 0]),
    ...calls('tried again', at, [
      [0, 100, 'RangeError'],
      [1_000, 100, semconv.ERROR_TYPE_CANCELLED],
      [2_000, 100],
    ]),
    ...calls('given up', at, [
      [0, 100, 'RangeError'],
      [1_000, 100, semconv.ERROR_TYPE_CANCELLED],
    ]),
    // The second was sent before anybody knew that the first fails.
    ...calls('side by side', at, [
      [0, 10_000, 'RangeError'],
      [1_000, 500],
    ]),
    ...calls('', at, [[0, 100, 'TypeError']]),
  ]);
}

export async function expectParts(store: Store, look: Look, at: number): Promise<number> {
  const sessions = await rowsOf(store, UIDS.sessions, 'Sessions', look);
  for (const [session, [calls, errors, after, status]] of Object.entries(EXPECTED)) {
    const row = sessions.find((each) => each['Session'] === session);
    const found = [row?.['Calls'], row?.['Errors'], Date.parse(`${row?.['Started']}Z`) - at, row?.['Status']];
    assert.deepEqual(found.map(Number), [calls, errors, after, status], session);
  }
  const retries = await rowsOf(store, UIDS.operations, 'Retries', look);
  const found = retries.map((row) => [row['Session'], Number(row['Tries']), row['Recovered after']]);
  assert.deepEqual(found.sort(), [
    ['given up', 2, null],
    ['tried again', 3, 2_000],
  ]);
  for (const title of ['Events', 'Errors', 'Latency by tool', 'Session']) {
    assert.deepEqual(await rowsOf(store, UIDS.session, title, look), [], `${title}, without a session`);
  }
  // A range that was entered the wrong way round is empty, and no error.
  for (const query of allQueries()) await run(store, query, { from: look.to, to: look.from });
  return Object.keys(EXPECTED).length;
}
