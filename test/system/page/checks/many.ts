import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { PageCheck } from '../check.ts';
import { equal, eventually, ok } from '../expect.ts';
import { otlpOf } from '../spans.ts';

const SESSIONS = 20_000;
const MOST_ROWS = 200;
const OPEN_MS = 20_000;

export const MANY: readonly PageCheck[] = [
  {
    name: '20,000 sessions open, scroll to the end without blank rows, and few are in the document',
    async run(stage) {
      const dir = await stage.tempDir();
      await writeMany(join(dir, 'many.traces.jsonl'));
      const startedAt = Date.now();
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url);
      const summary = page.locator('.summary p');
      await eventually(async () => equal(await summary.innerText(), '20,000 sessions', 'count'), OPEN_MS);
      const openMs = Date.now() - startedAt;
      await showsRows(page);
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      for (const share of [0.13, 0.37, 0.5, 0.76, 0.99, 1, 0]) {
        await page.evaluate((top) => scrollTo({ top }), height * share);
        await showsRows(page);
      }
      await page.evaluate((top) => scrollTo({ top }), height);
      await showsRows(page);
      const places = await page
        .locator('[role=row][aria-level="1"]')
        .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex')) - 1));
      equal(Math.max(...places), SESSIONS, 'the last row');
      const rows = await rowsInDocument(page);
      await searches(page);
      return `open after ${(openMs / 1000).toFixed(1)} s, ${rows} rows in the document`;
    },
  },
];

/** The rows in view have their cells, and the document has few rows. */
async function showsRows(page: Page): Promise<void> {
  await eventually(async () => {
    const { empty, inView } = await page.evaluate(() => {
      const rows = [...document.querySelectorAll('[role=row][aria-level="1"]')].filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      });
      return {
        empty: rows.filter((row) => row.querySelectorAll('[role=gridcell]').length !== 8).length,
        inView: rows.length,
      };
    });
    ok(inView >= 15 && empty === 0, `${inView} rows in view, ${empty} of them empty`);
  });
  const rows = await rowsInDocument(page);
  ok(rows < MOST_ROWS, `${rows} rows are in the document`);
}

async function searches(page: Page): Promise<void> {
  await page.getByRole('searchbox').fill('session-19999');
  const summary = page.locator('.summary p');
  await eventually(async () =>
    equal(await summary.innerText(), '1 of 20,000 sessions', 'count of the search'),
  );
  equal(await rowsInDocument(page), 1, 'rows of the search');
}

function rowsInDocument(page: Page): Promise<number> {
  return page.locator('[role=row][aria-level="1"]').count();
}

async function writeMany(path: string): Promise<void> {
  const file = createWriteStream(path);
  const now = Date.now();
  for (let i = 0; i < SESSIONS; i += 1) {
    const session = {
      id: `session-${String(i).padStart(5, '0')}`,
      client: `client-${i % 50}`,
      version: '1.0.0',
      startMs: now - 60_000 - i * 20_000,
      requests: [{ method: 'tools/call', tool: `tool-${i % 20}`, atMs: 10, latencyMs: i % 100 }],
      endAfterMs: 1_000 + (i % 500),
      endReason: 'stdin_eof',
    };
    if (!file.write(`${JSON.stringify(otlpOf(session))}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}
