import { splitNames } from '../../../../src/sdk/protocol/names.ts';
import type { Evaluated, Row } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import type { RequestTruth, SessionTruth, Truth } from '../traffic/truth.ts';
import type { Facts } from './check.ts';
import { answered } from './counts.ts';
import { cell, expectEqual, expectTime, someRows } from './expect.ts';

/** A request for the list of tools. */
interface Listing {
  request: RequestTruth;
  session: SessionTruth;
}

const SHOP = ['search_orders', 'create_payment', 'refund_payment', 'export_report', 'ask_user'];
/** What the servers listed of which the truth does not say it. */
const LISTED: Record<string, string[]> = {
  'shop-http': SHOP,
  'shop-stdio': SHOP,
  catalog: ['list_products', 'track_parcel'],
  stock: ['get_stock'],
};

/** The lists of tools that clients got. */
export function listsOf({ sessions }: Pick<Truth, 'sessions'>): Listing[] {
  return sessions.flatMap((session) =>
    answered(session)
      .filter(({ method }) => method === 'tools/list')
      .map((request) => ({ request, session })),
  );
}

/** The tools of a list, in the server's order. */
export function toolsIn({ tools }: RequestTruth, { service }: SessionTruth): string[] {
  return tools ?? LISTED[service] ?? [];
}

export function showsToolsNeverCalled(panel: Evaluated, { truth }: Facts): void {
  const called = new Set(
    truth.sessions.flatMap((session) =>
      answered(session).map(({ tool }) => JSON.stringify([session.service, tool])),
    ),
  );
  const expected = new Map<string, Listing[]>();
  for (const listing of listsOf(truth)) {
    for (const tool of toolsIn(listing.request, listing.session)) {
      const key = JSON.stringify([listing.session.service, tool]);
      if (!called.has(key)) expected.set(key, [...(expected.get(key) ?? []), listing]);
    }
  }
  const rows = byKey(someRows(panel), ['Server', 'Tool']);
  expectEqual([...rows.keys()].sort(), [...expected.keys()].sort(), 'the tools that nobody called');
  for (const [key, listings] of expected) {
    const row = rows.get(key) as Row;
    expectEqual(Number(cell(row, 'Listed').value), listings.length, `how often ${key} was listed`);
    expectNewest(row, 'Last listed', listings, key);
  }
}

export function showsToolsNotSeen(panel: Evaluated, { truth }: Facts): void {
  const lists = listsOf(truth);
  const known = groupBy(lists, ({ session }) => session.service);
  const asked = groupBy(lists, ({ session: { service, client } }) =>
    JSON.stringify([service, client.name, client.version]),
  );
  const expected = new Map<string, { missing: string[]; listings: Listing[] }>();
  for (const [key, listings] of asked) {
    const newest = listings.reduce((a, b) => (b.request.sentAt >= a.request.sentAt ? b : a));
    const seen = toolsIn(newest.request, newest.session);
    const all = (known.get(newest.session.service) ?? []).flatMap((one) => toolsIn(one.request, one.session));
    const missing = [...new Set(all)].filter((tool) => !seen.includes(tool));
    if (missing.length > 0) expected.set(key, { missing: missing.sort(), listings });
  }
  const rows = byKey(someRows(panel), ['Server', 'Client', 'Version']);
  expectEqual([...rows.keys()].sort(), [...expected.keys()].sort(), 'the clients that miss a tool');
  for (const [key, { missing, listings }] of expected) {
    const row = rows.get(key) as Row;
    expectEqual(splitNames(cell(row, 'Missing').text).names.sort(), missing, `what ${key} has not seen`);
    expectNewest(row, 'Last asked', listings, key);
  }
}

/** The time is that of the newest of them. */
function expectNewest(row: Row, title: string, listings: Listing[], what: string): void {
  const from = Math.max(...listings.map(({ request }) => request.sentAt));
  const to = Math.max(...listings.map(({ request }) => request.answeredAt as number));
  expectTime(cell(row, title).value, { from, to }, `${title} of ${what}`);
}

function byKey(rows: Row[], titles: string[]): Map<string, Row> {
  const found = new Map(
    rows.map((row) => [JSON.stringify(titles.map((title) => cell(row, title).text)), row]),
  );
  expectEqual(found.size, rows.length, 'the number of different rows');
  return found;
}

function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
