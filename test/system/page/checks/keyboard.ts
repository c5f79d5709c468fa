import type { Page } from 'playwright-core';
import type { PageCheck } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { idsOf, itemOf } from '../views.ts';
import { sessionOf } from './expansion.ts';

const MOST_STOPS = 60;

export const KEYBOARD: readonly PageCheck[] = [
  {
    name: 'by the keyboard alone: search, filter, move, open, next failure, export, close, change tabs',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const page = await stage.open(ui.url);
      const { sessions } = recording;
      await eventuallyEqual(async () => (await idsOf(page)).length, sessions.length, 'rows');
      const { keyboard } = page;
      await keyboard.press('/');
      equal(await focusedName(page), 'Search', 'focus after /');
      await keyboard.type('get-sum');
      const found = sessions.filter(({ tools }) => tools.includes('get-sum')).map(({ id }) => id);
      await eventuallyEqual(() => idsOf(page), found, 'sessions that were searched for');
      await tabTo(page, 'Errors only');
      await keyboard.press('Enter');
      const { id } = sessionOf(sessions, 'inspector');
      await eventuallyEqual(() => idsOf(page), [id], 'sessions with errors');
      await tabTo(page, 'Clear');
      await keyboard.press('Enter');
      const ids = sessions.map((session) => session.id);
      await eventuallyEqual(() => idsOf(page), ids, 'sessions after Clear');
      await tabToRows(page);
      equal(await focusedRow(page), ids[0], 'the row that Tab comes to');
      await moves(page, ids);
      while ((await focusedRow(page)) !== id) await keyboard.press('ArrowDown');
      await keyboard.press('Enter');
      await itemOf(page, id).locator('tr.event').first().waitFor();
      await tabTo(page, 'Next failure');
      await keyboard.press('Enter');
      await eventually(async () =>
        ok((await focusedClass(page)).includes('outcome-error'), 'no failure has the focus'),
      );
      const first = await focusedPlace(page);
      await keyboard.press('n');
      await eventually(async () => ok((await focusedPlace(page)) !== first, 'n does not go on'));
      await tabTo(page, 'Export Markdown', 'Shift+Tab');
      const [download] = await Promise.all([page.waitForEvent('download'), keyboard.press('Enter')]);
      await keyboard.press('Escape');
      await page.locator('.detail').waitFor({ state: 'detached' });
      equal(await focusedRow(page), id, 'focus after Escape');
      await tabTo(page, 'Overview', 'Shift+Tab');
      await keyboard.press('Enter');
      await page.locator('.totals').waitFor();
      return `exported ${download.suggestedFilename()}`;
    },
  },
  {
    name: 'what has the focus shows it, on every tab',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const { id } = sessionOf(recording.sessions, 'inspector');
      let stops = 0;
      for (const [address, ready] of [
        [`/?open=${id}`, 'tr.event'],
        ['/?tab=tools', 'table.data'],
        ['/?tab=overview', '.totals'],
      ] as const) {
        const page = await stage.open(`${ui.url}${address}`);
        await page.locator(ready).first().waitFor();
        stops += await eachStopIsVisible(page);
        await page.close();
      }
      return `${stops} stops`;
    },
  },
  {
    name: 'the key ? shows what the keys do, and Escape hides it',
    async run(stage) {
      const { ui } = await stage.demo();
      const page = await stage.open(ui.url);
      await page.keyboard.press('?');
      const dialog = page.getByRole('dialog', { name: 'Keys' });
      await dialog.waitFor();
      const keys = await dialog.locator('dt').allInnerTexts();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      return keys.map((key) => key.trim()).join(', ');
    },
  },
];

async function moves(page: Page, ids: readonly string[]): Promise<void> {
  for (const [key, place] of [
    ['ArrowDown', 1],
    ['ArrowDown', 2],
    ['ArrowUp', 1],
    ['End', ids.length - 1],
    ['Home', 0],
  ] as const) {
    await page.keyboard.press(key);
    await eventuallyEqual(() => focusedRow(page), ids[place], `row after ${key}`);
  }
}

async function tabTo(page: Page, name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < MOST_STOPS; i += 1) {
    await page.keyboard.press(key);
    const focused = await focusedName(page);
    if (focused === name) return;
    passed.push(focused);
  }
  throw new Error(`${key} does not come to ${name}, but to ${passed.join(', ')}`);
}

async function tabToRows(page: Page): Promise<void> {
  for (let i = 0; i < MOST_STOPS; i += 1) {
    await page.keyboard.press('Tab');
    if ((await focusedRow(page)) !== undefined) return;
  }
  throw new Error('Tab does not come to the rows');
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement as HTMLElement | null;
    const label =
      focused?.getAttribute('aria-label') ?? (focused as HTMLInputElement | null)?.labels?.[0]?.innerText;
    return (label ?? focused?.innerText ?? '').replace(/\s*\n.*$/s, '').trim();
  });
}

/** The id of the session whose row has the focus. */
function focusedRow(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (focused?.getAttribute('aria-level') !== '1') return undefined;
    return focused.querySelector('[title]:not(button)')?.getAttribute('title')?.split(' · ')[0];
  });
}

function focusedClass(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.className ?? '');
}

function focusedPlace(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['place']);
}

/** Goes through all that Tab comes to; each must have an outline, or its frame must. */
async function eachStopIsVisible(page: Page): Promise<number> {
  const seen = new Set<string>();
  for (let i = 0; i < MOST_STOPS; i += 1) {
    await page.keyboard.press('Tab');
    const { key, what, isVisible } = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement;
      const box = focused.getBoundingClientRect();
      const hasOutline = (element: Element | null) => {
        if (element === null) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
      };
      return {
        key: `${focused.tagName} ${Math.round(box.x)} ${Math.round(box.y + scrollY)}`,
        what: `${focused.tagName.toLowerCase()}.${focused.className} ${focused.innerText.slice(0, 40)}`,
        isVisible: focused === document.body || hasOutline(focused) || hasOutline(focused.parentElement),
      };
    });
    ok(isVisible, `nothing shows that ${what} has the focus`);
    if (seen.has(key)) break;
    seen.add(key);
  }
  return seen.size;
}
