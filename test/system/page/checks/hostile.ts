import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { PageCheck, Stage } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { type MadeSession, otlpOf, writeRecording } from '../spans.ts';
import { eventsIn, rowsOf } from '../views.ts';

/** Beyond what numbers of JavaScript can hold: shown as it was captured. */
const BIG = '12345678901234567890';
const MEGABYTE = 1_000_000;
/** As the header has them. */
const TABS = ['sessions', 'tools', 'errors', 'overview'];
const SCRIPT = '<script>globalThis.executed = true</script>';
const IMAGE = '<img src=x onerror="globalThis.executed = true">';
const LINK = 'javascript:globalThis.executed=true';
/** Escape sequences, a right-to-left override, a line break, half of a surrogate pair. */
const MARKS = 'a\u001b[31mred\u202egnp.exe\u2066\nb\u0000\ud800';

/** Everything that others can name, named to do harm. */
function hostileSession(now: number): MadeSession {
  return {
    id: `${IMAGE}-${MARKS}`,
    client: `${SCRIPT}${MARKS}`,
    version: `"><svg onload="globalThis.executed = true">`,
    service: `${LINK} ${IMAGE}`,
    startMs: now - 5_000,
    requests: [
      call(100, IMAGE, 'tool_error', `${SCRIPT} ${MARKS}`),
      call(200, LINK, `${IMAGE}`, 'm'.repeat(MEGABYTE)),
      {
        ...call(300, `tool-${'n'.repeat(2_000)}`),
        attributes: {
          'gen_ai.tool.call.arguments': `{"big":${BIG},"html":${JSON.stringify(SCRIPT + MARKS)},"long":"${'x'.repeat(MEGABYTE)}"}`,
          'gen_ai.tool.call.result': `not JSON ${SCRIPT} ${MARKS}`,
        },
      },
      {
        method: 'tools/list',
        atMs: 400,
        latencyMs: 5,
        attributes: { 'mcp.tools.names': [IMAGE, LINK, SCRIPT].join(', ') },
      },
      { method: `${IMAGE}/method`, atMs: 500, latencyMs: 1 },
    ],
    endAfterMs: 1_000,
    endReason: `${SCRIPT}`,
  };
}

const LONG: MadeSession = {
  id: 'L'.repeat(MEGABYTE),
  client: 'C'.repeat(MEGABYTE),
  version: 'V'.repeat(MEGABYTE),
  service: 'S'.repeat(100_000),
  startMs: Date.now() - 9_000,
  requests: [call(100, 'T'.repeat(MEGABYTE), 'E'.repeat(MEGABYTE), 'M'.repeat(MEGABYTE))],
  endAfterMs: 1_000,
};

export const HOSTILE: readonly PageCheck[] = [
  {
    name: 'hostile names, errors and payloads from a file are shown as text, and nothing runs',
    async run(stage) {
      const dir = await stage.tempDir();
      await writeRecording(join(dir, 'hostile.traces.jsonl'), [hostileSession(Date.now())]);
      const ui = await stage.startUi(dir);
      return lookAtHostile(stage, await openWatched(stage, ui.url));
    },
  },
  {
    name: 'the same by OTLP is shown as text, and nothing runs',
    async run(stage) {
      const dir = await stage.tempDir();
      const ui = await stage.startUi(dir, { receives: true });
      const page = await openWatched(stage, ui.url);
      const response = await fetch(`${ui.otlpUrl}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(otlpOf(hostileSession(Date.now()))),
      });
      equal(response.status, 200, 'answer to the OTLP');
      return lookAtHostile(stage, page);
    },
  },
  {
    name: 'strings of a megabyte in every name leave the page usable, at 1280 and at 400 px',
    async run(stage) {
      const dir = await stage.tempDir();
      await writeRecording(join(dir, 'long.traces.jsonl'), [LONG]);
      const ui = await stage.startUi(dir);
      const found: string[] = [];
      for (const width of [1_280, 400]) {
        const page = await stage.open(ui.url, { width });
        await eventually(async () => equal((await rowsOf(page)).length, 1, 'rows'));
        await page.locator('[role=row][aria-level="1"] [role=gridcell]').nth(3).click();
        await page.locator('tr.event').nth(1).waitFor();
        found.push(`${await charactersOf(page)} characters`);
        for (const [at, tab] of TABS.entries()) {
          await page.locator('nav a').nth(at).click();
          await page.locator(`main`).waitFor();
          await isAsWideAsItsWindow(page, `${tab} at ${width} px`);
        }
        await page.close();
      }
      return found.join(', ');
    },
  },
];

function call(atMs: number, tool: string, error?: string, message?: string) {
  return {
    method: 'tools/call',
    tool,
    atMs,
    latencyMs: 20,
    ...(error !== undefined && { error }),
    ...(message !== undefined && { message }),
  };
}

/** Collects what the browser refuses. */
export async function openWatched(stage: Stage, url: string): Promise<Page> {
  const context = await stage.context();
  await context.addInitScript(() => {
    const refused: string[] = [];
    Object.assign(globalThis, { refused });
    addEventListener('securitypolicyviolation', (event) => refused.push(event.violatedDirective));
  });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function lookAtHostile(stage: Stage, page: Page): Promise<string> {
  const [row] = await eventually(async () => {
    const rows = await rowsOf(page);
    equal(rows.length, 1, 'rows');
    return rows;
  });
  ok(row!.client[0]!.includes('<script>'), `client: ${row!.client[0]}`);
  for (const text of [row!.shortId, row!.idTitle, ...row!.client, ...row!.tools, row!.toolsTitle])
    isHarmless(text);
  await page.locator('[role=row][aria-level="1"] [role=gridcell]').nth(3).click();
  const detail = page.locator('.detail');
  await detail.locator('tr.event').nth(5).waitFor();
  for (const { name, error, tools } of await eventsIn(detail))
    for (const text of [name, error, ...tools]) isHarmless(text);
  const summaries = detail.locator('details.payload summary');
  for (let i = 0; i < (await summaries.count()); i += 1) await summaries.nth(i).click();
  await eventuallyEqual(() => detail.locator('pre').count(), 2, 'payloads that are open');
  const payloads = await detail.locator('pre').allInnerTexts();
  ok(payloads[0]!.includes(BIG), `the number became another one: ${payloads[0]!.slice(0, 60)}`);
  for (const text of payloads) isHarmless(text.replaceAll('\n', ' '));
  for (const tab of ['Tools', 'Overview', 'Sessions']) {
    await page.getByRole('link', { name: tab, exact: true }).click();
    await page
      .locator(tab === 'Sessions' ? 'tr.event' : tab === 'Tools' ? 'table.data' : '.totals')
      .first()
      .waitFor();
    await isAsWideAsItsWindow(page, tab);
  }
  await nothingRan(stage, page);
  return `${payloads.length} payloads, ${row!.tools.length} tools`;
}

/** No character that acts on what stands around it. */
export function isHarmless(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  const found = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.exec(text);
  ok(found === null, `${JSON.stringify(found?.[0])} is shown in ${JSON.stringify(text.slice(0, 200))}`);
}

export async function nothingRan(stage: Stage, page: Page): Promise<void> {
  const { executed, refused, elements, links } = await page.evaluate(() => ({
    executed: 'executed' in globalThis,
    refused: (globalThis as unknown as { refused: string[] }).refused,
    elements: document.querySelectorAll('#app script, #app img, #app iframe, #app svg[onload]').length,
    links: [...document.querySelectorAll('a')].filter(({ protocol }) => !/^https?:$/.test(protocol)).length,
  }));
  equal(
    { executed, refused, elements, links },
    { executed: false, refused: [], elements: 0, links: 0 },
    'what ran',
  );
  equal(stage.watch.problems, [], 'console');
}

/** The text of the document, which must not be all that was sent. */
async function charactersOf(page: Page): Promise<number> {
  const { length } = await page.locator('body').innerText();
  ok(length < 60_000, `${length} characters are shown`);
  return length;
}

export async function isAsWideAsItsWindow(page: Page, what: string): Promise<void> {
  await eventuallyEqual(
    () => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth)),
    0,
    `${what}: pixels beyond the window`,
  );
}
