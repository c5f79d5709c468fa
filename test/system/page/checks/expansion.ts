import type { Locator, Page } from 'playwright-core';
import { TIME_ZONE } from '../browser.ts';
import type { PageCheck } from '../check.ts';
import { type EventJson, eventsOf, type SessionJson } from '../demo-recording.ts';
import { equal, eventually, ok, showsDuration } from '../expect.ts';
import { eventsIn, itemOf, openRow, rowOf, rowsOf, type ShownEvent } from '../views.ts';

export const EXPANSION: readonly PageCheck[] = [
  {
    name: 'each session of the demo opens to its events, as the sessions command has them',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const page = await stage.open(ui.url, { width: 1280, height: 1_400 });
      let count = 0;
      for (const session of recording.sessions) {
        const detail = await openRow(page, session.id);
        const expected = await eventsOf(recording.dir, session.id);
        const shown = await eventually(async () => {
          const events = await eventsIn(detail);
          equal(events.length, expected.length, `events of ${session.clientName}`);
          return events;
        });
        compareEvents(shown, expected, session);
        await comparePayloads(detail, expected);
        await compareFacts(detail, session);
        count += shown.length;
        await rowOf(page, session.id).locator('[role=gridcell]').nth(3).click();
        await detail.waitFor({ state: 'detached' });
      }
      return `${count} events of ${recording.sessions.length} sessions`;
    },
  },
  {
    name: 'bars stand on the time of the session, in the order of their events',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const page = await stage.open(ui.url);
      const session = sessionOf(recording.sessions, 'desktop-chat');
      const shown = await eventsIn(await openRow(page, session.id));
      const events = await eventsOf(recording.dir, session.id);
      const bars = shown.flatMap(({ bar, name }, i) => {
        const { latencyMs, time } = events[i]!;
        equal(bar === undefined, latencyMs === null, `${name} has no bar`);
        return bar === undefined ? [] : [{ ...bar, name, at: Date.parse(time), lasts: latencyMs! }];
      });
      for (const a of bars) {
        ok(a.from >= 0 && a.from + a.width < 100.1, `${a.name}: from ${a.from} %, ${a.width} % wide`);
        for (const b of bars) ok(a.at >= b.at || a.from <= b.from + 0.1, `${b.name} is left of ${a.name}`);
      }
      const [longest] = bars.toSorted((a, b) => b.lasts - a.lasts);
      ok(
        bars.length >= 5 && bars.every(({ width }) => width <= longest!.width),
        'the longest is not the widest',
      );
      return `${bars.length} bars`;
    },
  },
  {
    name: 'a failure stands out, says how it was tried again, and its neighbours are in view',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const page = await stage.open(ui.url, { width: 1280, height: 700 });
      const session = sessionOf(recording.sessions, 'payment-agent');
      const detail = await openRow(page, session.id);
      const events = await eventsOf(recording.dir, session.id);
      const failed = events.findIndex(
        ({ status, type }) => status === 'error' && type.startsWith('tools/call'),
      );
      const again = events.findIndex(({ type }, i) => i > failed && type === events[failed]!.type);
      const gap = Date.parse(events[again]!.time) - Date.parse(events[failed]!.time);
      const told = await detail.locator('.trouble').innerText();
      const sentence = /create_payment failed, then succeeded (.+) later/.exec(told);
      ok(sentence !== null, `it says: ${told}`);
      showsDuration(sentence[1]!, gap, 'time until it was tried again');
      const rows = detail.locator('tr.event');
      const [normal, bad] = await Promise.all([lookOf(rows.nth(failed - 1)), lookOf(rows.nth(failed))]);
      ok(normal !== bad, 'the failure looks like its neighbours');
      await detail.getByRole('button', { name: /Next failure|Show the failure/ }).click();
      for (const place of [failed - 1, failed, failed + 1]) await isInView(page, rows.nth(place));
      ok(
        await rows.nth(failed).evaluate((row) => row === document.activeElement),
        'the failure does not have the focus',
      );
      return `failed, then succeeded ${sentence[1]} later`;
    },
  },
  {
    name: 'next and previous failure go through the failures in turn',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const page = await stage.open(ui.url, { width: 1280, height: 700 });
      const session = sessionOf(recording.sessions, 'inspector');
      const detail = await openRow(page, session.id);
      const events = await eventsOf(recording.dir, session.id);
      const failures = events.flatMap(({ kind, status }, place) =>
        kind === 'request' && status === 'error' ? [place] : [],
      );
      ok(failures.length > 1, 'too few failures');
      const next = detail.getByRole('button', { name: 'Next failure' });
      const previous = detail.getByRole('button', { name: 'Previous' });
      const focused = () =>
        eventually(async () => {
          const place = await page.evaluate(
            () => (document.activeElement as HTMLElement | null)?.dataset['place'],
          );
          ok(place !== undefined, 'no event has the focus');
          return Number(place);
        });
      for (const place of [...failures, failures[0]!]) {
        await next.click();
        await eventually(async () => equal(await focused(), place, 'next failure'));
      }
      await previous.click();
      await eventually(async () => equal(await focused(), failures.at(-1)!, 'failure before the first'));
      await page.keyboard.press('p');
      await eventually(async () => equal(await focused(), failures.at(-2)!, 'by the key p'));
      await page.keyboard.press('n');
      await eventually(async () => equal(await focused(), failures.at(-1)!, 'by the key n'));
      return `${failures.length} failures`;
    },
  },
  {
    name: 'several sessions are open at once, and stay where they are',
    async run(stage) {
      const { recording, ui } = await stage.demo();
      const page = await stage.open(ui.url, { width: 1280, height: 2_400 });
      const [first, second, third] = recording.sessions as [SessionJson, SessionJson, SessionJson];
      for (const { id } of [third, first, second]) await openRow(page, id);
      equal(await page.locator('.detail').count(), 3, 'open sessions');
      const places = (await rowsOf(page)).map(({ idTitle }) => idTitle.split(' · ')[0]);
      equal(
        places,
        recording.sessions.map(({ id }) => id),
        'order',
      );
      await noOverlap(page);
      await rowOf(page, first.id).locator('[role=gridcell]').nth(3).click();
      await itemOf(page, first.id).locator('.detail').waitFor({ state: 'detached' });
      equal(await page.locator('.detail').count(), 2, 'open sessions after one was closed');
      await noOverlap(page);
      return '3 open, then 2';
    },
  },
];

function compareEvents(
  shown: readonly ShownEvent[],
  expected: readonly EventJson[],
  session: SessionJson,
): void {
  shown.forEach((event, i) => {
    const wanted = expected[i]!;
    const what = `${session.clientName}, event ${i}`;
    equal(event.time, clockOf(wanted.time), `${what}: time`);
    equal(event.name.replace(/\s+/g, ' ').trim(), wanted.type, `${what}: type`);
    equal(event.error, wanted.error ?? '', `${what}: error`);
    equal(event.status, wanted.status ?? '', `${what}: status`);
    equal(event.isFailure, wanted.status === 'error', `${what}: marked as failed`);
    if (wanted.latencyMs === null) equal(event.latency, '', `${what}: latency`);
    else showsDuration(event.latency, wanted.latencyMs, `${what}: latency`);
    if (wanted.method === 'tools/list') ok(event.tools.length > 1, `${what}: the tools that were listed`);
  });
}

async function comparePayloads(detail: Locator, expected: readonly EventJson[]): Promise<void> {
  for (const [i, event] of expected.entries()) {
    const row = detail.locator('tr.event').nth(i);
    for (const [label, text] of [
      ['Arguments', event.arguments] as const,
      ['Result', event.result] as const,
    ]) {
      const payload = row.locator('details.payload', { hasText: label });
      if (text === null) {
        equal(await payload.count(), 0, `${label} that were not captured`);
        continue;
      }
      await payload.locator('summary').click();
      const shown = await payload.locator('pre').innerText();
      equal(JSON.parse(shown), JSON.parse(text), label);
    }
  }
}

/** What the page calls the transports of the demo. */
const TRANSPORT_WORDS: Readonly<Record<string, string>> = { pipe: 'stdio', tcp: 'HTTP' };

async function compareFacts(detail: Locator, session: SessionJson): Promise<void> {
  const facts = await detail.innerText();
  const { id, service, source, protocolVersion, transport, endReason } = session;
  const shownTransport = transport === null ? null : (TRANSPORT_WORDS[transport] ?? transport);
  for (const fact of [id, service, source, protocolVersion, shownTransport, endReason]) {
    if (fact !== null) ok(facts.includes(fact), `the facts of ${session.clientName} lack ${fact}`);
  }
}

export function sessionOf(sessions: readonly SessionJson[], client: string): SessionJson {
  const found = sessions.find(({ clientName }) => clientName === client);
  ok(found !== undefined, `no session of ${client}`);
  return found;
}

/** `14:03:05.123`, in the browser's time zone. */
function clockOf(iso: string): string {
  const date = new Date(iso);
  const clock = date.toLocaleTimeString('en-GB', { timeZone: TIME_ZONE, hourCycle: 'h23' });
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function lookOf(row: Locator): Promise<string> {
  return row.evaluate((element) => {
    const cell = element.querySelector('td')!;
    const { backgroundColor } = getComputedStyle(element);
    const { boxShadow, borderLeft, backgroundColor: ofCell } = getComputedStyle(cell);
    return [backgroundColor, boxShadow, borderLeft, ofCell].join();
  });
}

async function isInView(page: Page, row: Locator): Promise<void> {
  const box = await row.boundingBox();
  const height = page.viewportSize()!.height;
  ok(box !== null && box.y >= 0 && box.y + box.height <= height, `an event at ${box?.y} is not in view`);
}

async function noOverlap(page: Page): Promise<void> {
  await eventually(async () => {
    const boxes = await page.locator('tbody[data-session]').evaluateAll((items) =>
      items
        .map((item) => item.getBoundingClientRect())
        .map(({ top, bottom }) => [top, bottom] as const)
        .sort(([a], [b]) => a - b),
    );
    boxes.slice(1).forEach(([top], i) => {
      ok(Math.abs(top - boxes[i]![1]) < 1.5, `an item ends at ${boxes[i]![1]}, the next begins at ${top}`);
    });
  });
}
