import { joinNames } from '../../../../src/sdk/protocol/names.ts';
import type { Evaluated, Row } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import type { Facts } from './check.ts';
import { countBy, isFailure, operationsOf, quantileBounds } from './counts.ts';
import {
  cell,
  expectBetween,
  expectDashboardLink,
  expectDescending,
  expectEqual,
  expectLatency,
  expectTime,
  NOTHING,
  someRows,
  textOf,
} from './expect.ts';
import { listsOf, toolsIn } from './listed-tools.ts';
import { SESSION } from './names.ts';

export function showsErrorTypes(panel: Evaluated, { truth }: Facts): void {
  const key = (row: Row) =>
    ['Type', 'Code', 'Method', 'Tool'].map((title) => textOf(row, title).replace(NOTHING, '')).join('|');
  const found = Object.fromEntries(
    someRows(panel).map((row) => [key(row), Number(cell(row, 'Count').value)]),
  );
  const failed = operationsOf(truth).filter(isFailure);
  const expected = countBy(failed, ({ errorType, statusCode, method, tool }) =>
    [errorType ?? '', statusCode ?? '', method, tool ?? ''].join('|'),
  );
  expectEqual(found, expected, 'the errors by type, code, method and tool');
}

export function showsSlowestTools(panel: Evaluated, { truth, view }: Facts): void {
  const calls = operationsOf(truth, view.to).filter(({ tool }) => tool !== undefined);
  const rows = someRows(panel);
  const found = Object.fromEntries(
    rows.map((row) => [cell(row, 'Tool').text, Number(cell(row, 'Calls').value)]),
  );
  expectEqual(
    found,
    countBy(calls, ({ tool }) => tool),
    'the calls by tool',
  );
  for (const row of rows) {
    const own = calls.filter(({ tool }) => tool === cell(row, 'Tool').text);
    const name = cell(row, 'Tool').text;
    expectEqual(
      Number(cell(row, 'Errors').value ?? 0),
      own.filter(isFailure).length,
      `the errors of ${name}`,
    );
    for (const [title, q] of [
      ['Median', 0.5],
      ['p95', 0.95],
    ] as const) {
      const [least, most] = quantileBounds(own, q);
      expectBetween(cell(row, title).value, least, most, `the ${title} of ${name}`);
    }
    const mean = (pick: 'least' | 'most'): number =>
      own.reduce((sum, one) => sum + one[pick], 0) / own.length;
    expectBetween(
      cell(row, 'Mean').value,
      mean('least') - 0.001,
      mean('most') + 0.001,
      `the mean of ${name}`,
    );
  }
  expectDescending(rows, 'p95');
}

/** Nobody reads an answer to what was cancelled, or cut off. */
const UNANSWERED: readonly (string | undefined)[] = ['cancelled', 'connection_closed'];

export function showsCosts(panel: Evaluated, { truth }: Facts): void {
  const answered = operationsOf(truth).filter(
    ({ tool, errorType }) => tool !== undefined && !UNANSWERED.includes(errorType),
  );
  const rows = someRows(panel);
  expectEqual(
    Object.fromEntries(rows.map((row) => [cell(row, 'Tool').text, Number(cell(row, 'Answers').value)])),
    countBy(answered, ({ tool }) => tool),
    'the answers by tool',
  );
  for (const row of rows) {
    const bytes = Number(cell(row, 'Sent').value) + Number(cell(row, 'Answered').value);
    expectEqual(Number(cell(row, 'Estimated tokens').value), bytes / 4, 'the estimated tokens');
  }
}

export function showsDiscovery(panel: Evaluated, facts: Facts): void {
  const rows = someRows(panel);
  const listed = listsOf(facts.truth);
  expectEqual(rows.length, listed.length, 'the number of answers');
  for (const { session, request } of listed) {
    const own = rows.filter((one) => cell(one, 'Session').text === facts.ids.get(session));
    // The newest is the first.
    const nth = session.requests
      .filter(({ method }) => method === request.method)
      .reverse()
      .indexOf(request);
    const row = own[nth];
    if (row === undefined) throw new Error(`${session.client.name} is missing`);
    const what = `${session.client.name}'s`;
    expectEqual(cell(row, 'Server').text, session.service, `${what} server`);
    expectEqual(cell(row, 'Client').text, session.client.name, `${what} client`);
    expectTime(
      cell(row, 'Time').value,
      { from: request.sentAt, to: request.answeredAt as number },
      `${what} time`,
    );
    expectLatency(row, request, session, facts);
    const tools = toolsIn(request, session);
    expectEqual(cell(row, 'Tools').text, joinNames(tools), `${what} tools`);
    expectEqual(Number(cell(row, 'Count').value), tools.length, `${what} number of tools`);
    expectDashboardLink(
      cell(row, 'Session'),
      SESSION,
      { 'var-session': facts.ids.get(session) as string },
      facts,
    );
  }
}
