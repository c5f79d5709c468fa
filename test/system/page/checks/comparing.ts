import type { Page } from 'playwright-core';
import type { PageCheck, Stage } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import type { KnownSession } from '../known.ts';
import { idsOf, rowOf } from '../views.ts';
import { openKnown } from './filters.ts';
import { isAsWideAsItsWindow } from './hostile.ts';
import { isAccessible, keepPicture } from './looks.ts';

const FACTS = 'What is known of both sessions';
const EVENTS = 'What happened in both sessions';

export const COMPARING: readonly PageCheck[] = [
  {
    name: 'two sessions that are chosen by the mouse stand side by side, and what differs is marked',
    async run(stage) {
      const { page, sessions } = await openKnown(stage);
      const [left, right] = twoOf(sessions);
      await choose(page, left.id, 'Compare');
      await page.getByText('Choose the session to set beside').waitFor();
      await choose(page, right.id, 'Compare with the chosen session');
      await page.getByRole('table', { name: FACTS }).waitFor();
      equal(comparedIn(page), [left.id, right.id], 'ids in the address');
      const facts = await factsIn(page);
      for (const [name, value] of [
        ['Client', ({ client }: KnownSession) => client],
        ['Server', ({ service }: KnownSession) => service],
        ['Calls', ({ calls }: KnownSession) => String(calls)],
      ] as const) {
        const expected = [value(left), value(right)];
        equal(facts[name], [...expected, expected[0] !== expected[1]], name);
      }
      const rows = await stepsIn(page);
      equal(rows.filter(([a]) => a !== '').length, left.calls + 2, 'events of the first');
      equal(rows.filter(([, b]) => b !== '').length, right.calls + 2, 'events of the second');
      for (const [a, b, isMarked] of rows.slice(0, 3)) equal([a, isMarked], [b, false], 'a step of both');
      await page.getByRole('button', { name: 'By time' }).click();
      await eventually(async () =>
        equal((await stepsIn(page)).length, left.calls + right.calls + 4, 'rows by time'),
      );
      await page.reload();
      await page.getByRole('table', { name: EVENTS }).waitFor();
      await page.getByRole('button', { name: 'Swap sides' }).click();
      await eventuallyEqual(async () => comparedIn(page), [right.id, left.id], 'ids after a swap');
      await page.getByRole('button', { name: 'Back to all sessions' }).click();
      await eventuallyEqual(
        async () => (await idsOf(page)).length,
        sessions.length,
        'rows after the way back',
      );
      return `${rows.length} steps`;
    },
  },
  {
    name: 'two sessions are chosen and left by the keyboard alone',
    async run(stage) {
      const { page, sessions } = await openKnown(stage);
      await page.locator('[data-row][tabindex="0"]').focus();
      await page.keyboard.press('c');
      await page.getByText('Choose the session to set beside').waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('c');
      await page.getByRole('table', { name: EVENTS }).waitFor();
      equal(comparedIn(page), [sessions[0]!.id, sessions[2]!.id], 'ids in the address');
      const focused = await page.evaluate(() => document.activeElement?.textContent);
      equal(focused, 'Two sessions side by side', 'focus');
      await page.keyboard.press('Escape');
      await eventuallyEqual(async () => (await idsOf(page)).length, sessions.length, 'rows after Escape');
      return 'c, ↓ ↓ c, Esc';
    },
  },
  {
    name: 'a session that is not recorded is said to be missing, beside the way back',
    async run(stage) {
      const { sessions, ui } = await stage.known();
      stage.watch.allow(/404/);
      const page = await stage.open(`${ui.url}/?compare=${sessions[0]!.id}&compare=nobody`);
      await page.getByRole('alert').waitFor();
      await page.getByRole('button', { name: 'Back to all sessions' }).click();
      await eventuallyEqual(async () => (await idsOf(page)).length > 0, true, 'rows');
      return 'said';
    },
  },
  ...(['light', 'dark'] as const).map(
    (theme): PageCheck => ({
      name: `two sessions are accessible side by side and above each other, ${theme}`,
      async run(stage) {
        const widths = [400, 1_000, 1_600] as const;
        for (const width of widths) await looksRight(stage, theme, width);
        return widths.join(', ');
      },
    }),
  ),
];

async function looksRight(stage: Stage, theme: 'light' | 'dark', width: number): Promise<void> {
  const { sessions, ui } = await stage.known();
  const [left, right] = twoOf(sessions);
  const page = await stage.open(`${ui.url}/?compare=${left.id}&compare=${right.id}`, { theme, width });
  await page.getByRole('table', { name: EVENTS }).waitFor();
  const [a, b] = await Promise.all(
    ['A', 'B'].map((side) => page.locator(`.compare-facts td[data-side=${side}]`).first().boundingBox()),
  );
  ok(a != null && b != null, 'no facts');
  equal(b.y > a.y + 1, width < 700, `at ${width} px, one above the other`);
  await isAsWideAsItsWindow(page, 'comparing');
  await isAccessible(page, 'comparing');
  await keepPicture(stage, page, `compare-${theme}-${width}`);
}

/** Of different servers, with calls of their own. */
function twoOf(sessions: readonly KnownSession[]): [KnownSession, KnownSession] {
  const left = sessions.find(({ errors }) => errors > 0)!;
  const right = sessions.find(
    ({ service, calls, client }) => service !== left.service && client !== left.client && calls > 4,
  )!;
  return [left, right];
}

async function choose(page: Page, id: string, name: string): Promise<void> {
  const row = rowOf(page, id);
  await row.hover();
  await row.getByRole('button', { name, exact: true }).click();
}

function comparedIn(page: Page): string[] {
  return new URL(page.url()).searchParams.getAll('compare');
}

/** By name: both texts, and whether they are marked. */
async function factsIn(page: Page): Promise<Record<string, [string, string, boolean]>> {
  const rows = await page.locator('.compare-facts tbody tr').evaluateAll((all) =>
    all.map((row) => {
      const [left, right] = [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? '');
      const name = row.querySelector('th')?.firstChild?.textContent ?? '';
      return [name, [left ?? '', right ?? '', row.querySelector('.badge') !== null]] as const;
    }),
  );
  return Object.fromEntries(rows) as Record<string, [string, string, boolean]>;
}

/** What stands beside each other, and whether it is marked. */
function stepsIn(page: Page): Promise<[string, string, boolean][]> {
  return page.locator('.compare-events tbody tr').evaluateAll((all) =>
    all.map((row) => {
      const [left, right] = [...row.querySelectorAll('td')].map(
        (cell) => cell.querySelector('.compare-name')?.textContent ?? '',
      );
      return [left ?? '', right ?? '', row.querySelector('.badge') !== null] as [string, string, boolean];
    }),
  );
}
