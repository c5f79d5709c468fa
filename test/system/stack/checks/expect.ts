import assert from 'node:assert/strict';
import {
  type Cell,
  colorOf,
  type Evaluated,
  linesOf,
  type Row,
  rowsOf,
  valuesOf,
} from '../../../../tools/dashboards/evaluate/evaluate.ts';
import type { RequestTruth, SessionTruth } from '../traffic/truth.ts';
import type { Facts } from './check.ts';
import { CLOCK_SLACK_MS, latencyOf } from './counts.ts';
import { SESSION } from './names.ts';

/** What an empty cell shows. */
export const NOTHING = '–';

export function expectBetween(value: unknown, least: number, most: number, what: string): void {
  const isBetween = typeof value === 'number' && value >= least && value <= most;
  assert.ok(isBetween, `${what} is ${value}, which is not between ${least} and ${most}`);
}

export function expectTime(value: unknown, { from, to }: { from: number; to: number }, what: string): void {
  expectBetween(value, from - CLOCK_SLACK_MS, to + CLOCK_SLACK_MS, what);
}

/** How long the request took, as far as its client can know. */
export function expectLatency(
  row: Row,
  request: RequestTruth,
  session: SessionTruth,
  { view }: Pick<Facts, 'view'>,
): void {
  const { least, most } = latencyOf(request, session, view.to);
  expectBetween(milliseconds(cell(row, 'Latency')), least, most, `the latency of ${request.method}, in ms,`);
}

/** A duration, in milliseconds: the number with the unit that the reader sees. */
export function milliseconds({ value, unit = '' }: Cell): number {
  const factor = { ns: 1e-6, µs: 1e-3, ms: 1, s: 1e3 }[unit];
  assert.ok(factor !== undefined, `a duration has the unit ${unit}`);
  return Number(value) * factor;
}

/** The greatest stands first. */
export function expectDescending(rows: Row[], title: string): void {
  const values = rows.map((row) => Number(cell(row, title).value));
  expectEqual(
    values,
    [...values].sort((a, b) => b - a),
    `the order by ${title}`,
  );
}

export function expectEqual(found: unknown, expected: unknown, what: string): void {
  assert.deepEqual(found, expected, `${what} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
}

/** The one value of a panel. */
export function onlyValue(evaluated: Evaluated): { value: number; text: string; unit: string | undefined } {
  const values = valuesOf(evaluated);
  assert.equal(values.length, 1, `shows ${values.length} values, not one`);
  const [{ value, text, unit }] = values as [(typeof values)[0]];
  return { value, text, unit };
}

/** The rows of a table that must not be empty. */
export function someRows(evaluated: Evaluated): Row[] {
  const rows = rowsOf(evaluated);
  assert.ok(rows.length > 0, 'shows no row');
  return rows;
}

/** The lines of a graph; at least one has a point. */
export function someLines(evaluated: Evaluated): Map<string, [time: number, value: number][]> {
  const lines = linesOf(evaluated);
  assert.ok(
    lines.some(({ points }) => points.length > 0),
    'shows no point',
  );
  assert.equal(new Set(lines.map(({ name }) => name)).size, lines.length, 'two lines have the same name');
  return new Map(lines.map(({ name, points }) => [name, points]));
}

export function cell(row: Row, title: string): Cell {
  const found = row[title];
  assert.ok(found !== undefined, `has no column ${title}; it has ${Object.keys(row).join(', ')}`);
  return found;
}

/** The text of a cell; {@link NOTHING} where it is empty, and where no row has an attribute, so that its column is not there. */
export function textOf(row: Row, title: string): string {
  return row[title]?.text || NOTHING;
}

/** Grafana's name of a colour, as the theme paints it. */
export function isColor({ color }: Cell, name: string): boolean {
  return color === colorOf(name);
}

/** Fails where the cell has another colour. */
export function expectColor({ color, text }: Cell, name: string): void {
  expectEqual(color, colorOf(name), `the colour of ${text}`);
}

/** A link to another dashboard: it exists, and so does every variable that is handed on. */
export function expectDashboardLink(
  { links }: Cell,
  uid: string,
  variables: Record<string, string>,
  { dashboards, view }: Facts,
): void {
  const target = dashboards.find((dashboard) => dashboard.uid === uid);
  assert.ok(target !== undefined, `there is no dashboard ${uid}`);
  const link = links.find(({ href }) => href.startsWith(`/d/${uid}?`));
  assert.ok(link !== undefined, `no link leads to ${uid}: ${JSON.stringify(links)}`);
  const { searchParams } = new URL(link.href, 'http://grafana.example');
  const known = new Set(target.templating?.list.map(({ name }) => `var-${name}`));
  const strange = [...searchParams.keys()].filter((name) => name.startsWith('var-') && !known.has(name));
  expectEqual(strange, [], 'variables that the dashboard does not have');
  for (const [name, value] of Object.entries({ ...variables, from: view.from, to: view.to })) {
    expectEqual(searchParams.get(name), String(value), `${name} of the link`);
  }
}

/** In the cell of a session: its dashboard. */
export function expectSessionLink(row: Row, facts: Facts): void {
  const session = cell(row, 'Session');
  expectDashboardLink(session, SESSION, { 'var-session': session.text }, facts);
}

export function expectTexts(row: Row, expected: Record<string, string>): void {
  for (const [title, text] of Object.entries(expected)) expectEqual(textOf(row, title), text, title);
}

/** Adds up the points of a line. */
export function total(points: [time: number, value: number][]): number {
  return points.reduce((sum, [, value]) => sum + value, 0);
}

/**
 * The events are all there and in this order. Times are whole milliseconds, so that two events of one instant may
 * stand the other way round.
 */
export function expectInOrder(
  found: readonly { name: string; time: number }[],
  expected: readonly string[],
  what: string,
): void {
  const names = found.map(({ name }) => name);
  if (JSON.stringify(names) === JSON.stringify(expected)) return;
  const times = new Map<string, number[]>();
  for (const { name, time } of found) times.set(name, [...(times.get(name) ?? []), time]);
  const inOrder = expected.map((name) => times.get(name)?.shift());
  const isSorted = inOrder.every((time, index) => time !== undefined && time >= (inOrder[index - 1] ?? 0));
  if (!isSorted || found.length !== expected.length) expectEqual(names, expected, what);
}
