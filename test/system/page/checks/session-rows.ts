import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { PageCheck, Stage } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { SERVICES } from '../known.ts';
import { type MadeSession, writeRecording } from '../spans.ts';
import { idsOf, itemOf, openRow, rowOf, rowsOf } from '../views.ts';
import { openKnown } from './filters.ts';
import { isAccessible, keepPicture } from './looks.ts';

const MINUTE = 60_000;

export const SESSION_ROWS: readonly PageCheck[] = [
  {
    name: 'each row names its server where there are several, and says how many of its calls failed',
    async run(stage) {
      const { page, sessions } = await openKnown(stage);
      const rows = await rowsOf(page);
      for (const [i, { id, service, errors, calls }] of sessions.entries()) {
        equal(rows[i]!.server, service, `${id}: server`);
        equal(rows[i]!.rate, errors === 0 ? '' : `${Math.round((errors / calls) * 100)} %`, `${id}: rate`);
      }
      await page.getByRole('combobox', { name: 'Server' }).selectOption(SERVICES[1]);
      await eventually(async () => {
        const { server } = (await rowsOf(page))[0]!;
        equal(server, undefined, 'server of rows that all have one');
      });
      const narrow = await stage.open((await stage.known()).ui.url, { width: 400 });
      await narrow.getByRole('combobox', { name: 'Sort by' }).selectOption('By errors rate');
      await eventually(async () => equal((await rowsOf(narrow))[0]!.rate.endsWith(' %'), true, 'first row'));
      return `${rows.length} rows of ${SERVICES.length} servers`;
    },
  },
  {
    name: 'a tool in a row or above its events leads to the sessions that called it',
    async run(stage) {
      const { page, sessions } = await openKnown(stage);
      const calling = (tool: string) =>
        sessions.filter(({ tools }) => tools.includes(tool)).map(({ id }) => id);
      const { id, tools } = sessions.find((session) => session.tools.length >= 2)!;
      await rowOf(page, id).getByRole('link', { name: tools[0]!, exact: true }).click();
      await eventuallyEqual(() => idsOf(page), calling(tools[0]!), `sessions that called ${tools[0]}`);
      equal(new URL(page.url()).searchParams.get('open'), null, 'what a click on a tool opens');
      await page.getByRole('button', { name: 'Any tool' }).click();
      const detail = await openRow(page, id);
      await detail.locator('.facts').getByRole('link', { name: tools[1]!, exact: true }).click();
      await eventuallyEqual(() => idsOf(page), calling(tools[1]!), `sessions that called ${tools[1]}`);
      return `${tools[0]}, ${tools[1]}`;
    },
  },
  {
    name: 'a session that is stuck shows what it waits for, until the span of the request has come',
    async run(stage) {
      const dir = await stage.tempDir();
      const now = Date.now();
      const stuck = stuckSession(now);
      await writeRecording(join(dir, 'a.traces.jsonl'), [stuck]);
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url);
      const waiting = async () => (await rowsOf(page))[0]?.waiting ?? '';
      await eventually(async () =>
        ok(
          /^waiting 3 min \d+ s: tools\/call slow_report and 1 more$/.test(await waiting()),
          await waiting(),
        ),
      );
      const detail = await openRow(page, stuck.id);
      ok(
        (await detail.locator('.facts').innerText()).includes('tools/call slow_report'),
        'the facts lack it',
      );
      await isAccessible(page, 'a session that waits');
      await keepPicture(stage, page, 'waiting');
      const answered: MadeSession = {
        ...stuck,
        requests: [{ method: 'tools/call', tool: 'slow_report', atMs: -2 * MINUTE, latencyMs: 5 * MINUTE }],
      };
      await writeRecording(join(dir, 'b.traces.jsonl'), [answered]);
      await eventually(async () => ok(/^waiting .*: ping$/.test(await waiting()), await waiting()), 15_000);
      return 'waiting 3 min: tools/call slow_report';
    },
  },
  {
    name: 'what a session waits for is whole and on lines of its own, at any width',
    async run(stage) {
      const dir = await stage.tempDir();
      const stuck = stuckSession(Date.now());
      const tools = ['create_payment', 'get_balance', 'list_orders', 'refund_payment', 'send_receipt'];
      const requests = tools.map((tool, i) => ({ method: 'tools/call', tool, atMs: 1 + i, latencyMs: 1 }));
      await writeRecording(join(dir, 'a.traces.jsonl'), [{ ...stuck, requests }]);
      const ui = await stage.startUi(dir);
      for (const width of [400, 1_000, 1_300, 1_600]) {
        const page = await stage.open(ui.url, { width });
        const row = rowOf(page, stuck.id);
        const waiting = row.locator('.waiting');
        await waiting.waitFor();
        await row.locator('.tags').waitFor();
        await keepPicture(stage, page, `waiting-${width}`);
        await isWhole(waiting, row, `at ${width} px`);
      }
      return 'at 4 widths';
    },
  },
  {
    name: 'the facts of a session say what it goes over, and where its conversation was named',
    async run(stage) {
      const page = await openConversation(stage);
      const detail = itemOf(page, 'conversation-of-two').locator('.detail');
      await detail.locator('tr.event').first().waitFor();
      const facts = await detail.locator('.facts').innerText();
      for (const fact of [
        'HTTP',
        'chat-7',
        'named by the client, in requests of 2 protocol sessions; which makes them one session',
        'wire-1',
        'wire-2',
        'a-key-of-both',
        'the conversation that the client named',
      ])
        ok(facts.includes(fact), `the facts lack ${fact}: ${facts}`);
      ok(!/\btcp\b/.test(facts), 'the facts have the value of the attribute');
      return '6 facts';
    },
  },
];

/** Neither cut nor beneath anything else. */
async function isWhole(waiting: Locator, row: Locator, what: string): Promise<void> {
  const [text, tags, cell, all] = await Promise.all(
    [waiting, row.locator('.tags'), row.locator('.c-tools'), row].map(async (each) => {
      const box = await each.boundingBox();
      ok(box !== null, `${what}: it is not shown`);
      return { ...box, right: box.x + box.width, bottom: box.y + box.height };
    }),
  );
  ok(text!.bottom <= tags!.y, `${what}: the tools begin at ${tags!.y}, it ends at ${text!.bottom}`);
  ok(tags!.bottom <= all!.bottom && text!.y >= all!.y, `${what}: the row is too low`);
  ok(text!.right <= cell!.right + 1, `${what}: it is wider than its cell`);
  const isCut = await waiting.evaluate(
    (each) => each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight,
  );
  ok(!isCut, `${what}: it is cut`);
}

/** A session whose start told, a minute ago, of two requests that had been open for some time by then. */
function stuckSession(now: number): MadeSession {
  const startMs = now - MINUTE;
  return {
    id: 'stuck-session',
    client: 'patient',
    startMs,
    requests: [],
    attributes: {
      'mcp.client.session.open_requests': ['tools/call slow_report', 'ping'],
      'mcp.client.session.open_since_unix_ms': [startMs - 2 * MINUTE, startMs - MINUTE],
    },
  };
}

async function openConversation(stage: Stage) {
  const dir = await stage.tempDir();
  const startMs = Date.now() - MINUTE;
  const part = (protocolId: string): MadeSession => ({
    id: 'conversation-of-two',
    startMs,
    requests: [{ method: 'tools/call', tool: 'echo', atMs: 1, latencyMs: 3 }],
    attributes: {
      'mcp.client.session.source': 'conversation',
      'mcp.client.session.key': 'a-key-of-both',
      'mcp.protocol.session.id': protocolId,
      'gen_ai.conversation.id': 'chat-7',
      'network.transport': 'tcp',
    },
  });
  await writeRecording(join(dir, 'a.traces.jsonl'), [part('wire-1'), part('wire-2')]);
  const ui = await stage.startUi(dir);
  return stage.open(`${ui.url}/?open=conversation-of-two`);
}
