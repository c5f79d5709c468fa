import assert from 'node:assert/strict';
import type { Evaluated, Row } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import { callsOf, errorsOf, type RequestTruth, type SessionTruth, type Truth } from '../traffic/truth.ts';
import type { Facts } from './check.ts';
import { answered, CLOCK_SLACK_MS, isFailure, latencyOf, outcomeOf } from './counts.ts';
import {
  cell,
  expectBetween,
  expectDescending,
  expectEqual,
  expectSessionLink,
  expectTexts,
  milliseconds,
  someRows,
  textOf,
} from './expect.ts';
import { expectTraceLinks } from './trace-links.ts';

/** A call of a tool that was answered. */
interface Call {
  request: RequestTruth;
  session: SessionTruth;
}

/** So many rows the table of the slowest calls has at most. */
const MOST_ROWS = 100;

export function showsSlowestCalls(panel: Evaluated, facts: Facts): void {
  const { truth, view } = facts;
  const calls = toolCalls(truth);
  const rows = someRows(panel);
  expectEqual(rows.length, Math.min(calls.length, MOST_ROWS), 'the number of calls');
  expectDescending(rows, 'Latency');
  for (const row of rows) {
    const call = calls.find((one) => isOf(row, one, facts));
    assert.ok(call !== undefined, `no client made the call of ${cell(row, 'Tool').text} at ${callKey(row)}`);
    expectSessionLink(row, facts);
    expectTraceLinks(row, call.session, facts);
  }
  expectEqual(new Set(rows.map((row) => callKey(row))).size, rows.length, 'the number of different calls');
  // What cannot be but among the slowest is there.
  const bounds = calls.map(({ request, session }) => ({ request, ...latencyOf(request, session, view.to) }));
  for (const { request, least } of bounds) {
    const slower = bounds.filter(({ most }) => most >= least).length;
    if (slower > MOST_ROWS) continue;
    const found = rows.some(
      (row) => textOf(row, 'Tool') === request.tool && milliseconds(cell(row, 'Latency')) >= least,
    );
    expectEqual(found, true, `that a call of ${request.tool} of ${least} ms is shown`);
  }
}

const callKey = (row: Row): string =>
  JSON.stringify(['Session', 'Tool', 'Time', 'Latency'].map((title) => cell(row, title).value));

function isOf(row: Row, { request, session }: Call, { view, ids }: Facts): boolean {
  const { least, most } = latencyOf(request, session, view.to);
  const latency = milliseconds(cell(row, 'Latency'));
  const time = Number(cell(row, 'Time').value);
  return (
    cell(row, 'Session').text === ids.get(session) &&
    cell(row, 'Server').text === session.service &&
    textOf(row, 'Tool') === request.tool &&
    cell(row, 'Client').text === session.client.name &&
    cell(row, 'Version').text === session.client.version &&
    cell(row, 'Status').text === outcomeOf(request) &&
    time >= request.sentAt - CLOCK_SLACK_MS &&
    time <= (request.answeredAt as number) + CLOCK_SLACK_MS &&
    latency >= least &&
    latency <= most
  );
}

export function showsSessionsByErrors(panel: Evaluated, facts: Facts): void {
  const failing = facts.truth.sessions.filter((session) => errorsOf(session) > 0);
  const rows = someRows(panel);
  expectEqual(
    rows.map((row) => cell(row, 'Session').text).sort(),
    failing.map((session) => facts.ids.get(session)).sort(),
    'the sessions with errors',
  );
  for (const session of failing) {
    const row = rows.find((one) => cell(one, 'Session').text === facts.ids.get(session)) as Row;
    const { client, service } = session;
    expectTexts(row, { Client: client.name, Version: client.version, Server: service });
    expectCounts(row, callsOf(session), errorsOf(session), client.name);
    expectSessionLink(row, facts);
  }
  expectDescending(rows, 'Errors');
}

export function showsErrorsByVersion(panel: Evaluated, { truth }: Facts): void {
  const expected = new Map<string, Call[]>();
  for (const call of toolCalls(truth)) {
    const { service, client } = call.session;
    const key = JSON.stringify([service, call.request.tool, client.name, client.version]);
    expected.set(key, [...(expected.get(key) ?? []), call]);
  }
  const rows = someRows(panel);
  const keyOf = (row: Row): string =>
    JSON.stringify(['Server', 'Tool', 'Client', 'Version'].map((title) => cell(row, title).text));
  expectEqual(
    rows.map(keyOf).sort(),
    [...expected.keys()].sort(),
    'the tools and the clients that called them',
  );
  for (const row of rows) {
    const calls = expected.get(keyOf(row)) as Call[];
    expectCounts(row, calls.length, calls.filter(({ request }) => isFailure(request)).length, keyOf(row));
  }
  const order = rows.map((row) => [cell(row, 'Error rate').value, cell(row, 'Errors').value].map(Number));
  const sorted = [...order].sort(([a = 0, b = 0], [c = 0, d = 0]) => c - a || d - b);
  expectEqual(order, sorted, 'the order: the highest rate first, then the most errors');
}

/** Calls and errors are exact, and the rate is what they say. */
function expectCounts(row: Row, calls: number, errors: number, what: string): void {
  expectEqual(Number(cell(row, 'Calls').value), calls, `the calls of ${what}`);
  expectEqual(Number(cell(row, 'Errors').value), errors, `the errors of ${what}`);
  const rate = cell(row, 'Error rate');
  expectBetween(rate.value, errors / calls - 1e-9, errors / calls + 1e-9, `the error rate of ${what}`);
  expectEqual(rate.unit, 'percentunit', 'the unit of the error rate');
}

function toolCalls({ sessions }: Pick<Truth, 'sessions'>): Call[] {
  return sessions.flatMap((session) =>
    answered(session)
      .filter(({ tool }) => tool !== undefined)
      .map((request) => ({ request, session })),
  );
}
