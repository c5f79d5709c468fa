import { type Check, some } from '../../../tools/support/checks.ts';
import type { ReceivedSpan } from '../../../tools/support/otlp-sink.ts';
import type { Expected } from './rows.ts';
import { byKind, type Row, textOf } from './rows.ts';
import type { View, ViewRow } from './views/view.ts';

/** Ten intervals of reports. */
const REPORTED_MS = 10_000;

/** What a view showed, and what came of it. */
export interface Judged {
  readonly view: View;
  /** The expected rows by the ids that the view gives them. */
  readonly found: ReadonlyMap<string, Expected>;
  readonly rows: readonly ViewRow[];
  readonly checks: readonly Check[];
}

/** A line for each kind of conversations, and one for rows that nobody expects. */
export async function judgeRows(view: View, expected: readonly Expected[]): Promise<Judged> {
  const rows = await view.rows();
  const left = new Map<string, ViewRow[]>();
  for (const row of rows) left.set(textOf(row), [...(left.get(textOf(row)) ?? []), row]);
  const found = new Map<string, Expected>();
  const checks = byKind(expected).map(([kind, ofKind]): Check => {
    const missing: string[] = [];
    for (const each of ofKind) {
      const row = left.get(textOf(each.row))?.pop();
      if (row === undefined) missing.push(`${nameOf(each)} (${textOf(each.row)})`);
      else found.set(row.id, each);
    }
    const conversations = new Set(ofKind.flatMap(({ labels }) => labels)).size;
    const shown = `${ofKind.length - missing.length} of ${ofKind.length} rows, of ${conversations} conversations`;
    return {
      ok: missing.length === 0 && ofKind.length > 0,
      name: `${view.name}, ${kind}`,
      found: missing.length === 0 ? shown : `${shown}; missing ${some(missing)}`,
    };
  });
  const others = [...left.values()].flat().map((row) => `${row.id} (${textOf(row)})`);
  checks.push({
    ok: others.length === 0,
    name: `${view.name}, no other row`,
    found: others.length === 0 ? `${rows.length} rows in all` : `${others.length}: ${some(others)}`,
  });
  return { view, found, rows, checks };
}

/** The rows before any server has ended, as soon as the reports of all are in. Some sessions are active still. */
export async function judgeLive(
  view: View,
  expected: readonly Expected[],
  wait: () => Promise<void>,
): Promise<Check> {
  const text = (row: Row): string => textOf({ ...row, status: 'any' });
  const wanted = expected.map(({ row }) => text(row)).sort();
  const deadline = Date.now() + REPORTED_MS;
  for (;;) {
    const found = (await view.rows()).map(text).sort();
    const ok = found.join('\n') === wanted.join('\n');
    if (ok || Date.now() > deadline) {
      return {
        ok,
        name: `${view.name}, while the servers run`,
        found: `${found.length} of ${wanted.length} rows`,
      };
    }
    await wait();
  }
}

/** The events of each row are the requests that it counts, and of one conversation. */
export async function judgeEvents({ view, found }: Judged): Promise<Check> {
  const problems: string[] = [];
  const opened = spread([...found], view.opens);
  for (const [id, { row, labels }] of opened) {
    const shown = await view.session(id);
    const isSame = shown.labels === undefined || String(shown.labels) === String(labels);
    if (shown.id === id && shown.requests === row.calls && isSame) continue;
    problems.push(
      `${id} shows ${shown.requests} requests of ${shown.labels?.join(', ')} as ${shown.id}, not ${row.calls} of ${labels.join(', ')}`,
    );
  }
  return {
    ok: problems.length === 0,
    name: `${view.name}, events are those of the row`,
    found: problems.length === 0 ? `${opened.length} sessions` : some(problems),
  };
}

/** Every id that a span has leads to a row, and the ids of the parts of one session to the same. */
export async function judgeIds({ view, rows }: Judged, spans: readonly ReceivedSpan[]): Promise<Check> {
  const ids = new Set(rows.map(({ id }) => id));
  const further = [...new Set(spans.map(idOf))].filter((id) => id !== '' && !ids.has(id));
  const others = spread(further, view.opens);
  const problems: string[] = [];
  for (const id of others) {
    const { id: shown } = await view.session(id).catch((error: Error) => ({ id: error.message }));
    if (!ids.has(shown)) problems.push(`${id} leads to ${shown}`);
  }
  return {
    ok: problems.length === 0 && others.length > 0,
    name: `${view.name}, ids of further parts lead to their row`,
    found: problems.length === 0 ? `${others.length} ids` : `${problems.length}: ${some(problems)}`,
  };
}

/** All views have the same rows by the same ids. */
export function judgeSame([first, ...others]: readonly Judged[]): Check {
  const texts = (each: Judged): string[] => each.rows.map((row) => `${row.id}: ${textOf(row)}`).sort();
  const expected = new Set(first === undefined ? [] : texts(first));
  const problems = others.flatMap((each) => {
    const found = texts(each);
    const differ = found.filter((text) => !expected.has(text)).map((text) => `${each.view.name} has ${text}`);
    return found.length === expected.size
      ? differ
      : [`${each.view.name} has ${found.length} rows`, ...differ];
  });
  return {
    ok: problems.length === 0 && expected.size > 0,
    name: 'all four have the same rows by the same ids',
    found: problems.length === 0 ? `${expected.size} rows` : `${problems.length}: ${some(problems)}`,
  };
}

const nameOf = ({ labels }: Expected): string => (labels.length > 0 ? labels.join(', ') : 'before any call');

const idOf = ({ attributes }: ReceivedSpan): string => String(attributes['mcp.client.session.id'] ?? '');

/** So many of them, from all over. */
function spread<T>(all: readonly T[], most = all.length): T[] {
  const step = Math.max(1, Math.ceil(all.length / most));
  return all.filter((_, i) => i % step === 0);
}
