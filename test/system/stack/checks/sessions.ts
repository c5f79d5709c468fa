import assert from 'node:assert/strict';
import { splitNames } from '../../../../src/sdk/protocol/names.ts';
import { type Row, rowsOf, valuesOf } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import { callsOf, errorsOf, type SessionTruth, sharesOf, toolsOf } from '../traffic/truth.ts';
import { QUOTING_CLIENT } from '../traffic/visits.ts';
import { showsSessionsByErrors } from './calls.ts';
import { type Case, type Expectation, type Facts, sessionOf } from './check.ts';
import {
  countBy,
  isFailure,
  operationsOf,
  quantileBounds,
  SESSION_BUCKETS,
  sessionDurations,
} from './counts.ts';
import {
  cell,
  expectBetween,
  expectColor,
  expectDashboardLink,
  expectDescending,
  expectEqual,
  expectTime,
  isColor,
  NOTHING,
  onlyValue,
  someLines,
  someRows,
  total,
} from './expect.ts';
import { SESSION, SESSIONS } from './names.ts';

/** What would end a string of SQL, were it not escaped. */
const BREAKING_OUT = ["' OR 1=1 --", "\\' OR 1=1 --"];
const STATUS_COLORS = { active: 'green', ended: 'gray', lost: 'orange' };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const SESSIONS_CASES: readonly Case[] = [
  {
    name: 'as it opens',
    dashboard: SESSIONS,
    panels: {
      // A killed server said last that its session is open; that counts for as long as Prometheus looks back.
      'Active sessions': countsShares(({ status }) => status !== 'ended'),
      'Sessions started': (panel, { truth }) =>
        expectEqual(onlyValue(panel).value, truth.sessions.length, 'the number of sessions'),
      'Median session duration': isQuantile(0.5),
      'p95 session duration': isQuantile(0.95),
      Requests: (panel, { truth }) =>
        expectEqual(onlyValue(panel).value, operationsOf(truth).length, 'the number of requests'),
      'Error rate': (panel, { truth }) => {
        const all = operationsOf(truth);
        const rate = all.filter(isFailure).length / all.length;
        expectBetween(onlyValue(panel).value, rate - 1e-9, rate + 1e-9, 'the error rate');
        expectEqual(onlyValue(panel).unit, 'percentunit', 'its unit');
      },
      'Sessions started over time': (panel, { truth }) => {
        const found = [...someLines(panel)].map(([name, points]) => [name, total(points)]);
        const expected = countBy(truth.sessions, ({ service }) => service);
        expectEqual(Object.fromEntries(found), expected, 'the sessions started, by server');
      },
      'Sessions by client': (panel, { truth }) => {
        const found = Object.fromEntries(valuesOf(panel).map(({ name, value }) => [name, value]));
        expectEqual(
          found,
          countBy(truth.sessions.flatMap(sharesOf), ({ client }) => client.name),
          'the sessions by client',
        );
      },
      Sessions: (panel, facts) => {
        showsExactly(() => true)(panel, facts);
        for (const row of rowsOf(panel)) expectRow(row, bySession(row, facts), facts);
        expectDescending(rowsOf(panel), 'Started');
      },
    },
  },
  {
    name: 'as it opens',
    dashboard: SESSIONS,
    only: 'clickhouse',
    panels: { 'Sessions by errors': showsSessionsByErrors },
  },
  {
    name: 'once a killed server is forgotten',
    dashboard: SESSIONS,
    lookback: '8s',
    panels: { 'Active sessions': countsShares(({ status }) => status === 'active') },
  },
  ...(['active', 'ended', 'lost'] as const).map((status) =>
    filtered(
      `only ${status} ones`,
      { status: { active: '1', ended: '0', lost: '2' }[status] },
      (one) => one.status === status,
    ),
  ),
  filtered('by a part of a client', { client: 'Agent' }, ({ client }) => client.name.includes('agent')),
  filtered('by a part of a tool', { tool: 'payment' }, (one) =>
    toolsOf(one).some((tool) => tool.includes('payment')),
  ),
  filtered('by server', { service: ['weather', 'catalog'] }, ({ service }) =>
    ['weather', 'catalog'].includes(service),
  ),
  {
    ...filtered(
      'by a client with quotes in its name',
      { client: QUOTING_CLIENT.toLowerCase() },
      ({ client }) => client.name === QUOTING_CLIENT,
    ),
    only: 'clickhouse',
  },
  ...BREAKING_OUT.map(
    (value): Case => ({
      name: `by ${value}`,
      dashboard: SESSIONS,
      only: 'clickhouse',
      chosen: () => ({ session: value, client: value, tool: value }),
      panels: { Sessions: (panel) => expectEqual(rowsOf(panel), [], 'the sessions shown') },
    }),
  ),
  {
    name: 'by a part of the session id',
    dashboard: SESSIONS,
    chosen: (facts) => ({ session: idOf('payment-agent', facts).slice(2, 20) }),
    panels: { Sessions: showsExactly(({ client }) => client.name === 'payment-agent') },
  },
];

/** Learns the ids of the sessions from the table, and checks that each session has one of its own. */
export const learnIds: Expectation = (panel, facts) => {
  const rows = someRows(panel);
  for (const session of facts.truth.sessions) {
    const id = session.id ?? idByClient(rows, session);
    assert.match(id, UUID, `the id of ${session.client.name}`);
    facts.ids.set(session, id);
  }
  expectEqual(new Set(facts.ids.values()).size, facts.truth.sessions.length, 'the number of ids');
};

export function idOf(client: string, facts: Facts): string {
  const id = facts.ids.get(sessionOf(facts, client));
  assert.ok(id !== undefined, `the table of sessions did not show ${client}`);
  return id;
}

/** The columns that the table of sessions and the facts of one session have in common. */
export function expectRow(row: Row, session: SessionTruth, facts: Facts): void {
  const { client, status, started, source } = session;
  const expected = {
    Client: client.name,
    Version: client.version,
    Calls: String(callsOf(session)),
    Errors: String(errorsOf(session)),
    Status: status,
    Source: source,
  };
  for (const [title, text] of Object.entries(expected)) {
    expectEqual(cell(row, title).text, text, `${title} of ${client.name}`);
  }
  expectTools(cell(row, 'Tools').text, session);
  expectTime(cell(row, 'Started').value, started, `Started of ${client.name}`);
  expectTime(cell(row, 'Duration').value, durationOf(session, facts), `Duration of ${client.name}`);
  expectColor(cell(row, 'Status'), STATUS_COLORS[status]);
  expectEqual(
    isColor(cell(row, 'Errors'), 'red'),
    errorsOf(session) > 0,
    `that errors of ${client.name} are red`,
  );
}

/** In the order of first use; which process was the first to use one, none of several can know. */
function expectTools(text: string, session: SessionTruth): void {
  const shown = text === NOTHING ? [] : splitNames(text).names;
  const inOrder = (tools: string[]): string[] => (session.shares === undefined ? tools : [...tools].sort());
  expectEqual(inOrder(shown), inOrder(toolsOf(session)), `Tools of ${session.client.name}`);
}

/** Milliseconds between which the session has lasted, as of its newest report. */
function durationOf(
  { started, ended, requests }: SessionTruth,
  { view }: Facts,
): { from: number; to: number } {
  if (ended !== undefined) return { from: ended.from - started.to, to: ended.to - started.from };
  const first = requests[0]?.answeredAt ?? started.to;
  return { from: Math.max(0, first - started.to), to: view.to - started.from };
}

function filtered(
  name: string,
  chosen: Record<string, string | string[]>,
  isShown: (session: SessionTruth) => boolean,
): Case {
  return { name, dashboard: SESSIONS, chosen: () => chosen, panels: { Sessions: showsExactly(isShown) } };
}

/** The table has these sessions, and no other; each links to its own dashboard. */
function showsExactly(isShown: (session: SessionTruth) => boolean): Expectation {
  return (panel, facts) => {
    const rows = someRows(panel);
    const found = rows.map((row) => cell(row, 'Session').text);
    const expected = facts.truth.sessions.filter(isShown).map((session) => facts.ids.get(session));
    expectEqual([...found].sort(), [...expected].sort(), 'the sessions shown');
    for (const row of rows) {
      const id = cell(row, 'Session').text;
      const handedOn = { 'var-session': id, [`var-${facts.form}`]: facts.form };
      expectDashboardLink(cell(row, 'Session'), SESSION, handedOn, facts);
    }
  };
}

function bySession(row: Row, { ids }: Facts): SessionTruth {
  const shown = cell(row, 'Session').text;
  const [session] = [...ids].find(([, id]) => id === shown) ?? [];
  assert.ok(session !== undefined, `no client had the session ${shown}`);
  return session;
}

function idByClient(rows: Row[], { client }: SessionTruth): string {
  const found = rows.filter((row) => cell(row, 'Client').text === client.name);
  expectEqual(found.length, 1, `the number of rows of ${client.name}`);
  return cell(found[0] as Row, 'Session').text;
}

/** Metrics know nothing of a session's id: each process counts those that it serves. */
function countsShares(isCounted: (session: SessionTruth) => boolean): Expectation {
  return (panel, { truth }) => {
    const counted = truth.sessions.filter(isCounted).flatMap(sharesOf);
    expectEqual(onlyValue(panel).value, counted.length, 'the number of sessions');
  };
}

function isQuantile(q: number): Expectation {
  return (panel, { truth }) => {
    const [least, most] = quantileBounds(sessionDurations(truth), q, SESSION_BUCKETS);
    const { value, unit } = onlyValue(panel);
    expectBetween(value, least, most, `the quantile ${q}`);
    expectEqual(unit, 's', 'its unit');
  };
}
