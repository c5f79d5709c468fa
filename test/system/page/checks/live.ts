import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { PageCheck } from '../check.ts';
import { equal, eventually, ok } from '../expect.ts';
import { knownSessions } from '../known.ts';
import { connectToShop } from '../shop-client.ts';
import { type MadeSession, writeRecording } from '../spans.ts';
import { eventsIn, rowOf, rowsOf, type ShownRow } from '../views.ts';

/** A session as an example of what was there before. */
const EARLIER: MadeSession = {
  id: 'earlier-session',
  client: 'earlier-client',
  version: '0.1.0',
  service: 'archive',
  startMs: Date.now() - 3_600_000,
  requests: [{ method: 'initialize', atMs: 1, latencyMs: 3 }],
  endAfterMs: 100,
  endReason: 'stdin_eof',
};

export const LIVE: readonly PageCheck[] = [
  {
    name: 'a session of a real client appears, gains events and ends while it is open',
    async run(stage) {
      const dir = await stage.tempDir();
      await writeRecording(join(dir, 'earlier.traces.jsonl'), [EARLIER]);
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url);
      await shows(page, ['earlier-client']);
      const client = await connectToShop(stage, 'buyer', { dir });
      await shows(page, ['buyer', 'earlier-client']);
      equal((await rowOfClient(page, 'buyer')).status, 'active', 'status at first');
      const detail = await openFirst(page);
      await client.listTools();
      await client.callTool({ name: 'find_item', arguments: { name: 'lamp' } });
      await client.callTool({ name: 'order_item', arguments: { name: 'lamp' } });
      await hasEvents(detail, ['initialize', 'tools/list', 'tools/call find_item', 'tools/call order_item']);
      await eventually(async () => {
        const { calls, errors, tools } = await rowOfClient(page, 'buyer');
        equal([calls, errors, tools], ['4', '1', ['find_item', 'order_item']], 'calls, errors, tools');
      });
      await showsPayloads(detail);
      await client.close();
      await hasEvents(detail, ['session end (stdin_eof)']);
      await eventually(async () =>
        equal((await rowOfClient(page, 'buyer')).status, 'ended', 'status at last'),
      );
      return 'active, 4 calls with arguments and results, ended';
    },
  },
  {
    name: 'what is being read does not move when sessions arrive, and a button brings them',
    async run(stage) {
      const dir = await stage.tempDir();
      await writeRecording(join(dir, 'earlier.traces.jsonl'), [EARLIER]);
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url);
      await shows(page, ['earlier-client']);
      await openFirst(page);
      const row = page.locator('[role=row][aria-level="1"]').first();
      const before = await row.boundingBox();
      const clients = await Promise.all(
        ['first-buyer', 'second-buyer'].map((name) => connectToShop(stage, name, { dir })),
      );
      const button = page.getByRole('button', { name: '2 new sessions' });
      await button.waitFor();
      equal(await row.boundingBox(), before, 'where the open row is');
      const filters = await page.getByRole('search').boundingBox();
      const { y } = (await button.boundingBox())!;
      ok(y >= filters!.y + filters!.height, 'the button covers the filters');
      equal(
        (await rowsOf(page)).map(({ client }) => client[0]),
        ['earlier-client'],
        'rows before the click',
      );
      await button.click();
      await eventually(async () => {
        const names = (await rowsOf(page)).map(({ client }) => client[0]);
        equal(names.slice(2), ['earlier-client'], 'what was there is last');
        equal(names.slice(0, 2).sort(), ['first-buyer', 'second-buyer'], 'what is new is first');
      });
      await button.waitFor({ state: 'detached' });
      equal(await page.locator('.detail').count(), 1, 'open sessions');
      await Promise.all(clients.map((client) => client.close()));
      return `2 arrived, the open row stayed at ${Math.round(before?.y ?? 0)} px`;
    },
  },
  {
    name: 'what is scrolled to does not move when a session arrives, and the button leads to it',
    async run(stage) {
      const dir = await stage.tempDir();
      const [newest, ...others] = knownSessions(Date.now());
      await writeRecording(join(dir, 'known.traces.jsonl'), others);
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url, { height: 600 });
      const read = rowOf(page, others[20]!.id);
      await page.locator('[role=row][aria-level="1"]').first().waitFor();
      await page.mouse.move(400, 400);
      await page.mouse.wheel(0, 700);
      await read.waitFor();
      const before = await settledBox(read);
      await writeRecording(join(dir, 'newest.traces.jsonl'), [newest!]);
      const button = page.getByRole('button', { name: '1 new session' });
      await button.waitFor({ state: 'attached' });
      equal(await read.boundingBox(), before, 'where the row is that is being read');
      await button.click();
      await rowOf(page, newest!.id).waitFor();
      equal(await page.evaluate(() => scrollY), 0, 'where the page is scrolled to');
      return `the row stayed at ${Math.round(before.y)} px`;
    },
  },
  {
    name: 'a session whose server sends OTLP to the page appears on the empty page, and ends',
    async run(stage) {
      const dir = await stage.tempDir();
      const ui = await stage.startUi(dir, { receives: true });
      const page = await stage.open(ui.url);
      await page.getByRole('heading', { name: 'No session yet' }).waitFor();
      const client = await connectToShop(stage, 'remote-buyer', { otlpUrl: ui.otlpUrl });
      await shows(page, ['remote-buyer']);
      await client.callTool({ name: 'find_item', arguments: { name: 'chair' } });
      const second = await connectToShop(stage, 'another-buyer', { otlpUrl: ui.otlpUrl });
      // Nothing is open and the top is in view: they come in by themselves.
      await shows(page, ['another-buyer', 'remote-buyer']);
      await eventually(async () => equal((await rowOfClient(page, 'remote-buyer')).calls, '2', 'calls'));
      await Promise.all([client.close(), second.close()]);
      await eventually(async () => {
        equal(
          (await rowsOf(page)).map(({ status }) => status),
          ['ended', 'ended'],
          'statuses',
        );
      });
      return `2 sessions by ${new URL(ui.otlpUrl).protocol.replace(':', '')}`;
    },
  },
];

/** Where an element is when it has come to rest. */
async function settledBox(element: Locator): Promise<{ x: number; y: number }> {
  let before = await element.boundingBox();
  return eventually(async () => {
    const now = await element.boundingBox();
    const isSame = now !== null && now.y === before?.y;
    before = now;
    ok(isSame, 'it goes on moving');
    return now;
  });
}

async function shows(page: Page, clients: readonly string[]): Promise<void> {
  await eventually(async () => {
    equal(
      (await rowsOf(page)).map(({ client }) => client[0]),
      clients,
      'clients',
    );
  }, 15_000);
}

async function rowOfClient(page: Page, name: string): Promise<ShownRow> {
  const found = (await rowsOf(page)).find(({ client }) => client[0] === name);
  ok(found !== undefined, `no row of ${name}`);
  return found;
}

async function openFirst(page: Page): Promise<Locator> {
  await page.locator('[role=row][aria-level="1"] [role=gridcell]').nth(3).click();
  const detail = page.locator('.detail');
  await detail.locator('tr.event').first().waitFor();
  return detail;
}

async function hasEvents(detail: Locator, types: readonly string[]): Promise<void> {
  await eventually(async () => {
    const names = (await eventsIn(detail)).map(({ name }) => name.trim());
    for (const type of types) ok(names.includes(type), `no ${type} in ${names.join(', ')}`);
  });
}

async function showsPayloads(detail: Locator): Promise<void> {
  const call = detail.locator('tr.event', { hasText: 'find_item' }).last();
  for (const [label, expected] of [
    ['Arguments', 'lamp'],
    ['Result', 'lamp costs 12.50 EUR'],
  ] as const) {
    const payload = call.locator('details', { hasText: label });
    await payload.locator('summary').click();
    const text = await payload.locator('pre').innerText();
    ok(text.includes(expected), `${label}: ${text}`);
  }
}
