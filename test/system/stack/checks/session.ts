import assert from 'node:assert/strict';
import { URL_REQUIRED } from '../../../../src/explorer/sessions/outcome.ts';
import { URL_REQUIRED_TEXT } from '../../../../src/explorer/text/url-required.ts';
import { type Row, rowsOf } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import { errorsOf, type RequestTruth, type SessionTruth, sharesOf } from '../traffic/truth.ts';
import { type Case, type Expectation, type Facts, sessionOf } from './check.ts';
import { answered, countBy, latencyOf, outcomeOf } from './counts.ts';
import {
  cell,
  expectBetween,
  expectColor,
  expectDescending,
  expectEqual,
  expectInOrder,
  expectLatency,
  expectTime,
  milliseconds,
  NOTHING,
  someRows,
  textOf,
} from './expect.ts';
import { SESSION } from './names.ts';
import { expectRow, idOf } from './sessions.ts';
import { expectTraceLinks } from './trace-links.ts';

const MS_PER_S = 1000;
/** What the exceptions of the servers say, of which the truth does not say it. */
const SAID: Record<string, string> = {
  PaymentProviderError: 'the payment provider answered 503',
  RangeError: 'no forecast for Atlantis',
};

const OUTCOME_COLORS = { ok: 'green', error: 'red', 'asks user': 'gray' } as const;

/** One session of every kind. */
export const SESSION_CASES: readonly Case[] = [
  opened('payment-agent', 'that failed in several ways'),
  opened('desktop-chat', 'with a long call'),
  opened('night-shift', 'of long and many calls'),
  opened('code-editor', 'over stdio, whose user was asked'),
  opened('terminal-chat', 'over stdio, with an exception'),
  opened('flaky-host', 'whose server was killed'),
  opened('support-chat', 'that is active'),
  opened('report-runner', 'with a call in flight'),
  opened('modern-agent', 'that the protocol has no id for'),
  { ...opened('order-desk', 'that two processes serve'), only: 'clickhouse' },
];

/** The dashboard of one session, reached by the link of its row. */
function opened(client: string, what: string): Case {
  const isCalled = (
    expectation: (panel: Row[], session: SessionTruth, facts: Facts) => void,
  ): Expectation => {
    return (panel, facts) => expectation(someRows(panel), sessionOf(facts, client), facts);
  };
  return {
    name: `the session ${what} (${client})`,
    dashboard: SESSION,
    chosen: (facts) => ({ session: idOf(client, facts) }),
    panels: {
      Session: isCalled(showsFacts),
      Events: isCalled(showsEvents),
      // Said of a session without errors too: then it has no row.
      Errors: showsErrorsOf(client),
      'Latency by tool': showsLatencies(client),
    },
  };
}

function showsFacts(rows: Row[], session: SessionTruth, facts: Facts): void {
  expectEqual(rows.length, 1, 'the number of rows');
  const [row] = rows as [Row];
  expectRow(row, session, facts);
  expectEqual(cell(row, 'Session').text, facts.ids.get(session), 'the session');
  expectEqual(textOf(row, 'End reason'), session.endReason ?? NOTHING, 'the end reason');
  expectEqual(textOf(row, 'Transport'), session.transport, 'the transport');
  expectEqual(cell(row, 'Service').text, session.service, 'the service');
  expectTraceLinks(row, session, facts);
  const search = cell(row, 'Jaeger').links.find(({ href }) => href.includes('/search?'));
  assert.ok(search !== undefined, 'the session has no link to a search in Jaeger');
  const { pathname, searchParams } = new URL(search.href);
  expectEqual(pathname, '/search', 'the path of the search in Jaeger');
  expectEqual(searchParams.get('service'), session.service, 'its service');
  const tags = JSON.parse(searchParams.get('tags') ?? '');
  expectEqual(tags, { 'mcp.client.session.id': facts.ids.get(session) }, 'its tags');
  expectEqual(Number(searchParams.get('start')), facts.view.from * MS_PER_S, 'its start, in microseconds');
}

/** What happened, in the order in which it began. A killed server may not have told of its last. */
function showsEvents(rows: Row[], session: SessionTruth, facts: Facts): void {
  const found = rows.map((row) => ({ name: cell(row, 'Event').text, time: Number(cell(row, 'Time').value) }));
  expectInOrder(found, eventsOf(session), 'the events');
  const times = found.map(({ time }) => time);
  expectEqual(
    times,
    [...times].sort((a, b) => a - b),
    'the order of time',
  );
  expectEqual(found[0]?.name, 'mcp.session start', 'the first event');
  const nthOf = (wanted: RegExp): number[] =>
    found.flatMap(({ name }, index) => (wanted.test(name) ? [index] : []));
  const asked = nthOf(/ask_user$/);
  const early = nthOf(/^elicitation/).filter((place, index) => place < (asked[index] ?? 0));
  expectEqual(early, [], 'what the server asked before it was called');
  expectRequests(rows, session, facts);
  for (const row of rows) expectTraceLinks(row, session, facts);
  const last = textOf(rows.at(-1) as Row, 'End reason');
  expectEqual(last, session.endReason ?? NOTHING, 'the end reason of the last event');
}

/** The spans of a session but for its updates, in the order in which they began. */
export function eventsOf(session: SessionTruth): string[] {
  // Each process that serves the session begins it.
  const first = new Set(sharesOf(session).map(({ requests }) => requests[0]));
  const events = answered(session).flatMap((request) => [
    ...(first.has(request) ? ['mcp.session start'] : []),
    nameOf(request),
    ...(first.has(request) ? session.notifications : []),
    // While a tool asks the user, a request of the server lies within its own.
    ...(request.tool === 'ask_user' ? ['elicitation/create'] : []),
  ]);
  return session.status === 'ended' ? [...events, 'mcp.session end'] : events;
}

/** Tools and prompts that the server does not have are not in the name. */
const nameOf = ({ method, tool, prompt }: RequestTruth): string =>
  [method, tool ?? prompt].filter((part) => part !== undefined).join(' ');

/** The nth request of a name is the nth row of it. */
function expectRequests(rows: Row[], session: SessionTruth, facts: Facts): void {
  const left = [...rows];
  for (const request of answered(session)) {
    const place = left.findIndex((row) => cell(row, 'Event').text === nameOf(request));
    expectEvent(left.splice(place, 1)[0] as Row, request, session, facts);
  }
}

function expectEvent(row: Row, request: RequestTruth, session: SessionTruth, facts: Facts): void {
  const { tool, errorType, statusCode, said, asksUser, sentAt, answeredAt } = request;
  const what = nameOf(request);
  expectEqual(cell(row, 'Event').text, what, 'the event');
  expectEqual(textOf(row, 'Tool'), tool ?? NOTHING, `the tool of ${what}`);
  expectTime(cell(row, 'Time').value, { from: sentAt, to: answeredAt as number }, `the time of ${what}`);
  expectLatency(row, request, session, facts);
  const status = outcomeOf(request);
  expectEqual(cell(row, 'Status').text, status, `the status of ${what}`);
  expectColor(cell(row, 'Status'), OUTCOME_COLORS[status]);
  expectEqual(textOf(row, 'Error'), errorType ?? NOTHING, `the error of ${what}`);
  expectEqual(textOf(row, 'Code'), asksUser ? URL_REQUIRED : (statusCode ?? NOTHING), `the code of ${what}`);
  const message = asksUser ? URL_REQUIRED_TEXT : (said ?? SAID[errorType ?? '']);
  expectEqual(textOf(row, 'Message'), message ?? NOTHING, `the message of ${what}`);
}

function showsErrorsOf(client: string): Expectation {
  return (panel, facts) => {
    const session = sessionOf(facts, client);
    const failed = answered(session).filter((one) => one.failed);
    const rows = rowsOf(panel);
    expectEqual(
      rows.map((row) => cell(row, 'Event').text),
      failed.map(nameOf),
      'the errors',
    );
    expectEqual(rows.length, errorsOf(session), 'as many as the session counts');
    for (const [index, request] of failed.entries()) expectEvent(rows[index] as Row, request, session, facts);
  };
}

function showsLatencies(client: string): Expectation {
  return (panel, facts) => {
    const session = sessionOf(facts, client);
    const calls = answered(session).filter(({ tool }) => tool !== undefined);
    const rows = rowsOf(panel);
    const found = Object.fromEntries(
      rows.map((row) => [textOf(row, 'Tool'), Number(cell(row, 'Calls').value)]),
    );
    expectEqual(
      found,
      countBy(calls, ({ tool }) => tool),
      'the calls by tool',
    );
    for (const row of rows) {
      const own = calls.filter(({ tool }) => tool === textOf(row, 'Tool'));
      const bounds = own.map((call) => latencyOf(call, session, facts.view.to));
      const least = Math.max(...bounds.map((one) => one.least));
      const most = Math.max(...bounds.map((one) => one.most));
      const slowest = milliseconds(cell(row, 'Slowest'));
      expectBetween(slowest, least, most, `the slowest call of ${textOf(row, 'Tool')}`);
      const median = milliseconds(cell(row, 'Median'));
      expectBetween(median, 0, slowest, `the median of ${textOf(row, 'Tool')}`);
    }
    expectDescending(rows, 'Slowest');
  };
}
