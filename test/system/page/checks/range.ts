import type { Page } from 'playwright-core';
import type { PageCheck } from '../check.ts';
import { equal, eventually, ok } from '../expect.ts';
import { inputTime, wasOpen } from './filters.ts';

const HOUR = 3_600_000;
const TABS = ['sessions', 'tools', 'errors', 'overview'] as const;

export const RANGE: readonly PageCheck[] = [
  {
    name: 'the times of a range are filled with what is shown, to the second',
    async run(stage) {
      const { ui } = await stage.known();
      const page = await stage.open(`${ui.url}/?tab=overview`);
      await page.getByLabel('Time range').selectOption('custom');
      const state = await page.evaluate(() => fetch('/api/state').then((answer) => answer.json()));
      const { from, to } = state.range;
      equal(await timesIn(page), [inputTime(from), inputTime(to)], 'all that is recorded');
      await page.getByLabel('Time range').selectOption('1h');
      const title = await page.getByLabel('Time range').getAttribute('title');
      ok(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d to /.test(title ?? ''), `the title is ${title}`);
      const before = Date.now();
      await page.getByLabel('Time range').selectOption('custom');
      await eventually(async () => {
        const asked = Number(new URL(page.url()).searchParams.get('from'));
        ok(Math.abs(before - HOUR - asked) < 60_000, `from is ${asked}`);
        equal((await timesIn(page))[0], inputTime(asked), 'the hour that was shown');
      });
      return (await timesIn(page)).join(' to ');
    },
  },
  {
    name: 'what is typed as a time stays while more is recorded, and takes whole seconds',
    async run(stage) {
      const { sessions, ui } = await stage.known();
      const page = await stage.open(`${ui.url}/`);
      await page.getByLabel('Time range').selectOption('custom');
      const to = Math.floor((Date.now() - 10 * HOUR) / 1_000) * 1_000;
      await page.getByLabel('To', { exact: true }).fill(inputTime(to));
      const before = sessions.filter((session) => wasOpen(session, 0, to + 999)).length;
      await eventually(async () =>
        equal(
          await page.locator('.summary p').first().innerText(),
          `${before} of ${sessions.length} sessions`,
          'sessions',
        ),
      );
      equal((await timesIn(page))[1], inputTime(to), 'the time');
      return `${before} sessions`;
    },
  },
  {
    name: 'at 1280 px the filters of each tab stand in one line, times included',
    async run(stage) {
      const { ui } = await stage.known();
      for (const tab of TABS) {
        const page = await stage.open(`${ui.url}/?tab=${tab}&from=1000000000000&to=4000000000000`);
        await page.locator('.times').waitFor();
        const middles = await page
          .locator('search.filters > *')
          .evaluateAll((parts) =>
            parts
              .map((part) => part.getBoundingClientRect())
              .flatMap(({ top, height }) => (height === 0 ? [] : [Math.round(top + height / 2)])),
          );
        ok(Math.max(...middles) - Math.min(...middles) <= 3, `${tab}: ${middles.join(', ')}`);
        await page.context().close();
      }
      return TABS.join(', ');
    },
  },
  {
    name: 'after a stretch of a plot was chosen, each tab has Clear, and it ends the range',
    async run(stage) {
      const { sessions, ui } = await stage.known();
      const page = await stage.open(`${ui.url}/?tab=overview`);
      await page.locator('canvas').first().waitFor();
      const box = (await page.locator('figure.plot .u-over').first().boundingBox())!;
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x + box.width * 0.3, y);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, y, { steps: 5 });
      await page.mouse.up();
      await page.locator('.times').waitFor();
      const brushed = page.url();
      for (const tab of ['Tools', 'Errors', 'Overview', 'Sessions']) {
        await page.goto(brushed);
        await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: tab }).click();
        await page.getByRole('button', { name: 'Clear', exact: true }).click();
        await eventually(async () => ok(!/from|to=/.test(page.url()), `${tab}: ${page.url()}`));
        equal(await page.getByLabel('Time range').inputValue(), 'all', `${tab}: range`);
        equal(await page.getByRole('button', { name: 'Clear', exact: true }).count(), 0, `${tab}: Clear`);
      }
      const all = `${sessions.length} sessions`;
      await eventually(async () =>
        equal(await page.locator('.summary p').first().innerText(), all, 'sessions'),
      );
      return `${all} again`;
    },
  },
];

/** Chromium leaves out seconds that are 0. */
async function timesIn(page: Page): Promise<string[]> {
  const labels = ['From', 'To'].map((label) => page.getByLabel(label, { exact: true }));
  const times = await Promise.all(labels.map((label) => label.inputValue()));
  return times.map((time) => (time.length === 16 ? `${time}:00` : time));
}
