import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { PageCheck, Stage } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { type MadeSession, writeRecording } from '../spans.ts';
import { openRow } from '../views.ts';

const CALLS = 1_250;
/** With the start and the end of the session. */
const EVENTS = CALLS + 2;
const FAILED = [3, 700, 1_240];

export const LONG_SESSIONS: readonly PageCheck[] = [
  {
    name: 'a session of many events shows 200, and 200 more each time it is asked to',
    async run(stage) {
      const { page, detail } = await openLong(stage);
      const events = detail.locator('tr.event');
      await eventuallyEqual(() => events.count(), 200, 'events at first');
      const more = detail.getByRole('button', { name: /^Show next/ });
      equal(await more.innerText(), 'Show next 200 of 1,052', 'the button');
      await more.click();
      await toEnd(page, detail.getByRole('button', { name: 'Show next 200 of 852' }));
      ok((await placesOf(events)).includes(399), 'the 400th event is not there');
      await detail.getByRole('button', { name: 'Show the last ones' }).click();
      const last = detail.locator(`[data-place="${EVENTS - 1}"]`);
      await toEnd(page, last);
      equal(await last.locator('.e-name').innerText(), 'session end (idle_timeout)', 'the last event');
      return `${EVENTS} events`;
    },
  },
  {
    name: 'next failure goes to failures that are not loaded yet, and loads what is around them',
    async run(stage) {
      const { page, detail } = await openLong(stage);
      const next = detail.getByRole('button', { name: 'Next failure' });
      for (const place of FAILED) {
        await next.click();
        await eventuallyEqual(() => focusedPlace(page), place + 1, 'place of the failure');
        const box = await detail.locator(`[data-place="${place + 1}"]`).boundingBox();
        ok(box !== null && box.y > 0 && box.y < 900, `the failure is at ${box?.y}`);
      }
      return `${FAILED.length} failures among ${EVENTS} events`;
    },
  },
  {
    name: 'of three calls that were made again two are told, and one more is counted',
    async run(stage) {
      const dir = await stage.tempDir();
      const requests = ['one', 'two', 'three'].flatMap((tool, i) => {
        const call = { method: 'tools/call', tool, latencyMs: 5 };
        return [
          { ...call, atMs: 100 * i, error: 'tool_error' },
          { ...call, atMs: 100 * i + 50 },
        ];
      });
      const session: MadeSession = { id: 'again', startMs: Date.now() - 60_000, requests };
      await writeRecording(join(dir, 'a.traces.jsonl'), [session]);
      const page = await stage.open(`${(await stage.startUi(dir)).url}/?open=again`);
      await page.locator('.trouble').getByText('1 more retry', { exact: true }).waitFor();
      return '2 and 1';
    },
  },
  {
    name: 'nothing of the events shows between the head of the table and the failures that stay below it',
    async run(stage) {
      const { page } = await openLong(stage);
      const head = page.locator('.sessions > thead');
      const bar = page.locator('.trouble');
      const pictures: string[] = [];
      for (const top of [900, 923, 951]) {
        await page.evaluate((y) => scrollTo({ top: y }), top);
        const [above, below] = [(await head.boundingBox())!, (await bar.boundingBox())!];
        const y = above.y + above.height;
        const clip = { x: below.x, y, width: below.width, height: below.y - y };
        ok(clip.height > 0 && clip.height < 12, `the bar stands ${clip.height} px below the head`);
        pictures.push((await page.screenshot({ clip })).toString('base64'));
      }
      equal(new Set(pictures).size, 1, 'different pictures of what is between them');
      return '3 pictures';
    },
  },
];

async function openLong(stage: Stage): Promise<{ page: Page; detail: Locator }> {
  const dir = await stage.tempDir();
  const long: MadeSession = {
    id: 'a-long-session',
    client: 'chatterbox',
    version: '1.0.0',
    startMs: Date.now() - 7_200_000,
    requests: Array.from({ length: CALLS }, (_, i) => ({
      method: 'tools/call',
      tool: `tool-${i % 7}`,
      atMs: 10 + i * 1_000,
      latencyMs: 5 + (i % 90),
      ...(FAILED.includes(i) && { error: 'tool_error', message: `number ${i}` }),
    })),
    endAfterMs: CALLS * 1_000 + 5_000,
    endReason: 'idle_timeout',
  };
  await writeRecording(join(dir, 'long.traces.jsonl'), [long]);
  const ui = await stage.startUi(dir);
  const page = await stage.open(ui.url);
  await page.locator('[role=row][aria-level="1"]').first().waitFor();
  return { page, detail: await openRow(page, long.id) };
}

/** Scrolls down until something is there: what is above it gets its height only when it has been in view. */
export async function toEnd(page: Page, wanted: Locator): Promise<void> {
  await eventually(async () => {
    await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight }));
    await wanted.waitFor({ timeout: 1_000 });
  });
}

async function placesOf(events: Locator): Promise<number[]> {
  return events.evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset['place'])));
}

function focusedPlace(page: Page): Promise<number> {
  return page.evaluate(() => Number((document.activeElement as HTMLElement | null)?.dataset['place']));
}
