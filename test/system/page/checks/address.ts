import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import type { PageCheck } from '../check.ts';
import { eventsOf } from '../demo-recording.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { readSpans, type SpanJson, spansIn } from '../recorded-spans.ts';
import { idsOf, itemOf, openRow, rowOf } from '../views.ts';
import { sessionOf } from './expansion.ts';
import { openKnown } from './filters.ts';

export const ADDRESS: readonly PageCheck[] = [
  {
    name: 'the address restores the sessions that are shown: reload, another tab, back and forward',
    async run(stage) {
      const { page } = await openKnown(stage);
      // The address changes before the list does.
      const answered = page.waitForResponse((response) =>
        ['/api/sessions?', 'q=e', 'status=ended', 'sort=calls'].every((part) =>
          response.url().includes(part),
        ),
      );
      await page.getByRole('searchbox').fill('e');
      await page.getByRole('button', { name: 'Ended' }).click();
      await page.getByRole('columnheader', { name: 'Calls' }).getByRole('button').click();
      await eventually(async () => ok(page.url().includes('sort=calls'), page.url()));
      await answered;
      const ids = await settled(page);
      const open = ids[2]!;
      await openRow(page, open);
      const address = page.url();
      await page.reload();
      await restored(page, ids, open);
      const other = await page.context().newPage();
      await other.goto(address);
      await restored(other, ids, open);
      await other.close();
      await page.goBack();
      await page.locator('.detail').waitFor({ state: 'detached' });
      equal(await settled(page), ids, 'sessions after one step back');
      await page.goBack();
      await eventuallyEqual(
        () => page.getByRole('columnheader', { name: 'Started' }).getAttribute('aria-sort'),
        'descending',
        'sorting after two steps back',
      );
      await page.goForward();
      await page.goForward();
      await restored(page, ids, open);
      return `${ids.length} sessions, one of them open, by ${new URL(address).search}`;
    },
  },
  {
    name: 'the address restores the tab, its sorting and what is open in it',
    async run(stage) {
      const { ui } = await stage.known();
      const page = await stage.open(ui.url);
      await page.getByRole('link', { name: 'Tools', exact: true }).click();
      await page.getByLabel('Time range').selectOption('7d');
      await page.getByRole('columnheader', { name: 'p95' }).getByRole('button').click();
      await page.locator('.expander').first().click();
      await page.locator('.discovery').waitFor();
      const tools = () => page.locator('tbody .t-name').allInnerTexts();
      const before = await tools();
      await page.reload();
      await page.locator('.discovery').waitFor();
      equal(await tools(), before, 'tools after the reload');
      equal(await page.getByLabel('Time range').inputValue(), '7d', 'range');
      await page.getByRole('link', { name: 'Overview' }).click();
      await page.locator('.totals').waitFor();
      equal(await page.getByLabel('Time range').inputValue(), '7d', 'range in the other tab');
      await page.reload();
      await page.locator('.totals').waitFor();
      equal(await page.locator('nav [aria-current=page]').innerText(), 'Overview', 'tab');
      return `${before.length} tools by p95, one open`;
    },
  },
  {
    name: 'the copy buttons put the whole id and a link to the session into the clipboard',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const page = await stage.open(ui.url);
      const { id } = sessionOf(recording.sessions, 'inspector');
      const row = rowOf(page, id);
      await row.hover();
      await row.getByRole('button', { name: /^Copy/ }).click();
      await eventuallyEqual(() => clipboard(page), id, 'id in the clipboard');
      equal(await page.locator('.detail').count(), 0, 'sessions that the click opened');
      const detail = await openRow(page, id);
      await detail.getByRole('button', { name: /Copy a link|Copy link/ }).click();
      await eventually(async () => ok((await clipboard(page)).startsWith('http'), 'no link'));
      const link = await clipboard(page);
      const other = await page.context().newPage();
      await other.goto(link);
      await itemOf(other, id).locator('tr.event').first().waitFor();
      equal(await other.locator('.detail').count(), 1, 'open sessions behind the link');
      return `the link leads to ${new URL(link).search}`;
    },
  },
  {
    name: 'a session exports as the spans that were recorded, and as Markdown with its events',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const page = await stage.open(ui.url);
      const { id } = sessionOf(recording.sessions, 'payment-agent');
      const detail = await openRow(page, id);
      const otlp = JSON.parse(await downloaded(page, detail, 'Export OTLP JSON'));
      const recorded = (await readSpans(recording.dir)).filter(({ sessionId }) => sessionId === id);
      equal(comparable(spansIn(otlp)), comparable(recorded), 'spans');
      const markdown = await downloaded(page, detail, 'Export Markdown');
      const events = await eventsOf(recording.dir, id);
      for (const { target, method, error } of events) {
        for (const text of [target, method, error]) {
          if (text !== null) ok(markdown.includes(text), `the Markdown lacks ${text}`);
        }
      }
      ok(markdown.includes(id), 'the Markdown lacks the id');
      return `${recorded.length} spans, ${markdown.split('\n').length} lines of Markdown`;
    },
  },
];

/** The order when it has come to rest. */
async function settled(page: Page): Promise<string[]> {
  await page.locator('.refreshing').waitFor({ state: 'detached' });
  let before = await idsOf(page);
  return eventually(async () => {
    const now = await idsOf(page);
    const isSame = now.length > 0 && now.join() === before.join();
    before = now;
    ok(isSame, 'the order goes on changing');
    return now;
  });
}

async function restored(page: Page, ids: readonly string[], open: string): Promise<void> {
  await itemOf(page, open).locator('tr.event').first().waitFor();
  await eventuallyEqual(() => idsOf(page), ids, 'sessions');
  equal(await page.getByRole('searchbox').inputValue(), 'e', 'search');
  const calls = page.getByRole('columnheader', { name: 'Calls' });
  equal(await calls.getAttribute('aria-sort'), 'descending', 'sorting');
  equal(await page.getByRole('button', { name: 'Ended' }).getAttribute('aria-pressed'), 'true', 'status');
  equal(await page.locator('.detail').count(), 1, 'open sessions');
}

function clipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

async function downloaded(page: Page, detail: Locator, name: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    detail.getByRole('link', { name }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

function comparable(spans: readonly SpanJson[]): object[] {
  return spans
    .map(({ spanId, name, startNanos, endNanos, attributes }) => ({
      spanId,
      name,
      startNanos,
      endNanos,
      attributes: Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))),
    }))
    .sort((a, b) => (a.spanId < b.spanId ? -1 : 1));
}
