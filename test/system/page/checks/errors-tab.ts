import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { PageCheck, Stage } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { readSpans } from '../recorded-spans.ts';
import { type MadeSession, otlpOf, writeRecording } from '../spans.ts';
import { isFailed, requestsIn } from '../truth.ts';
import { dataRows } from '../views.ts';

const MINUTE = 60_000;

export const ERRORS_TAB: readonly PageCheck[] = [
  {
    name: 'the errors tab has every failure of the demo in one of its rows',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const page = await openErrors(stage, ui.url);
      const failed = requestsIn(await readSpans(recording.dir)).filter(isFailed);
      const rows = await dataRows(page, 'Errors');
      const sum = rows.reduce((total, row) => total + Number(row['Failures']), 0);
      equal(sum, failed.length, 'failures');
      const tools = new Set(failed.map(({ attributes }) => attributes['gen_ai.tool.name']));
      equal(new Set(rows.map((row) => row['What failed']!.split(' ')[0])), tools, 'tools');
      return `${failed.length} failures in ${rows.length} rows`;
    },
  },
  {
    name: 'failures that are equal but for numbers, ids and paths are one row, with when, whose and how many',
    async run(stage) {
      const { page } = await openMade(stage);
      const rows = await dataRows(page, 'Errors');
      equal(
        rows.map((row) => [
          row['What failed'],
          row['Error'],
          row['Failures'],
          row['Sessions'],
          row['Clients'],
        ]),
        [
          ['create_payment', 'PaymentError order … was refused', '3', '2', 'agent 1.0.0, 1.1.0'],
          ['create_payment', 'PaymentError cannot read …', '2', '2', 'agent 1.0.0 desk 2.0.0'],
          ['resources/read', '-32002 no such resource', '1', '1', 'desk 2.0.0'],
        ],
        'rows',
      );
      equal(rows[1]!['Servers'], 'bank, shop', 'servers');
      equal(await page.locator('.summary').innerText(), '6 failures of 3 kinds', 'summary');
      return `${rows.length} rows of 6 failures`;
    },
  },
  {
    name: 'the rows of the errors tab sort by each column, and the address keeps the order',
    async run(stage) {
      const { page } = await openMade(stage);
      const firstAfter = async (label: string): Promise<string | undefined> => {
        await page.getByRole('columnheader', { name: label, exact: true }).getByRole('button').click();
        return (await dataRows(page, 'Errors'))[0]?.['Error'];
      };
      const expected = {
        'What failed': 'PaymentError order … was refused',
        Error: '-32002 no such resource',
        First: 'PaymentError order … was refused',
        Last: 'PaymentError order … was refused',
        Sessions: 'PaymentError order … was refused',
        Failures: 'PaymentError order … was refused',
      };
      for (const [label, error] of Object.entries(expected)) equal(await firstAfter(label), error, label);
      equal(await firstAfter('Failures'), '-32002 no such resource', 'fewest first');
      equal(new URL(page.url()).search, '?tab=errors&error-order=asc', 'address');
      await page.reload();
      await page.getByRole('table', { name: 'Errors' }).waitFor();
      equal((await dataRows(page, 'Errors'))[0]?.['Error'], '-32002 no such resource', 'after a reload');
      return `${Object.keys(expected).length} columns`;
    },
  },
  {
    name: 'an example opens its session at the event that failed, whatever lies before it',
    async run(stage) {
      const { page } = await openMade(stage);
      await errorRow(page, 'order …').getByRole('link', { name: 'Open' }).click();
      const event = page.locator('tr.event.highlighted');
      await event.waitFor();
      ok((await event.innerText()).includes('order 300 was refused'), 'another event is gone to');
      equal(await event.evaluate((row) => row === document.activeElement), true, 'whether it has the focus');
      await event.locator('.event-panel').waitFor();
      await eventually(async () => {
        const box = await event.boundingBox();
        const height = page.viewportSize()!.height;
        ok(box !== null && box.y > 0 && box.y < height, `it stands at ${box?.y} of ${height}`);
      });
      return new URL(page.url()).search;
    },
  },
  {
    name: 'the sessions of a kind of error are a click away, and the time range restricts the kinds',
    async run(stage) {
      const { page, sessions } = await openMade(stage);
      await errorRow(page, 'no such resource').getByRole('link', { name: '1', exact: true }).click();
      await eventuallyEqual(
        async () => (await page.locator('.c-session [title]').first().getAttribute('title'))?.split(' · ')[0],
        sessions[2]!.id,
        'session',
      );
      await page.goBack();
      await page.getByLabel('Time range').selectOption('15m');
      await eventuallyEqual(
        async () => (await dataRows(page, 'Errors')).map((row) => row['Failures']),
        ['1'],
        'failures of the last 15 minutes',
      );
      await page.getByLabel('Server').selectOption('bank');
      await page.getByRole('heading', { name: 'Nothing failed' }).waitFor();
      return 'one session, one failure of 15 minutes, none of the other server';
    },
  },
  {
    name: 'more clients and error types than there is room for are reached by the keyboard',
    async run(stage) {
      const dir = await stage.tempDir();
      await writeRecording(join(dir, 'made.traces.jsonl'), sessionsOfMany(Date.now()));
      const ui = await stage.startUi(dir);
      const page = await openErrors(stage, ui.url);
      const clients = errorRow(page, 'refused').locator('.x-clients .types > span');
      await page.getByRole('button', { name: '+2 more clients' }).focus();
      await page.keyboard.press('Enter');
      await eventuallyEqual(() => clients.count(), 5, 'clients');
      await page.keyboard.press('Enter');
      await eventuallyEqual(() => clients.count(), 3, 'clients when it is closed');
      await page.goto(`${ui.url}/?tab=tools`);
      await page.getByRole('button', { name: '+1 more error type' }).press('Enter');
      await eventuallyEqual(() => page.locator('.t-types .types > span').count(), 3, 'error types');
      return '5 clients, 3 error types';
    },
  },
  {
    name: 'new failures appear on the errors tab by themselves',
    async run(stage) {
      const { page, dir, sessions } = await openMade(stage);
      const more = { ...sessions[0]!, id: 'one-more', startMs: Date.now() - 1_000 };
      await appendFile(join(dir, 'made.traces.jsonl'), `${JSON.stringify(otlpOf(more))}\n`);
      await eventuallyEqual(
        async () => (await dataRows(page, 'Errors')).map((row) => row['Failures']),
        ['5', '3', '1'],
        'failures',
      );
      return '3 more failures';
    },
  },
];

const failed = (atMs: number, message: string) => ({
  method: 'tools/call',
  tool: 'create_payment',
  atMs,
  latencyMs: 5,
  error: 'PaymentError',
  message,
});

function madeSessions(now: number): MadeSession[] {
  const many = Array.from({ length: 900 }, (_, i) => ({
    method: 'tools/call',
    tool: 'get_balance',
    atMs: 10 + i,
    latencyMs: 1,
  }));
  return [
    {
      id: 'first-of-agent',
      client: 'agent',
      version: '1.0.0',
      service: 'shop',
      startMs: now - 50 * MINUTE,
      requests: [
        failed(10, 'order 17 was refused'),
        failed(20, 'order 4711 was refused'),
        failed(30, 'cannot read /var/lib/shop/1.json'),
      ],
      endAfterMs: 1_000,
    },
    {
      id: 'long-of-agent',
      client: 'agent',
      version: '1.1.0',
      service: 'shop',
      startMs: now - 10 * MINUTE,
      requests: [
        ...many,
        failed(950, 'order 300 was refused'),
        ...many.map((each) => ({ ...each, atMs: each.atMs + 1_000 })),
      ],
      endAfterMs: 5_000,
    },
    {
      id: 'only-of-desk',
      client: 'desk',
      version: '2.0.0',
      service: 'bank',
      startMs: now - 60 * MINUTE,
      requests: [
        { method: 'resources/read', atMs: 10, latencyMs: 5, error: '-32002', message: 'no such resource' },
        failed(20, 'cannot read C:\\bank\\ab12.json'),
      ],
      endAfterMs: 1_000,
    },
  ];
}

/** One failure of five clients, and of one of them two more types. */
function sessionsOfMany(now: number): MadeSession[] {
  return [1, 2, 3, 4, 5].map((n) => ({
    id: `of-${n}`,
    client: `client-${n}`,
    version: '1.0.0',
    startMs: now - MINUTE,
    requests: [
      failed(10, 'refused'),
      ...(n === 1 ? ['OneError', 'OtherError'].map((error) => ({ ...failed(20, 'odd'), error })) : []),
    ],
  }));
}

async function openMade(stage: Stage) {
  const dir = await stage.tempDir();
  const sessions = madeSessions(Date.now());
  await writeRecording(join(dir, 'made.traces.jsonl'), sessions);
  const ui = await stage.startUi(dir);
  return { page: await openErrors(stage, ui.url), dir, sessions };
}

async function openErrors(stage: Stage, url: string): Promise<Page> {
  const page = await stage.open(`${url}/?tab=errors`, { width: 1700 });
  await page.getByRole('table', { name: 'Errors' }).waitFor();
  return page;
}

function errorRow(page: Page, text: string) {
  return page.getByRole('table', { name: 'Errors' }).getByRole('row').filter({ hasText: text }).first();
}
