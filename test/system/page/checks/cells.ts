import { setTimeout as sleep } from 'node:timers/promises';
import { TIME_ZONE } from '../browser.ts';
import type { PageCheck } from '../check.ts';
import type { SessionJson } from '../demo-recording.ts';
import { equal, eventually, millisOf, ok, showsDuration } from '../expect.ts';
import type { KnownSession } from '../known.ts';
import { idsOf, rowsOf, type ShownRow } from '../views.ts';
import { openKnown } from './filters.ts';

/** What the clients of the demo did: requests, those that failed, and the tools that they called, in order. */
const DONE: Readonly<Record<string, readonly [calls: number, errors: number, tools: readonly string[]]>> = {
  'code-editor 2.0.1': [7, 0, ['get-sum', 'trigger-elicitation-request', 'trigger-sampling-request']],
  'terminal-chat 0.9.0': [2, 0, ['echo']],
  'desktop-chat 1.4.0': [5, 0, ['trigger-long-running-operation', 'get-structured-content']],
  'inspector 1.0.0': [6, 2, ['get-sum', 'no-such-tool', 'trigger-long-running-operation']],
  'payment-agent 3.2.0': [7, 1, ['get_balance', 'create_payment']],
  'nightly-report 5.0.0': [2, 0, ['get_balance']],
  'support-chat 1.1.0': [3, 0, ['echo']],
};

const STATUS_COLORS = { active: 'green', ended: 'gray', lost: 'amber' } as const;

export const CELLS: readonly PageCheck[] = [
  {
    name: 'every row of the demo says what its client did',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const page = await stage.open(ui.url);
      const rows = await eventually(async () => {
        const shown = await rowsOf(page);
        equal(shown.length, recording.sessions.length, 'rows');
        return shown;
      });
      const done = Object.fromEntries(
        rows.map(({ client, calls, errors, tools }) => [
          client.join(' '),
          [Number(calls), Number(errors), tools],
        ]),
      );
      equal(sorted(done), sorted(DONE), 'calls, errors and tools by client');
      return `${rows.length} rows`;
    },
  },
  {
    name: 'every cell of the demo is as the sessions command has it',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const page = await stage.open(ui.url);
      const { sessions } = recording;
      await eventually(async () =>
        equal(
          await idsOf(page),
          sessions.map(({ id }) => id),
          'ids, newest first',
        ),
      );
      const rows = await rowsOf(page);
      for (const [i, session] of sessions.entries()) compareCells(rows[i]!, session);
      return `${rows.length} rows of 8 cells`;
    },
  },
  {
    name: 'cells of sessions of every status, with many tools or none, are as they were made',
    async run(stage) {
      const { page, sessions } = await openKnown(stage);
      const rows = await rowsOf(page);
      for (const [i, session] of sessions.entries()) compareKnown(rows[i]!, session);
      const counts = ['active', 'ended', 'lost'].map(
        (status) => `${sessions.filter((session) => session.status === status).length} ${status}`,
      );
      return counts.join(', ');
    },
  },
  {
    name: 'the duration of an active session ticks, and of the others it does not',
    async run(stage) {
      const { ui } = await stage.demo();
      const page = await stage.open(ui.url);
      await eventually(async () => ok((await rowsOf(page)).length > 0, 'no row'));
      const before = await rowsOf(page);
      await sleep(2_200);
      const after = await rowsOf(page);
      let ticking = 0;
      before.forEach((row, i) => {
        const grown = millisOf(after[i]!.duration) - millisOf(row.duration);
        if (row.status !== 'active') equal(grown, 0, `growth of ${row.client.join(' ')}`);
        else if (grown >= 1_000 && grown <= 4_000) ticking += 1;
        else throw new Error(`${row.client.join(' ')} went from ${row.duration} to ${after[i]!.duration}`);
      });
      ok(ticking === 1, `${ticking} sessions tick`);
      return `${before.length} durations, ${ticking} of them ticks`;
    },
  },
];

function compareCells(row: ShownRow, session: SessionJson): void {
  const what = `${session.clientName}:`;
  ok(row.shortId.length >= 8 && session.id.startsWith(row.shortId), `${what} short id ${row.shortId}`);
  equal(row.idTitle.includes('inferred'), session.source === 'inferred', `${what} marked as inferred`);
  equal(row.client, [session.clientName, session.clientVersion], `${what} client`);
  const started = localTime(session.startedAt);
  equal(row.started, `${started.day}, ${started.clock}`, `${what} started`);
  ok(/ago|just now/.test(row.startedTitle), `${what} how long ago: ${row.startedTitle}`);
  if (session.status !== 'active') showsDuration(row.duration, session.durationMs, `${what} duration`);
  equal(row.calls, String(session.calls), `${what} calls`);
  equal(row.errors, String(session.errors), `${what} errors`);
  equal(isRed(row.errorsColor), session.errors > 0, `${what} errors are highlighted`);
  equal(row.status, session.status, `${what} status`);
  equal(colorOf(row.statusColor), STATUS_COLORS[session.status], `${what} dot`);
  if (session.endReason !== null)
    ok(row.statusTitle.includes(session.endReason), `${what} ${row.statusTitle}`);
  equal(row.tools, session.tools.slice(0, 3), `${what} tools`);
  equal(row.toolsTitle, session.tools.join(', '), `${what} all tools`);
}

function compareKnown(row: ShownRow, session: KnownSession): void {
  const what = `${session.id}:`;
  ok(session.id.startsWith(row.shortId), `${what} short id ${row.shortId}`);
  equal(row.client, [session.client, session.version], `${what} client`);
  equal([row.calls, row.errors], [String(session.calls), String(session.errors)], `${what} calls and errors`);
  equal(isRed(row.errorsColor), session.errors > 0, `${what} errors are highlighted`);
  equal(row.status, session.status, `${what} status`);
  equal(colorOf(row.statusColor), STATUS_COLORS[session.status], `${what} dot`);
  if (session.status !== 'active') showsDuration(row.duration, session.lastsMs, `${what} duration`);
  equal(row.tools, session.tools.slice(0, 3), `${what} tools`);
  equal(row.toolsTitle, session.tools.join(', '), `${what} all tools`);
  equal(row.moreTools, session.tools.length > 3 ? `+${session.tools.length - 3}` : '', `${what} more tools`);
}

/** `Nov 20` and `14:03:05`, in the browser's time zone. */
function localTime(iso: string): { day: string; clock: string } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: TIME_ZONE,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(iso));
  const part = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? '';
  return {
    day: `${part('month')} ${part('day')}`,
    clock: `${part('hour')}:${part('minute')}:${part('second')}`,
  };
}

function channels(color: string): [red: number, green: number, blue: number] {
  const [red = 0, green = 0, blue = 0] = [...color.matchAll(/[\d.]+/g)].map(([number]) => Number(number));
  return [red, green, blue];
}

function isRed(color: string): boolean {
  const [red, green, blue] = channels(color);
  return red > green + 60 && red > blue + 60;
}

function colorOf(color: string): string {
  const [red, green, blue] = channels(color);
  if (Math.max(red, green, blue) - Math.min(red, green, blue) < 40) return 'gray';
  if (green > red && green > blue) return 'green';
  return red > blue + 60 && green > blue ? 'amber' : color;
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
