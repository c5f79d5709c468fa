import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PageCheck } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { knownSessions } from '../known.ts';
import { writeRecording } from '../spans.ts';
import { idsOf } from '../views.ts';

const BUILT_PAGE = fileURLToPath(new URL('../../../../dist/page', import.meta.url));
/** What the page loads when it is idle, and what that needs. */
const PART = /^page-[\w-]+\.js$/;

export const STATES: readonly PageCheck[] = [
  {
    name: 'the empty page says how to begin; its demo loads and goes again',
    async run(stage) {
      const dir = await stage.tempDir();
      const ui = await stage.startUi(dir, { receives: true });
      const page = await stage.open(ui.url);
      await page.getByRole('heading', { name: 'No session yet' }).waitFor();
      const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
      await page.getByRole('button', { name: 'Copy what comes before the command' }).click();
      await eventuallyEqual(
        clipboard,
        `npx -y mcp-sessionscope run --dir ${dir} -- YOUR COMMAND`,
        'command in the clipboard',
      );
      await page.getByRole('button', { name: 'Copy the command that changes the configuration' }).click();
      await eventuallyEqual(clipboard, `npx -y mcp-sessionscope wrap --dir ${dir}`, 'wrap in the clipboard');
      await page.getByRole('tab', { name: 'Any command' }).focus();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('button', { name: 'Copy the start command' }).click();
      await eventuallyEqual(
        clipboard,
        `OTEL_EXPORTER_OTLP_ENDPOINT=${ui.otlpUrl} node --import mcp-sessionscope/register server.js`,
        'start in the clipboard',
      );
      await page.getByRole('tab', { name: 'In code' }).click();
      await page.getByRole('button', { name: 'Copy the settings' }).click();
      await eventuallyEqual(
        clipboard,
        `OTEL_EXPORTER_OTLP_ENDPOINT=${ui.otlpUrl}`,
        'endpoint in the clipboard',
      );
      await page.getByRole('button', { name: 'Copy the code' }).click();
      await eventually(async () => ok((await clipboard()).includes('instrumentServer(server'), 'no code'));
      await page.getByRole('button', { name: 'Load the demo' }).click();
      const ids = await eventually(async () => {
        const shown = await idsOf(page);
        ok(shown.length >= 7, `${shown.length} sessions of the demo`);
        return shown;
      });
      await page.getByText("The demo's sessions are shown.").waitFor();
      await page.getByRole('button', { name: 'Remove them' }).click();
      await page.getByRole('heading', { name: 'No session yet' }).waitFor();
      return `${ids.length} sessions of the demo came and went`;
    },
  },
  {
    name: 'the demo loads beside what is recorded, and takes only itself away',
    async run(stage) {
      const dir = await stage.tempDir();
      const known = knownSessions(Date.now()).slice(0, 3);
      await writeRecording(join(dir, 'known.traces.jsonl'), known);
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url);
      const ids = known.map(({ id }) => id);
      await eventuallyEqual(() => idsOf(page), ids, 'sessions');
      const load = (method: 'POST' | 'DELETE') =>
        page.evaluate(async (how) => {
          const headers = { 'content-type': 'application/json' };
          return (await fetch('/api/demo', { method: how, headers, body: '{}' })).status;
        }, method);
      equal(await load('POST'), 200, 'status');
      await page.getByText("The demo's sessions are shown.").waitFor();
      await eventually(async () => ok((await idsOf(page)).length > 7, 'the demo is not there'));
      await page.getByRole('button', { name: 'Remove them' }).click();
      await eventuallyEqual(() => idsOf(page), ids, 'sessions after it');
      return '3 sessions stay';
    },
  },
  {
    name: 'when the server is gone the page says so and keeps what it shows; when it is back it goes on',
    async run(stage) {
      stage.watch.allow(
        /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|Failed to load resource/,
      );
      const dir = await stage.tempDir();
      const known = knownSessions(Date.now());
      await writeRecording(join(dir, 'known.traces.jsonl'), known.slice(1, 5));
      const first = await stage.startUi(dir);
      const page = await stage.open(first.url);
      const live = page.locator('.live');
      await eventuallyEqual(async () => (await live.innerText()).trim(), 'Live', 'connection');
      const ids = known.slice(1, 5).map(({ id }) => id);
      await eventuallyEqual(() => idsOf(page), ids, 'sessions');
      await first.stop();
      await eventuallyEqual(async () => (await live.innerText()).trim(), 'Reconnecting', 'connection');
      equal(await idsOf(page), ids, 'sessions while it is gone');
      await page.getByRole('searchbox').fill('inspector');
      await page.getByRole('alert').first().waitFor();
      await page.getByRole('searchbox').fill('');
      await writeRecording(join(dir, 'more.traces.jsonl'), known.slice(0, 1));
      await stage.startUi(dir, { port: Number(new URL(first.url).port) });
      await eventually(async () => equal((await live.innerText()).trim(), 'Live', 'connection'), 20_000);
      await eventuallyEqual(
        () => idsOf(page),
        known.slice(0, 5).map(({ id }) => id),
        'sessions after it',
      );
      await page.getByRole('alert').first().waitFor({ state: 'detached' });
      return '4 sessions, then 5';
    },
  },
  {
    name: 'a tab that was not loaded before the server was gone does not say that it loads',
    async run(stage) {
      stage.watch.allow(
        /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|Failed to load resource/,
      );
      const dir = await stage.tempDir();
      await writeRecording(join(dir, 'known.traces.jsonl'), knownSessions(Date.now()).slice(0, 3));
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url);
      const parts = () =>
        page.evaluate(
          () =>
            performance.getEntriesByType('resource').filter(({ name }) => /page-[\w-]+\.js$/.test(name))
              .length,
        );
      const all = readdirSync(BUILT_PAGE).filter((name) => PART.test(name)).length;
      await eventuallyEqual(parts, all, 'parts of the page that are loaded');
      await ui.stop();
      await eventuallyEqual(
        async () => (await page.locator('.live').innerText()).trim(),
        'Reconnecting',
        'connection',
      );
      for (const tab of ['Tools', 'Errors', 'Overview']) {
        await page.getByRole('link', { name: tab, exact: true }).click();
        await page.locator('.summary p').waitFor({ state: 'attached' });
        await page.getByText('The server does not answer').first().waitFor();
        await eventuallyEqual(() => page.locator('.summary p').innerText(), '', `what ${tab} says`);
      }
      return '3 tabs';
    },
  },
  {
    name: 'the beginning of an id opens its session; where several have it, that is said',
    async run(stage) {
      stage.watch.allow(/404|409/);
      const dir = await stage.tempDir();
      const session = { startMs: Date.now() - 60_000, requests: [] };
      await writeRecording(join(dir, 'a.traces.jsonl'), [
        { ...session, id: 'abcdef-one' },
        { ...session, id: 'abcdef-two' },
      ]);
      const ui = await stage.startUi(dir);
      const page = await stage.open(`${ui.url}/?open=ABCDEF-t`);
      await page.locator('.whole-id', { hasText: 'abcdef-two' }).waitFor();
      equal(new URL(page.url()).search, '?open=abcdef-two', 'address');
      await page.goto(`${ui.url}/?open=abcdef`);
      await page.getByText("'abcdef' could be any of 2 sessions").waitFor();
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await page.getByText('could be any of').waitFor({ state: 'detached' });
      return 'abcdef-two';
    },
  },
  {
    name: 'a session that is not there is named, and the others are shown',
    async run(stage) {
      stage.watch.allow(/404/);
      const { sessions, ui } = await stage.known();
      const page = await stage.open(`${ui.url}/?open=no-such-session`);
      await page.getByText('No session no-such-session is recorded here.').waitFor();
      await eventually(async () => ok((await idsOf(page)).length > 5, 'no sessions'));
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await page.getByText('No session no-such-session').waitFor({ state: 'detached' });
      equal(new URL(page.url()).search, '', 'address');
      return `${sessions.length} others`;
    },
  },
];
