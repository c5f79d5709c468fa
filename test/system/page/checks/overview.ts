import type { Locator, Page } from 'playwright-core';
import type { PageCheck, Stage } from '../check.ts';
import type { DemoRecording } from '../demo-recording.ts';
import { equal, eventually, eventuallyEqual, ok, showsDuration } from '../expect.ts';
import { readSpans, type SpanJson } from '../recorded-spans.ts';
import { isFailed, latencyOf, percentile, requestsIn } from '../truth.ts';
import { dataRows, idsOf, itemOf } from '../views.ts';

export const OVERVIEW: readonly PageCheck[] = [
  {
    name: 'the overview counts what the spans say',
    async run(stage) {
      const { page, recording, requests } = await openOverview(stage);
      const { sessions } = recording;
      const failed = requests.filter(isFailed).length;
      const totals = await totalsOf(page);
      equal(totals['Sessions'], String(sessions.length), 'sessions');
      equal(
        totals['Active now'],
        String(sessions.filter(({ status }) => status === 'active').length),
        'active',
      );
      equal(totals['Calls'], String(requests.length), 'calls');
      const rate = Math.round((failed / requests.length) * 1_000) / 10;
      const shown = totals['Error rate']!;
      ok(shown.includes(`${failed} failed`), `${failed} failed is not in ${shown}`);
      ok(Math.abs(Number.parseFloat(shown) - rate) <= 0.5, `error rate ${shown} instead of ${rate} %`);
      const latencies = requests.map(latencyOf);
      for (const percent of [50, 95, 99]) {
        showsDuration(totals[`p${percent} of calls`]!, percentile(latencies, percent)!, `p${percent}`);
      }
      return Object.entries(totals)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ');
    },
  },
  {
    name: 'every plot is drawn, and its table sums up to what the spans say',
    async run(stage) {
      const { page, recording, requests } = await openOverview(stage);
      const plots = page.locator('figure.plot');
      const titles = await plots.locator('h2').allInnerTexts();
      ok(titles.length >= 5, `plots: ${titles.join(', ')}`);
      for (let i = 0; i < titles.length; i += 1) {
        const canvas = plots.nth(i).locator('canvas').first();
        await eventually(async () => {
          const colors = await colorsOn(canvas);
          ok(colors > 10, `${titles[i]} shows ${colors} colours`);
        });
      }
      const started = await columnSums(plots.filter({ hasText: 'Sessions started' }));
      equal(started, [recording.sessions.length], 'sessions started');
      const calls = await columnSums(
        plots.filter({ has: page.getByRole('heading', { name: 'Calls', exact: true }) }),
      );
      equal(calls, [requests.length, requests.filter(isFailed).length], 'calls and errors');
      return titles.join(', ');
    },
  },
  {
    name: 'dragging over a plot selects that stretch of time',
    async run(stage) {
      const { page } = await openOverview(stage);
      const all = await page.locator('.summary').innerText();
      const box = await page.locator('figure.plot .u-over').first().boundingBox();
      ok(box !== null, 'the plot is not there');
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x + box.width * 0.25, y);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.5, y, { steps: 5 });
      await page.mouse.move(box.x + box.width * 0.75, y, { steps: 5 });
      await page.mouse.up();
      await eventually(async () => {
        const params = new URL(page.url()).searchParams;
        ok(Number(params.get('to')) > Number(params.get('from')), `address ${page.url()}`);
      });
      await eventually(async () =>
        ok((await page.locator('.summary').innerText()) !== all, 'the range is shown'),
      );
      equal(await page.getByLabel('Time range').inputValue(), 'custom', 'range');
      await page.goBack();
      await eventuallyEqual(() => page.locator('.summary').innerText(), all, 'range after one step back');
      return all.replace(/\s+/g, ' ').trim();
    },
  },
  {
    name: 'on a narrow screen nothing of the overview is cut off without a cue',
    async run(stage) {
      const { ui } = await stage.known();
      const page = await stage.open(`${ui.url}/?tab=overview`, { width: 400 });
      await page.locator('figure.plot summary').first().click();
      await page.locator('.numbers tbody tr').first().waitFor();
      const { scrolled, silent } = await page.locator('main').evaluate((main) => {
        const cut = [...main.querySelectorAll<HTMLElement>('*')].filter(
          (each) =>
            each.closest('.uplot, .visually-hidden') === null &&
            getComputedStyle(each).overflow !== 'visible' &&
            (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1),
        );
        const hasCue = (each: HTMLElement) =>
          each.matches('.cue') ||
          (getComputedStyle(each).textOverflow === 'ellipsis' &&
            (each.title !== '' || each.querySelector('[title]') !== null));
        return {
          scrolled: cut.filter((each) => each.matches('.cue')).length,
          silent: cut.filter((each) => !hasCue(each)).map((each) => each.outerHTML.slice(0, 100)),
        };
      });
      equal(silent, [], 'what is cut off without a cue');
      ok(scrolled >= 2, `${scrolled} lists can be scrolled`);
      return `${scrolled} lists with a shadow`;
    },
  },
  {
    name: 'clients and slow discovery lead to their sessions',
    async run(stage) {
      const { page, recording, requests } = await openOverview(stage);
      const { sessions } = recording;
      const clients = await dataRows(page, 'Clients');
      equal(clients.length, sessions.length, 'clients');
      for (const { clientName, calls, errors } of sessions) {
        const row = clients.find(({ Client }) => Client === clientName);
        equal(
          [row?.['Sessions'], row?.['Calls'], Number.parseInt(row?.['Errors'] ?? '', 10)],
          ['1', String(calls), errors],
          `client ${clientName}`,
        );
      }
      const lists = requests.filter(({ attributes }) => attributes['mcp.method.name'] === 'tools/list');
      const slowest = [...lists].sort((a, b) => latencyOf(b) - latencyOf(a));
      const items = page.locator('.slow li');
      equal(await items.count(), slowest.length, 'answers to tools/list');
      showsDuration(await items.first().locator('.number').innerText(), latencyOf(slowest[0]!), 'slowest');
      await items.first().getByRole('link').click();
      await itemOf(page, slowest[0]!.sessionId!).locator('tr.event').first().waitFor();
      await page.goBack();
      await page.getByRole('table', { name: 'Clients' }).getByRole('link', { name: 'inspector' }).click();
      const ofInspector = sessions.filter(({ clientName }) => clientName === 'inspector').map(({ id }) => id);
      await eventuallyEqual(() => idsOf(page), ofInspector, 'sessions of the client');
      return `${clients.length} clients, ${slowest.length} answers to tools/list`;
    },
  },
];

async function openOverview(
  stage: Stage,
): Promise<{ page: Page; recording: DemoRecording; requests: SpanJson[] }> {
  const { recording, ui } = await stage.demo();
  const page = await stage.open(`${ui.url}/?tab=overview`);
  await page.locator('.totals').waitFor();
  return { page, recording, requests: requestsIn(await readSpans(recording.dir)) };
}

async function totalsOf(page: Page): Promise<Record<string, string>> {
  const pairs = await page
    .locator('.totals .total')
    .evaluateAll((totals) =>
      totals.map((total) => [
        total.querySelector('dt')?.firstChild?.textContent?.trim() ?? '',
        [total.querySelector('dd')?.textContent, total.querySelector('dt > span')?.textContent]
          .join(' ')
          .trim(),
      ]),
    );
  return Object.fromEntries(pairs);
}

function colorsOn(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const pixels = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height).data;
    const colors = new Set<number>();
    for (let i = 0; i < pixels.length; i += 4) {
      colors.add((pixels[i]! << 24) | (pixels[i + 1]! << 16) | (pixels[i + 2]! << 8) | pixels[i + 3]!);
    }
    return colors.size;
  });
}

/** Of the table that goes with a plot. */
async function columnSums(plot: Locator): Promise<number[]> {
  await plot.locator('summary').click();
  await plot.locator('tbody tr').first().waitFor();
  const rows = await plot
    .locator('tbody tr')
    .evaluateAll((all) =>
      all.map((row) =>
        [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent?.replaceAll(',', ''))),
      ),
    );
  return rows.reduce((sums, row) => row.map((value, i) => value + (sums[i] ?? 0)), []);
}
