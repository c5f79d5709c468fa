import type { Page } from 'playwright-core';
import { TIME_ZONE } from '../browser.ts';
import type { PageCheck, Stage } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { type KnownSession, SERVICES } from '../known.ts';
import { idsOf } from '../views.ts';

const HOUR = 3_600_000;
/** High enough for every row. */
const TALL = { width: 1280, height: 2_400 };

export const FILTERS: readonly PageCheck[] = [
  {
    name: 'the search finds by session id, client, version and tool, in any case',
    async run(stage) {
      const { page, sessions } = await openKnown(stage);
      const search = page.getByRole('searchbox');
      const typed = [
        sessions[7]!.id.slice(0, 10),
        sessions[9]!.id,
        'INSPECTOR',
        'chat',
        '1.2.',
        'Create_Payment',
        'search',
        ' echo ',
      ];
      for (const text of typed) {
        await search.fill(text);
        const part = text.trim().toLowerCase();
        const matching = sessions.filter((session) => textOf(session).includes(part));
        ok(matching.length > 0 && matching.length < sessions.length, `${text} tells nothing apart`);
        await showsOnly(page, matching, `search for ${text}`, sessions.length);
      }
      await search.fill('');
      await showsOnly(page, sessions, 'no search', sessions.length);
      return `${typed.length} searches in ${sessions.length} sessions`;
    },
  },
  {
    name: 'each status filter shows the sessions of that status',
    async run(stage) {
      const { page, sessions } = await openKnown(stage);
      const group = page.getByRole('group', { name: 'Status' });
      const found: string[] = [];
      for (const status of ['active', 'ended', 'lost'] as const) {
        await group.getByRole('button', { name: status }).click();
        const matching = sessions.filter((session) => session.status === status);
        await showsOnly(page, matching, status, sessions.length);
        equal(await pressedIn(page), [status.toLowerCase()], 'pressed');
        found.push(`${matching.length} ${status}`);
      }
      await group.getByRole('button', { name: 'All' }).click();
      await showsOnly(page, sessions, 'all', sessions.length);
      return found.join(', ');
    },
  },
  {
    name: 'each time range shows the sessions that were open in it',
    async run(stage) {
      const { page, sessions } = await openKnown(stage);
      const ranges = { '15m': HOUR / 4, '1h': HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR };
      const found: string[] = [];
      for (const [range, millis] of Object.entries(ranges)) {
        await page.getByLabel('Time range').selectOption(range);
        const from = Date.now() - millis;
        const matching = sessions.filter((session) => wasOpen(session, from, Number.POSITIVE_INFINITY));
        ok(matching.length > 0 && matching.length < sessions.length, `${range} tells nothing apart`);
        await showsOnly(page, matching, range, sessions.length);
        found.push(`${matching.length} in ${range}`);
      }
      await page.getByLabel('Time range').selectOption('all');
      await showsOnly(page, sessions, 'all time', sessions.length);
      return found.join(', ');
    },
  },
  {
    name: 'a range from one time to another shows the sessions that were open in it',
    async run(stage) {
      const { page, sessions } = await openKnown(stage);
      await page.getByLabel('Time range').selectOption('custom');
      const from = toSecond(Date.now() - 100 * HOUR);
      const second = toSecond(Date.now() - 10 * HOUR);
      const to = second + 999;
      const isAfter = (session: KnownSession) => wasOpen(session, from, Number.POSITIVE_INFINITY);
      await page.getByLabel('From', { exact: true }).fill(inputTime(from));
      await showsOnly(page, sessions.filter(isAfter), 'from', sessions.length);
      await page.getByLabel('To', { exact: true }).fill(inputTime(second));
      const matching = sessions.filter((session) => wasOpen(session, from, to));
      await showsOnly(page, matching, 'from and to', sessions.length);
      const params = new URL(page.url()).searchParams;
      equal([params.get('from'), params.get('to')], [String(from), String(to)], 'times in the address');
      await page.getByLabel('From', { exact: true }).fill('');
      const isBefore = (session: KnownSession) => wasOpen(session, 0, to);
      await showsOnly(page, sessions.filter(isBefore), 'to', sessions.length);
      return `${matching.length} of ${sessions.length} in the range`;
    },
  },
  {
    name: 'filters by server, client, tool and errors combine, and Clear ends them',
    async run(stage) {
      const { page, sessions } = await openKnown(stage);
      await page.getByRole('combobox', { name: 'Server' }).selectOption('shop');
      const inShop = sessions.filter(({ service }) => service === 'shop');
      await showsOnly(page, inShop, 'server', sessions.length);
      await page.getByRole('button', { name: 'Errors only' }).click();
      const failed = inShop.filter(({ errors }) => errors > 0);
      ok(failed.length > 1, 'too few sessions with errors');
      await showsOnly(page, failed, 'server and errors', sessions.length);
      await page.getByRole('searchbox').fill(failed[0]!.client);
      const ofClient = failed.filter(({ client }) => client === failed[0]!.client);
      await showsOnly(page, ofClient, 'server, errors and client', sessions.length);
      await page.getByRole('button', { name: 'Clear', exact: true }).click();
      await showsOnly(page, sessions, 'cleared', sessions.length);
      equal(new URL(page.url()).search, '', 'address after Clear');
      equal(await page.getByRole('searchbox').inputValue(), '', 'what is typed after Clear');
      const options = await page.getByRole('combobox', { name: 'Server' }).locator('option').allInnerTexts();
      equal(options, ['All servers', ...SERVICES], 'servers to choose from');
      return `${inShop.length}, ${failed.length}, ${ofClient.length}, ${sessions.length} sessions`;
    },
  },
  {
    name: 'a client or a tool in the address restricts the sessions to it, until it is taken away',
    async run(stage) {
      const { sessions, ui } = await stage.known();
      const page = await stage.open(`${ui.url}/?client=inspector`, TALL);
      const matching = sessions.filter(({ client }) => client === 'inspector');
      await showsOnly(page, matching, 'client', sessions.length);
      await page.getByRole('button', { name: 'Any client' }).click();
      await showsOnly(page, sessions, 'any client', sessions.length);
      await page.goto(`${ui.url}/?tool=create_payment`);
      const calling = sessions.filter(({ tools }) => tools.includes('create_payment'));
      await showsOnly(page, calling, 'tool', sessions.length);
      await page.getByRole('button', { name: 'Any tool' }).click();
      await showsOnly(page, sessions, 'any tool', sessions.length);
      return `${matching.length} of inspector, ${calling.length} with create_payment`;
    },
  },
  {
    name: 'where nothing matches the page says so, and offers to clear',
    async run(stage) {
      const { page, sessions } = await openKnown(stage);
      await page.getByRole('searchbox').fill('no such thing');
      await page.getByRole('heading', { name: 'No session matches' }).waitFor();
      equal(await idsOf(page), [], 'rows');
      await page.getByRole('button', { name: 'Clear all filters' }).click();
      await showsOnly(page, sessions, 'cleared', sessions.length);
      return 'no row, and after it all rows';
    },
  },
];

export async function openKnown(stage: Stage): Promise<{ page: Page; sessions: readonly KnownSession[] }> {
  const { sessions, ui } = await stage.known();
  const page = await stage.open(ui.url, TALL);
  await eventually(async () => equal((await idsOf(page)).length, sessions.length, 'rows at first'));
  return { page, sessions };
}

/** Newest first, and as many as the page says. */
async function showsOnly(
  page: Page,
  expected: readonly KnownSession[],
  what: string,
  total: number,
): Promise<void> {
  const ids = [...expected].sort((a, b) => b.startMs - a.startMs).map(({ id }) => id);
  await eventuallyEqual(() => idsOf(page), ids, what);
  const said = ids.length === total ? `${total} sessions` : `${ids.length} of ${total} sessions`;
  await eventuallyEqual(
    async () => (await page.locator('.summary p').innerText()).trim(),
    said,
    `${what}: the count`,
  );
}

function textOf({ id, client, version, tools }: KnownSession): string {
  return [id, client, version, `${client} ${version}`, ...tools].join('\n').toLowerCase();
}

export function wasOpen({ startMs, lastsMs, status }: KnownSession, from: number, to: number): boolean {
  return startMs <= to && (status === 'active' || startMs + lastsMs >= from);
}

async function pressedIn(page: Page): Promise<string[]> {
  const pressed = page.getByRole('group', { name: 'Status' }).locator('[aria-pressed=true]');
  return (await pressed.allInnerTexts()).map((text) => text.trim().toLowerCase());
}

function toSecond(unixMs: number): number {
  return Math.floor(unixMs / 1_000) * 1_000;
}

/** `2026-11-20T14:03:05`, in the browser's time zone. */
export function inputTime(unixMs: number): string {
  return new Date(unixMs).toLocaleString('sv-SE', { timeZone: TIME_ZONE }).replace(' ', 'T');
}
