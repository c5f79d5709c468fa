import { join } from 'node:path';
import { openPage } from '../browser.ts';
import type { PageCheck } from '../check.ts';
import { equal, eventually, ok } from '../expect.ts';
import { writeRecording } from '../spans.ts';

export const HINTS: readonly PageCheck[] = [
  {
    name: 'a button tells the keys, and leads to the documentation',
    async run(stage) {
      // Browsers ask for one beside a text.
      stage.watch.allow(/favicon/);
      const { ui } = await stage.known();
      const page = await stage.open(`${ui.url}/`, { width: 400 });
      await page.getByRole('button', { name: 'Help' }).click();
      const dialog = page.getByRole('dialog', { name: 'Keys' });
      await dialog.waitFor();
      const opened = page.context().waitForEvent('page');
      await dialog.getByRole('link', { name: 'How to read this page' }).click();
      const docs = await opened;
      await docs.waitForLoadState();
      const text = await docs.locator('body').innerText();
      ok(text.startsWith('# The Sessions page'), `the document begins with ${text.slice(0, 40)}`);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await page.keyboard.press('?');
      await dialog.waitFor();
      return `${text.length} characters`;
    },
  },
  {
    name: 'the first visit says what a row is, until that is dismissed',
    async run(stage) {
      const { ui } = await stage.known();
      const page = await stage.open(`${ui.url}/`);
      const line = page.getByText('A row is a session');
      await line.waitFor();
      await page.getByRole('button', { name: 'Got it' }).click();
      await line.waitFor({ state: 'detached' });
      await page.reload();
      await page.locator('[role=row][aria-level="1"]').first().waitFor();
      equal(await line.count(), 0, 'lines after a reload');
      return 'dismissed';
    },
  },
  {
    name: 'tabs that were never opened show when the server has stopped',
    async run(stage) {
      stage.watch.allow(/ERR_|Failed to load|fetch/);
      const dir = await stage.tempDir();
      const requests = [{ method: 'tools/call', tool: 'pay', atMs: 10, latencyMs: 5 }];
      await writeRecording(join(dir, 'made.traces.jsonl'), [{ id: 's', startMs: Date.now(), requests }]);
      const ui = await stage.startUi(dir);
      const page = await stage.open(`${ui.url}/`);
      await page.locator('[role=row][aria-level="1"]').first().waitFor();
      const parts = () =>
        page.evaluate(() =>
          performance
            .getEntriesByType('resource')
            .map(({ name }) => name)
            .filter((name) => /page-.*-tab-/.test(name)),
        );
      await eventually(async () => equal((await parts()).length, 3, 'parts that are loaded'));
      // With all that they load themselves.
      const all = JSON.stringify(await parts());
      await page.evaluate(`Promise.all(${all}.map((part) => import(part))).then(() => undefined)`);
      await ui.stop();
      await page.getByText('The server does not answer.').first().waitFor();
      for (const tab of ['Tools', 'Errors', 'Overview']) {
        await page.getByRole('link', { name: tab }).click();
        await page.getByRole('search').getByLabel('Time range').waitFor();
        equal(await page.getByText('could not be loaded').count(), 0, tab);
      }
      return '3 tabs';
    },
  },
  {
    name: 'a tab that arrives between its rendering and what follows it is shown',
    async run(stage) {
      const { ui } = await stage.known();
      const context = await stage.context();
      // Nothing is loaded in peace until the check says so.
      await context.addInitScript(() => {
        globalThis.requestIdleCallback = (callback) => {
          addEventListener('peace', () => callback({ didTimeout: false, timeRemaining: () => 1 }));
          return 1;
        };
      });
      const page = await openPage(context, ui.url);
      await page.locator('[role=row][aria-level="1"]').first().waitFor();
      const arrivedFirst = await page.evaluate(async () => {
        // What follows a rendering follows a frame, or a timer: it waits for the part.
        const frames: FrameRequestCallback[] = [];
        const timers: (() => void)[] = [];
        const { requestAnimationFrame: frame, setTimeout: timer } = globalThis;
        Object.assign(globalThis, {
          requestAnimationFrame: (callback: FrameRequestCallback) => frames.push(callback),
          setTimeout: (callback: () => void) => timers.push(callback),
        });
        const link = [...document.querySelectorAll('nav a')].find((each) => each.textContent === 'Tools');
        (link as HTMLElement).click();
        await Promise.resolve();
        dispatchEvent(new Event('peace'));
        const isHere = () =>
          performance.getEntriesByType('resource').some(({ name }) => /page-tools-tab-/.test(name));
        for (let i = 0; i < 500 && !isHere(); i++) await new Promise((done) => timer(done, 10));
        await new Promise((done) => timer(done, 200));
        const wasBlank = document.querySelector('main search') === null && isHere();
        Object.assign(globalThis, { requestAnimationFrame: frame, setTimeout: timer });
        for (const callback of frames) frame(callback);
        for (const callback of timers) timer(callback);
        return wasBlank;
      });
      ok(arrivedFirst, 'the part did not arrive before what follows the rendering');
      await page.getByRole('search').getByLabel('Time range').waitFor();
      return 'shown';
    },
  },
];
