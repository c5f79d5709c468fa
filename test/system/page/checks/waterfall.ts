import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { BOOKING, bookingLines, IDS, STACK, TRACE } from '../booking.ts';
import type { PageCheck, Stage } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { callOf, hexId, lineOf, type TracedSpan } from '../traced-spans.ts';
import { eventsIn, openRow } from '../views.ts';
import { isAsWideAsItsWindow, nothingRan, openWatched } from './hostile.ts';
import { toEnd } from './long-sessions.ts';

const CALLS = 2_500;
/** Each call with three spans below it. */
const SPANS = CALLS * 4;
/** Of most frames while it is scrolled, on a machine with other work, and of rows in the document. */
const [MOST_FRAME_MS, MOST_ROWS] = [60, 420];

export const WATERFALL: readonly PageCheck[] = [
  {
    name: 'spans stand below the request that they belong to, on one axis, and none is lost',
    async run(stage) {
      const { detail } = await openBooking(stage);
      equal(
        await levelsOf(detail),
        [
          [3, 'session start'],
          [3, 'tools/call search'],
          [4, 'read cache'],
          [3, 'tools/call book'],
          [4, 'POST provider.example/charges'],
          [3, 'clean up'],
        ],
        'levels and names',
      );
      const [, search, cache, book, charge] = await eventsIn(detail);
      // Ten minutes of pause are drawn short: the calls fill most of the axis.
      ok(book!.bar!.width > 50 && book!.bar!.width < 90, `the longest call is ${book!.bar!.width} % wide`);
      ok(search!.bar!.from < cache!.bar!.from && cache!.bar!.from < book!.bar!.from, 'bars are out of order');
      ok(charge!.bar!.from > book!.bar!.from && charge!.bar!.width < book!.bar!.width, 'a bar sticks out');
      const widths = await detail
        .locator('.e-latency .bar > span')
        .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
      ok(
        widths.every((width) => width >= 3),
        `bars of ${widths.join(', ')} px`,
      );
      return `${widths.length} bars`;
    },
  },
  {
    name: 'branches close and open, one and all, by the mouse and by the keyboard',
    async run(stage) {
      const { page, detail } = await openBooking(stage);
      const names = async () => (await levelsOf(detail)).map(([, name]) => name);
      const book = detail.locator('tr.event', { hasText: 'tools/call book' });
      await book.getByRole('button', { name: 'Hide 1 event below' }).click();
      await eventually(async () =>
        ok(!(await names()).includes('POST provider.example/charges'), 'it is open'),
      );
      equal(await book.getAttribute('aria-expanded'), 'false', 'aria-expanded');
      await detail.getByRole('button', { name: 'Collapse all' }).click();
      await eventuallyEqual(async () => (await names()).length, 4, 'events when all is closed');
      await detail.getByRole('button', { name: 'Expand all' }).click();
      await eventuallyEqual(async () => (await names()).length, 6, 'events when all is open');
      await byKeys(page, detail);
      return 'closed and opened';
    },
  },
  {
    name: 'a request opens to its ids and its whole trace, with the spans of other services',
    async run(stage) {
      const { page, detail } = await openBooking(stage, [
        '--trace-url',
        'http://127.0.0.1:16686/trace/{traceId}',
      ]);
      await detail.getByRole('button', { name: 'Trace and IDs of book' }).click();
      const panel = detail.locator('.event-panel');
      const spans = panel.locator('.span');
      await eventuallyEqual(() => spans.count(), 5, 'spans of the trace');
      equal(
        await spans.evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-level')))),
        [4, 5, 6, 7, 8],
        'levels',
      );
      equal(
        await spans.locator('.s-service').allInnerTexts(),
        ['travel-agent', 'bookings', 'bookings', 'bookings', 'provider'],
        'services',
      );
      for (const [name, id] of [
        ['Trace', TRACE],
        ['Span', IDS.book],
        ['Request', 'request-2'],
        ['JSON-RPC', '2'],
      ] as const) {
        await panel.getByRole('button', { name: `Copy the ${name} ID` }).click();
        await eventuallyEqual(() => page.evaluate(() => navigator.clipboard.readText()), id, `${name} ID`);
      }
      const link = panel.getByRole('link', { name: 'Open the trace in 127.0.0.1:16686' });
      equal(await link.getAttribute('href'), `http://127.0.0.1:16686/trace/${TRACE}`, 'link');
      await spans.nth(4).click();
      await panel.locator('.span-detail').getByText(IDS.provider).waitFor();
      await isAsWideAsItsWindow(page, 'the trace');
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
      // In the session's own trace, other requests are left out.
      await detail.getByRole('button', { name: 'Trace and IDs of search' }).click();
      await eventuallyEqual(() => spans.count(), 2, 'spans of a request in the trace of the session');
      return '5 spans of 3 services';
    },
  },
  {
    name: 'the stack of an exception comes when it is asked for, as text, and stands in the Markdown',
    async run(stage) {
      const { page, detail } = await openBooking(stage);
      const stack = detail.locator('details.payload', { hasText: 'Stack' });
      await stack.locator('summary').click();
      await eventually(async () => equal(await stack.locator('pre').innerText(), STACK, 'stack'));
      await nothingRan(stage, page);
      const { origin } = new URL(page.url());
      const answer = await page.request.get(`${origin}/api/session/export?id=${BOOKING}&as=markdown`);
      const report = await answer.text();
      ok(report.includes(`## Exceptions`) && report.includes(STACK), 'the report lacks the stack');
      ok(report.includes(`Trace \`${TRACE}\`, span \`${IDS.book}\``), 'the report lacks the ids');
      return `${STACK.length} characters`;
    },
  },
  {
    name: 'the page keeps a link to traces of its own, and takes none that is not of the web',
    async run(stage) {
      const { page, detail } = await openBooking(stage);
      const open = detail.getByRole('button', { name: 'Trace and IDs of book' });
      await open.click();
      equal(await detail.locator('.event-ids a').count(), 0, 'links before one is set');
      await page.getByRole('button', { name: 'Settings' }).click();
      const dialog = page.getByRole('dialog', { name: 'Settings' });
      const input = dialog.getByRole('textbox');
      const save = dialog.getByRole('button', { name: 'Save' });
      for (const bad of ['javascript:alert("{traceId}")', 'http://x/', 'http://{traceId}.example/']) {
        await input.fill(bad);
        ok(await save.isDisabled(), `${bad} can be saved`);
      }
      await input.fill('https://grafana.example/explore?trace={traceId}&from={startMs}');
      await save.click();
      const link = detail.getByRole('link', { name: 'Open the trace in grafana.example' });
      ok(
        ((await link.getAttribute('href')) ?? '').includes(`trace=${TRACE}&from=1`),
        'the link is not filled in',
      );
      await page.reload();
      await open.click();
      await link.waitFor();
      await page.evaluate(() =>
        localStorage.setItem('mcp-sessionscope.trace-url', 'javascript:alert(1)//{traceId}'),
      );
      await page.reload();
      await open.click();
      await detail.locator('.span').first().waitFor();
      equal(await detail.locator('.event-ids a').count(), 0, 'links of what somebody else has put there');
      return 'kept';
    },
  },
  {
    name: '10,000 spans of a session scroll smoothly, and few are in the document',
    async run(stage) {
      const dir = await stage.tempDir();
      await writeFile(join(dir, 'many.traces.jsonl'), manySpans(Date.now() - 3_600_000));
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url);
      await page.locator('[role=row][aria-level="1"]').first().waitFor();
      const detail = await openRow(page, 'many');
      await detail.getByRole('button', { name: 'Show all' }).click();
      const events = detail.locator('tr.event');
      const frames = await scrollThrough(page);
      const median = frames.toSorted((a, b) => a - b)[frames.length >> 1]!;
      ok(median < MOST_FRAME_MS, `half of the frames took more than ${Math.round(median)} ms`);
      await toEnd(page, detail.locator(`[data-place="${SPANS - 1}"]`));
      const count = await events.count();
      ok(count < MOST_ROWS, `${count} events are in the document`);
      await detail.locator(`[data-place="${SPANS - 1}"]`).focus();
      await page.keyboard.press('ArrowLeft');
      await eventuallyEqual(() => focusedLevel(page), '5', 'level of what is above the last');
      return `frames of ${Math.round(median)} ms, at most ${Math.round(Math.max(...frames))}; ${count} events in the document`;
    },
  },
];

async function openBooking(
  stage: Stage,
  args: readonly string[] = [],
): Promise<{ page: Page; detail: Locator }> {
  const dir = await stage.tempDir();
  await writeFile(join(dir, 'a.traces.jsonl'), bookingLines(Date.now() - 700_000));
  const ui = await stage.startUi(dir, { args });
  const page = await openWatched(stage, `${ui.url}/?open=${BOOKING}`);
  const detail = page.locator('.detail');
  await detail.locator('tr.event').first().waitFor();
  return { page, detail };
}

/** Level and name of each event. */
function levelsOf(detail: Locator): Promise<[number, string][]> {
  return detail
    .locator('tr.event')
    .evaluateAll((rows) =>
      rows.map((row) => [
        Number(row.getAttribute('aria-level')),
        (row.querySelector<HTMLElement>('.e-name')?.innerText ?? '').replace(/\s+/g, ' '),
      ]),
    );
}

async function byKeys(page: Page, detail: Locator): Promise<void> {
  const { keyboard } = page;
  const focused = () =>
    page.evaluate(() => document.activeElement?.querySelector<HTMLElement>('.e-name')?.innerText ?? '');
  await detail.locator('tr.event').first().focus();
  for (const [key, name] of [
    ['ArrowDown', 'tools/call search'],
    ['ArrowRight', 'read cache'],
    ['ArrowLeft', 'tools/call search'],
    ['ArrowLeft', 'tools/call search'],
    ['ArrowDown', 'tools/call book'],
    ['End', 'clean up'],
    ['Home', 'session start'],
  ] as const) {
    await keyboard.press(key);
    await eventuallyEqual(async () => (await focused()).replace(/\s+/g, ' '), name, `event after ${key}`);
  }
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await detail.locator('.event-panel .span').first().waitFor();
  await keyboard.press('Escape');
  await detail.locator('.event-panel').waitFor({ state: 'detached' });
}

/** Milliseconds between the frames while a session is scrolled through. */
function scrollThrough(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const end = document.documentElement.scrollHeight - innerHeight;
    const frames: number[] = [];
    let last = performance.now();
    for (let step = 1; step <= 60; step += 1) {
      scrollTo({ top: (end * step) / 60 });
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = performance.now();
      frames.push(now - last);
      last = now;
    }
    return frames;
  });
}

function focusedLevel(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.getAttribute('aria-level') ?? null);
}

function manySpans(startMs: number): string {
  const lines = Array.from({ length: CALLS }, (_, call) => {
    const traceId = hexId(call + 1, 32);
    const at = startMs + call * 1_000;
    const request: TracedSpan = {
      ...callOf('many', `tool-${call % 9}`, call),
      traceId,
      spanId: hexId(1, 16),
      startMs: at,
      lastsMs: 400,
    };
    const below = [2, 3, 4].map(
      (n): TracedSpan => ({
        ...{ name: `step ${n} of ${call}`, traceId, spanId: hexId(n, 16), parent: hexId(n - 1, 16) },
        ...{ startMs: at + n * 10, lastsMs: 200, attributes: { 'mcp.client.session.id': 'many' } },
      }),
    );
    return lineOf('long', [request, ...below]);
  });
  return lines.join('');
}
