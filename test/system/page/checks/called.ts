import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { PageCheck, Stage } from '../check.ts';
import { equal, eventuallyEqual, ok } from '../expect.ts';
import { type MadeRequest, type MadeSession, writeRecording } from '../spans.ts';
import { dataRows } from '../views.ts';

const HOSTILE = '<img src=x onerror=alert(1)>\u202e';

export const CALLED: readonly PageCheck[] = [
  {
    name: 'resources and prompts have the figures of the requests for them, and open to their clients',
    async run(stage) {
      const page = await openMade(stage, '?tab=tools');
      await page.getByRole('link', { name: 'Resources' }).click();
      await page.getByRole('table', { name: 'Resources' }).waitFor();
      const [docs, ...others] = await dataRows(page, 'Resources');
      equal(
        [docs?.['Resource'], docs?.['Clients'], docs?.['Calls'], docs?.['p50'], docs?.['Answer']],
        ['docs://guide shop', '2', '3', '20 ms', '2.0 kB'],
        'a resource',
      );
      ok(docs?.['Errors']?.startsWith('1') === true, `errors ${docs?.['Errors']}`);
      equal(others.length, 1, 'other resources');
      await page.getByRole('button', { name: 'Asked for by 2 clients' }).click();
      const callers = page.getByRole('table', { name: 'Calls by client and version' });
      await callers.waitFor();
      equal(await callersIn(page), ['reader 2 2', 'writer 1 1'], 'its clients');
      await page.getByRole('link', { name: 'Prompts' }).click();
      await page.getByRole('table', { name: 'Prompts' }).waitFor();
      equal((await dataRows(page, 'Prompts')).length, 2, 'prompts');
      equal(await callers.count(), 0, 'what was open is closed');
      return JSON.stringify(docs);
    },
  },
  {
    name: 'a tool opens to the calls of each version of a client',
    async run(stage) {
      const page = await openMade(stage, '?tab=tools&tool-open=pay');
      await page.getByRole('table', { name: 'Calls by client and version' }).waitFor();
      equal(await callersIn(page), ['reader 1 2', 'reader 2 1'], 'callers');
      const share = 'An even share of the list of tools of shop, 1 of 2: 600 B, about 150 tokens (estimate)';
      equal(await page.locator('.about-tool > p').innerText(), share, 'share of the list');
      const title = await page.locator('.expander').first().getAttribute('title');
      equal(title, 'tools/list showed it to 1 of the 2 clients of shop', 'what the number is of');
      return share;
    },
  },
  {
    name: 'the search of the tools finds those that have all words, and Clear ends it',
    async run(stage) {
      const page = await openMade(stage, '?tab=tools');
      const names = async () =>
        (await dataRows(page, 'Tools')).map((row) => row['Tool']?.split(' ')[0]).sort();
      await eventuallyEqual(names, ['<img', 'pay', 'refund'], 'all tools');
      await page.keyboard.press('/');
      await page.keyboard.type('SHOP ref');
      await eventuallyEqual(names, ['refund'], 'what has both words');
      equal(await page.locator('.summary p').first().innerText(), '1 of 3 tools, 2 clients', 'count');
      equal(new URL(page.url()).searchParams.get('find'), 'SHOP ref', 'address');
      await page.keyboard.type('nothing');
      await page.getByRole('heading', { name: 'No tool' }).waitFor();
      await page.getByRole('button', { name: 'Clear', exact: true }).click();
      await eventuallyEqual(names, ['<img', 'pay', 'refund'], 'all tools again');
      return 'pay, refund';
    },
  },
];

async function openMade(stage: Stage, address: string): Promise<Page> {
  const dir = await stage.tempDir();
  await writeRecording(join(dir, 'made.traces.jsonl'), made(Date.now()));
  const ui = await stage.startUi(dir);
  const page = await stage.open(`${ui.url}/${address}`, { width: 1_300 });
  await page.getByRole('table', { name: 'Tools' }).waitFor();
  return page;
}

/** Client, version and calls of each. */
async function callersIn(page: Page): Promise<string[]> {
  const rows = await dataRows(page, 'Calls by client and version');
  return rows.map((row) => `${row['Client']} ${row['Version']} ${row['Calls']}`).sort();
}

/** Two versions of one client, and another client. */
function made(now: number): MadeSession[] {
  const read = (atMs: number, latencyMs: number, uri: string, error?: string): MadeRequest => ({
    method: 'resources/read',
    atMs,
    latencyMs,
    attributes: { 'mcp.resource.uri': uri, 'mcp.response.size': 2_000 },
    ...(error !== undefined && { error }),
  });
  const prompt = (atMs: number, name: string): MadeRequest => ({
    method: 'prompts/get',
    atMs,
    latencyMs: 4,
    attributes: { 'gen_ai.prompt.name': name },
  });
  const pay = (atMs: number): MadeRequest => ({ method: 'tools/call', tool: 'pay', atMs, latencyMs: 9 });
  const list: MadeRequest = {
    method: 'tools/list',
    atMs: 1,
    latencyMs: 3,
    attributes: { 'mcp.tools.names': 'pay, refund', 'mcp.tools.count': 2, 'mcp.tools.size': 1_200 },
  };
  const session = (id: string, client: string, version: string, requests: MadeRequest[]): MadeSession => ({
    ...{ id, client, version, requests },
    startMs: now - 600_000,
    endAfterMs: 60_000,
  });
  return [
    session('reader-1', 'reader', '1', [list, pay(20), pay(40), prompt(60, 'greet')]),
    session('reader-2', 'reader', '2', [
      read(10, 10, 'docs://guide'),
      read(30, 20, 'docs://guide'),
      pay(80),
      { method: 'tools/call', tool: HOSTILE, atMs: 90, latencyMs: 2 },
    ]),
    session('writer-1', 'writer', '1', [
      read(10, 30, 'docs://guide', 'Gone'),
      read(50, 5, `docs://${HOSTILE}`),
      prompt(60, HOSTILE),
    ]),
  ];
}
