import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BOOKING, IDS, STACK, TRACE } from '../booking.ts';
import type { PageCheck } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { callOf, hexId, lineOf } from '../traced-spans.ts';
import { isAsWideAsItsWindow, nothingRan } from './hostile.ts';
import { isAccessible } from './looks.ts';
import { openBooking } from './waterfall.ts';

export const TRACES: readonly PageCheck[] = [
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
      await nothingRan(stage, page);
      await isAsWideAsItsWindow(page, 'the trace');
      await isAccessible(page, 'the trace');
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
      // In the session's own trace, other requests are left out.
      await detail.getByRole('button', { name: 'Trace and IDs of search' }).click();
      await eventuallyEqual(() => spans.count(), 2, 'spans of a request in the trace of the session');
      return '5 spans of 3 services';
    },
  },
  {
    name: 'of a trace of more spans than are read, the event that was opened is marked and in view',
    async run(stage) {
      const dir = await stage.tempDir();
      const startMs = Date.now() - 3_600_000;
      await writeFile(join(dir, 'many.traces.jsonl'), manySteps(startMs));
      const page = await stage.open(`${(await stage.startUi(dir)).url}/?open=many-steps`);
      await page.getByRole('button', { name: 'Trace and IDs of book' }).click();
      const own = page.locator('.span.own');
      await eventually(async () => {
        const [row, frame] = [await own.boundingBox(), await page.locator('.trace-frame').boundingBox()];
        ok(row !== null && frame !== null, 'it is not there');
        ok(row.y >= frame.y && row.y + row.height <= frame.y + frame.height, 'it is out of view');
      });
      ok((await own.innerText()).includes('tools/call book'), 'another span is marked');
      const about = await page.locator('.trace-about').innerText();
      ok(about.endsWith(', 502 more of the trace left out'), about);
      return about;
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
      await isAccessible(page, 'the settings');
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
];

/** A call at the end of an agent's work of more steps than are read. */
function manySteps(startMs: number): string {
  const agent = { name: 'agent', traceId: TRACE, spanId: IDS.agent, startMs, lastsMs: 600_000 };
  const steps = Array.from({ length: 10_500 }, (_, i) => ({
    name: 'step',
    traceId: TRACE,
    spanId: hexId(0x10000 + i, 16),
    parent: IDS.agent,
    startMs: startMs + 1 + i,
    lastsMs: 1,
  }));
  const book = { ...callOf('many-steps', 'book', 1), traceId: TRACE, spanId: IDS.book, parent: IDS.agent };
  return [
    lineOf('travel-agent', [agent, ...steps]),
    lineOf('bookings', [{ ...book, startMs: startMs + 500_000, lastsMs: 5 }]),
  ].join('');
}
