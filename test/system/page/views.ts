import type { Locator, Page } from 'playwright-core';

/** A row of the sessions table as it is shown. */
export interface ShownRow {
  /** Its place in the order, from 1. */
  readonly place: number;
  readonly shortId: string;
  readonly idTitle: string;
  readonly client: readonly string[];
  /** Absent where there is no such column. */
  readonly server: string | undefined;
  readonly started: string;
  readonly startedTitle: string;
  readonly duration: string;
  readonly calls: string;
  readonly errors: string;
  /** Of all calls; empty without errors. */
  readonly rate: string;
  readonly errorsColor: string;
  readonly status: string;
  readonly statusTitle: string;
  readonly statusColor: string;
  readonly tools: readonly string[];
  readonly toolsTitle: string;
  readonly moreTools: string;
  /** What it waits for. */
  readonly waiting: string;
}

/** The rows that are in the document, in their order. */
export function rowsOf(page: Page): Promise<ShownRow[]> {
  return page.locator('[role=treegrid] [role=row][aria-level="1"]').evaluateAll((rows) =>
    rows
      .filter((row) => row.querySelector('.c-tools') !== null)
      .map((row) => {
        const cells = [
          'session',
          'client',
          'server',
          'started',
          'duration',
          'calls',
          'errors',
          'status',
          'tools',
        ];
        const [session, client, server, started, duration, calls, errors, status, tools] = cells.map(
          (name) => row.querySelector<HTMLElement>(`:scope > .c-${name}`) ?? undefined,
        );
        const titleOf = (cell: HTMLElement | undefined, selector: string) =>
          cell?.querySelector(selector)?.getAttribute('title') ?? '';
        const textsOf = (cell: HTMLElement | undefined, selector: string) =>
          [...(cell?.querySelectorAll<HTMLElement>(selector) ?? [])].map((each) => each.innerText.trim());
        const dot = status?.querySelector('.dot');
        const count = errors?.querySelector<HTMLElement>('span');
        return {
          place: Number(row.getAttribute('aria-rowindex')) - 1,
          shortId: textsOf(session, 'bdi')[0] ?? '',
          idTitle: titleOf(session, '[title]:not(button)'),
          client: client?.querySelector('bdi') == null ? [client?.innerText ?? ''] : textsOf(client, 'bdi'),
          server: server?.innerText.trim(),
          started: started?.innerText.trim() ?? '',
          startedTitle: titleOf(started, 'time'),
          duration: duration?.innerText.trim() ?? '',
          calls: calls?.innerText.trim() ?? '',
          errors: count?.innerText.trim() ?? '',
          rate: textsOf(errors, '.rate')[0] ?? '',
          errorsColor: count == null ? '' : getComputedStyle(count).color,
          status: status?.innerText.trim() ?? '',
          statusTitle: titleOf(status, '[title]'),
          statusColor: dot == null ? '' : getComputedStyle(dot).backgroundColor,
          tools: textsOf(tools, '.tag'),
          toolsTitle: titleOf(tools, '.tags'),
          moreTools: textsOf(tools, '.more')[0] ?? '',
          waiting: textsOf(tools, '.waiting')[0] ?? '',
        };
      })
      .sort((a, b) => a.place - b.place),
  );
}

/** Whole ids of the rows, in their order. */
export async function idsOf(page: Page): Promise<string[]> {
  return (await rowsOf(page)).map(({ idTitle }) => idTitle.split(' · ')[0]!);
}

/** The row of a session, by a beginning of its id that tells it from the others. */
export function rowOf(page: Page, id: string): Locator {
  const title = page.locator(`[title^="${id}"]`);
  return page.locator('[role=row][aria-level="1"]').filter({ has: title });
}

/** All of a session: its row, and what is shown below it when it is open. */
export function itemOf(page: Page, id: string): Locator {
  return page.locator('tbody[data-session]').filter({ has: rowOf(page, id) });
}

export async function openRow(page: Page, id: string): Promise<Locator> {
  await rowOf(page, id).locator('[role=gridcell]').nth(3).click();
  const detail = itemOf(page, id).locator('.detail');
  await detail.locator('tr.event').first().waitFor();
  return detail;
}

/** An event of an open session as it is shown. */
export interface ShownEvent {
  readonly time: string;
  readonly name: string;
  readonly error: string;
  readonly latency: string;
  /** Where it begins, and how wide it is, in percent of the session's time. */
  readonly bar: { readonly from: number; readonly width: number } | undefined;
  readonly status: string;
  readonly tools: readonly string[];
  readonly isFailure: boolean;
}

export function eventsIn(detail: Locator): Promise<ShownEvent[]> {
  return detail.locator('tr.event').evaluateAll((rows) =>
    rows.map((row) => {
      const text = (selector: string) => row.querySelector<HTMLElement>(selector)?.innerText.trim() ?? '';
      const bar = row.querySelector<HTMLElement>('.e-latency .bar > span');
      return {
        time: text('.e-time time'),
        name: [...(row.querySelector('.e-name')?.childNodes ?? [])]
          .filter((node) => !(node instanceof HTMLElement && node.classList.contains('badge')))
          .map((node) => node.textContent)
          .join(''),
        error: text('.e-error'),
        latency: text('.e-latency > span'),
        bar:
          bar === null
            ? undefined
            : { from: Number.parseFloat(bar.style.left), width: Number.parseFloat(bar.style.width) },
        status: text('.e-status'),
        tools: [...row.querySelectorAll<HTMLElement>('.tag')].map((tag) => tag.textContent ?? ''),
        isFailure: row.classList.contains('outcome-error'),
      };
    }),
  );
}

/** Rows of a plain table by the labels of their columns. */
export function dataRows(page: Page, caption: string): Promise<Record<string, string>[]> {
  return page
    .getByRole('table', { name: caption })
    .locator('tbody > tr:not(.below)')
    .evaluateAll((rows) =>
      rows.map((row) =>
        Object.fromEntries(
          [...row.querySelectorAll<HTMLElement>(':scope > td')].map((cell) => [
            cell.dataset['label'] ?? '',
            cell.innerText.replace(/\s+/g, ' ').trim(),
          ]),
        ),
      ),
    );
}
