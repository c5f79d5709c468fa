import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { PageCheck, Stage } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { type MadeSession, writeRecording } from '../spans.ts';
import { idsOf, openRow } from '../views.ts';

const MINUTE = 60_000;
const REQUEST = '7b0c6d52-6d1e-4c52-9a55-0d6f0f7f1a01';

export const SEARCH: readonly PageCheck[] = [
  {
    name: 'the search finds errors, servers, methods and ids; all words must match, and fields and phrases count',
    async run(stage) {
      const { page } = await openMade(stage);
      const searches: Record<string, string[]> = {
        declined: ['of-agent'],
        '"card declined"': ['of-agent'],
        '"declined card"': [],
        'declined card AGENT': ['of-agent'],
        'declined canvas': [],
        'type:timeout': ['of-canvas'],
        'error:"timed out" tool:search': ['of-canvas'],
        'server:bank': ['of-canvas'],
        'prompts/get': ['of-canvas'],
        [REQUEST]: ['of-agent'],
        [REQUEST.slice(0, 8)]: ['of-agent'],
        [`request:${REQUEST.slice(0, 13)}`]: ['of-agent'],
        'client:agent status:ended': ['of-agent'],
        'client:search': [],
        get_balance: ['of-agent', 'of-canvas'],
      };
      for (const [search, expected] of Object.entries(searches)) {
        await page.getByRole('searchbox').fill(search);
        await eventuallyEqual(async () => (await idsOf(page)).sort(), expected, search);
      }
      return `${Object.keys(searches).length} searches`;
    },
  },
  {
    name: 'a trace id from elsewhere leads to its session, and to the event that is in it',
    async run(stage) {
      const { page } = await openMade(stage);
      const detail = await openRow(page, 'of-canvas');
      await detail
        .locator('tr.event', { hasText: 'search' })
        .getByRole('button', { name: /^Trace and IDs/ })
        .click();
      const trace = await detail.locator('.ids dd bdi').first().innerText();
      ok(/^[\da-f]{32}$/.test(trace), `${trace} is no trace id`);
      await page.getByRole('searchbox').fill(trace.slice(0, 12));
      await eventuallyEqual(() => idsOf(page), ['of-canvas'], 'sessions');
      await detail.getByRole('button', { name: 'Show it' }).click();
      const highlighted = detail.locator('tr.event.highlighted');
      await highlighted.waitFor();
      ok((await highlighted.innerText()).includes('search'), 'another event is gone to');
      equal(await highlighted.locator('.ids mark').allInnerTexts(), [trace.slice(0, 12)], 'marked');
      return trace;
    },
  },
  {
    name: 'what was found is marked in the rows and in the events, and the way leads from one to the next',
    async run(stage) {
      const { page } = await openMade(stage);
      await page.getByRole('searchbox').fill('agent tool:PAY "card declined"');
      await eventuallyEqual(() => idsOf(page), ['of-agent'], 'sessions');
      const marked = (selector: string) => page.locator(`${selector} mark`).allInnerTexts();
      equal(await marked('.c-session'), ['agent'], 'marked in the id');
      equal(await marked('.c-client'), ['Agent'], 'marked in the client');
      equal(await marked('.c-tools'), ['pay'], 'marked in the tools');
      const detail = await openRow(page, 'of-agent');
      await detail.getByText('2 events match the search').waitFor();
      equal(await marked('.e-error'), ['Card declined', 'card declined'], 'marked in the errors');
      equal(await marked('.e-target'), ['pay', 'pay', 'pay'], 'marked in the targets');
      const errors: string[] = [];
      for (let i = 0; i < 2; i += 1) {
        await detail.getByRole('button', { name: 'Next match' }).click();
        await eventually(async () => {
          const error = await detail.locator('tr.event.highlighted .e-error').innerText();
          ok(!errors.includes(error), `${error} again`);
          errors.push(error);
        });
      }
      await detail.getByText('2 of 2').waitFor();
      await page.getByRole('searchbox').fill('');
      await page.locator('mark').first().waitFor({ state: 'detached' });
      return errors.join(', then ');
    },
  },
  {
    name: 'the search says what it takes while nothing is typed, and hostile words are text',
    async run(stage) {
      const { page } = await openMade(stage);
      const hint = page.locator('.search-hint');
      await page.keyboard.press('/');
      await hint.waitFor({ state: 'visible' });
      ok((await hint.innerText()).includes('error:'), 'no field is named');
      for (const search of [
        '<img src=x onerror=alert(1)>',
        '(((',
        'tool:[a-',
        '\\',
        '"',
        'error:"',
        '%',
        ':',
      ]) {
        await page.getByRole('searchbox').fill(search);
        await hint.waitFor({ state: 'hidden' });
        await eventually(async () => equal(new URL(page.url()).searchParams.get('q'), search, 'address'));
        await page.locator('.refreshing').waitFor({ state: 'detached' });
      }
      equal(await page.locator('main img').count(), 0, 'images');
      return 'eight searches';
    },
  },
];

function madeSessions(now: number): MadeSession[] {
  const call = (tool: string, atMs: number, more = {}) => ({
    method: 'tools/call',
    tool,
    atMs,
    latencyMs: 5,
    ...more,
  });
  const declined = (message: string) => ({ error: 'PaymentError', message });
  return [
    {
      id: 'of-agent',
      client: 'Agent',
      version: '1.0.0',
      service: 'shop',
      startMs: now - 30 * MINUTE,
      requests: [
        call('pay', 10, declined('Card declined')),
        call('get_balance', 20, { attributes: { 'mcp.request.id': REQUEST } }),
        call('pay', 30, declined('card declined')),
        call('pay', 40),
      ],
      endAfterMs: 1_000,
    },
    {
      id: 'of-canvas',
      client: 'Canvas',
      service: 'bank',
      startMs: now - 20 * MINUTE,
      requests: [
        call('search', 10, { error: 'timeout', message: 'upstream timed out' }),
        call('get_balance', 20),
        { method: 'prompts/get', atMs: 30, latencyMs: 5 },
      ],
      endAfterMs: 1_000,
    },
  ];
}

async function openMade(stage: Stage): Promise<{ page: Page }> {
  const dir = await stage.tempDir();
  await writeRecording(join(dir, 'made.traces.jsonl'), madeSessions(Date.now()));
  const ui = await stage.startUi(dir);
  const page = await stage.open(ui.url);
  await eventually(async () => equal((await idsOf(page)).length, 2, 'sessions'));
  return { page };
}
