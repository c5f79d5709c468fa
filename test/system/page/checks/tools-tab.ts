import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { PageCheck, Stage } from '../check.ts';
import type { SessionJson } from '../demo-recording.ts';
import { equal, eventually, eventuallyEqual, ok, showsDuration } from '../expect.ts';
import { readSpans } from '../recorded-spans.ts';
import { type MadeRequest, type MadeSession, writeRecording } from '../spans.ts';
import { distinct, type ToolTruth, toolsIn } from '../truth.ts';
import { dataRows, idsOf } from '../views.ts';

export const TOOLS_TAB: readonly PageCheck[] = [
  {
    name: 'the tools tab says of each tool what the spans say',
    async run(stage) {
      const { page, tools, sessions } = await openTools(stage);
      const rows = new Map((await dataRows(page, 'Tools')).map((row) => [row['Tool'], row]));
      equal(
        [...rows.keys()].sort(),
        tools.map(({ name }) => name),
        'tools',
      );
      for (const tool of tools) compareTool(rows.get(tool.name)!, tool, clientsOf(tool, sessions));
      const unlisted = tools.filter(({ isListed }) => !isListed).map(({ name }) => name);
      equal(unlisted, ['no-such-tool'], 'tools that no list named');
      return `${tools.length} tools, ${tools.filter(({ calls }) => calls > 0).length} of them called`;
    },
  },
  {
    name: 'a tool opens to the clients that have discovered it, and those that have not',
    async run(stage) {
      const { page, tools, sessions } = await openTools(stage);
      const tool = tools.find(({ name }) => name === 'create_payment')!;
      await toolRow(page, tool.name).locator('.expander').click();
      const discovery = page.locator('.discovery');
      await discovery.waitFor();
      const ofPayments = sessions.filter(({ service }) => service === 'payments');
      const others = distinct(ofPayments.map(({ clientName }) => clientName ?? 'unknown')).filter(
        (name) => !tool.seenBy.includes(name),
      );
      await eventuallyEqual(() => clientsIn(page, 'Have seen it'), tool.seenBy, 'clients that have seen it');
      equal(await clientsIn(page, 'Never asked for a list'), others, 'clients that have not');
      return `${tool.seenBy.join(', ')}; not ${others.join(', ')}`;
    },
  },
  {
    name: 'of a new tool it is told who has discovered it, who has not since, and who never asked',
    async run(stage) {
      const dir = await stage.tempDir();
      await writeRecording(join(dir, 'released.traces.jsonl'), aroundRelease(Date.now()));
      const ui = await stage.startUi(dir);
      const page = await stage.open(`${ui.url}/?tab=tools&tool-open=refund`, { width: 1700 });
      await page.locator('.discovery li').first().waitFor();
      const told = {
        seen: await clientsIn(page, 'Have seen it'),
        notSeen: await clientsIn(page, 'Have not discovered it'),
        neverAsked: await clientsIn(page, 'Never asked for a list'),
      };
      equal(told, { seen: ['early-bird'], notSeen: ['late-riser'], neverAsked: ['sleeper'] }, 'clients');
      const [row] = (await dataRows(page, 'Tools')).filter((each) => each['Tool'] === 'refund');
      equal([row?.['Seen by'], row?.['Calls'], row?.['Last call']], ['1 of 3', '0', 'never'], 'the row');
      return JSON.stringify(told);
    },
  },
  {
    name: 'a click on a tool shows the sessions that called it',
    async run(stage) {
      const { page, sessions } = await openTools(stage);
      await toolRow(page, 'echo').getByRole('link').click();
      const calling = sessions.filter(({ tools }) => tools.includes('echo')).map(({ id }) => id);
      ok(calling.length > 1, 'too few sessions');
      await eventuallyEqual(() => idsOf(page), calling, 'sessions');
      equal(await page.locator('nav [aria-current=page]').innerText(), 'Sessions', 'tab');
      return `${calling.length} sessions with echo`;
    },
  },
  {
    name: 'the tools sort by each column in both directions',
    async run(stage) {
      const { page, tools } = await openTools(stage);
      const byName = new Map(tools.map((tool) => [tool.name, tool]));
      const values: Record<string, (tool: ToolTruth) => number | string | undefined> = {
        Tool: ({ name }) => name,
        Servers: ({ services }) => services.join(', '),
        'Seen by': ({ seenBy }) => seenBy.length,
        Errors: ({ errors }) => errors,
        p50: ({ p50 }) => p50,
        p95: ({ p95 }) => p95,
        p99: ({ p99 }) => p99,
        Calls: ({ calls }) => calls,
      };
      for (const [label, value] of Object.entries(values)) {
        const header = page.getByRole('columnheader', { name: label, exact: true });
        for (let click = 0; click < 2; click += 1) {
          const before = await header.getAttribute('aria-sort');
          await header.getByRole('button').click();
          await eventually(async () => {
            const direction = await header.getAttribute('aria-sort');
            ok(direction !== before && direction !== 'none', `${label} is not sorted`);
            const names = (await dataRows(page, 'Tools')).map((row) => row['Tool']!);
            inOrder(
              names.map((name) => value(byName.get(name)!)),
              direction === 'ascending',
              label,
            );
          });
        }
      }
      return `${tools.length} tools by ${Object.keys(values).length} columns`;
    },
  },
];

/** One client asks for the tools before `refund` is released, one before and after it, and one not at all. */
function aroundRelease(now: number): MadeSession[] {
  const list = (atMs: number, names: string) => ({
    method: 'tools/list',
    atMs,
    latencyMs: 3,
    attributes: { 'mcp.tools.names': names },
  });
  const call = { method: 'tools/call', tool: 'pay', atMs: 50, latencyMs: 9 };
  const session = (client: string, startMs: number, requests: MadeRequest[]): MadeSession => ({
    id: `session-of-${client}`,
    client,
    version: '1.0.0',
    startMs,
    requests,
    endAfterMs: 900_000,
  });
  return [
    session('late-riser', now - 1_800_000, [list(10, 'pay')]),
    session('sleeper', now - 1_500_000, [call]),
    session('early-bird', now - 1_200_000, [list(10, 'pay'), list(60_000, 'pay, refund')]),
  ];
}

async function openTools(
  stage: Stage,
): Promise<{ page: Page; tools: ToolTruth[]; sessions: readonly SessionJson[] }> {
  const { recording, ui } = await stage.demo();
  const { sessions, dir } = recording;
  // Wide enough for every column.
  const page = await stage.open(`${ui.url}/?tab=tools`, { width: 1700 });
  await page.getByRole('table', { name: 'Tools' }).waitFor();
  const clients = new Map(sessions.map(({ id, clientName }) => [id, clientName ?? 'unknown']));
  const tools = toolsIn(await readSpans(dir), (id) => clients.get(id ?? '') ?? 'unknown');
  return { page, tools, sessions };
}

/** Clients of the servers that have the tool. */
function clientsOf({ services }: ToolTruth, sessions: readonly SessionJson[]): number {
  const ofThose = sessions.filter(({ service }) => service !== null && services.includes(service));
  return distinct(ofThose.map(({ clientName }) => clientName ?? 'unknown')).length;
}

function compareTool(row: Record<string, string>, tool: ToolTruth, clients: number): void {
  const what = `${tool.name}:`;
  equal(row['Servers'], tool.services.join(', '), `${what} servers`);
  equal(row['Listed'], tool.isListed ? 'yes' : 'not listed', `${what} listed`);
  equal(row['Seen by'], `${tool.seenBy.length} of ${clients}`, `${what} seen by`);
  equal(row['Calls'], String(tool.calls), `${what} calls`);
  const errors = row['Errors']!;
  equal(Number.parseInt(errors, 10), tool.errors, `${what} errors`);
  if (tool.errors > 0) ok(errors.includes(`${rate(tool.errors, tool.calls)} %`), `${what} rate in ${errors}`);
  for (const [type, count] of Object.entries(tool.errorTypes)) {
    const types = row['Error types']!;
    ok(types.includes(`${type} ${count}`), `${what} ${type} ${count} is not in ${types}`);
  }
  for (const name of ['p50', 'p95', 'p99'] as const) {
    const millis = tool[name];
    if (millis === undefined) equal(row[name], '–', `${what} ${name}`);
    else showsDuration(row[name]!, millis, `${what} ${name}`);
  }
  ok(
    tool.calls === 0 ? row['Last call'] === 'never' : /ago|now/.test(row['Last call']!),
    `${what} last call`,
  );
}

function rate(part: number, whole: number): string {
  const percent = (part / whole) * 100;
  return percent >= 9.95 ? String(Math.round(percent)) : String(Math.round(percent * 10) / 10);
}

function toolRow(page: Page, name: string) {
  return page.getByRole('table', { name: 'Tools' }).getByRole('row').filter({ hasText: name }).first();
}

async function clientsIn(page: Page, title: string): Promise<string[]> {
  const group = page.locator('.discovery section', { has: page.getByRole('heading', { name: title }) });
  return (await group.locator('li a').allInnerTexts()).map((text) => text.trim()).sort();
}

/** What has no value comes last, whatever the direction. */
function inOrder(values: readonly (string | number | undefined)[], isAscending: boolean, what: string): void {
  values.slice(1).forEach((next, i) => {
    const before = values[i];
    if (next === undefined) return;
    ok(before !== undefined, `${what}: ${next} comes after what has no value`);
    const step = typeof next === 'number' ? next - Number(before) : next.localeCompare(String(before));
    ok(isAscending ? step >= 0 : step <= 0, `${what}: ${before} stands before ${next}`);
  });
}
