import type { PageCheck } from '../check.ts';
import { equal, eventually, ok } from '../expect.ts';
import type { KnownSession } from '../known.ts';
import { idsOf } from '../views.ts';
import { openKnown } from './filters.ts';

type Value = string | number;

/** What each column is sorted by, and in which direction first. */
const COLUMNS: readonly {
  readonly label: string;
  readonly first: 'ascending' | 'descending';
  readonly value: (session: KnownSession, now: number) => Value;
}[] = [
  { label: 'Session', first: 'ascending', value: ({ id }) => id },
  { label: 'Client', first: 'ascending', value: ({ client, version }) => `${client} ${version}` },
  { label: 'Duration', first: 'descending', value: lasts },
  { label: 'Calls', first: 'descending', value: ({ calls }) => calls },
  { label: 'Errors', first: 'descending', value: ({ errors }) => errors },
  { label: 'Rate', first: 'descending', value: ({ errors, calls }) => errors / calls },
  { label: 'Server', first: 'ascending', value: ({ service }) => service },
  { label: 'Status', first: 'ascending', value: ({ status }) => ['active', 'lost', 'ended'].indexOf(status) },
  { label: 'Tools', first: 'ascending', value: ({ tools }) => tools.join(', ') },
  { label: 'Started', first: 'descending', value: ({ startMs }) => startMs },
];

export const SORTING: readonly PageCheck[] = COLUMNS.map(({ label, first, value }) => ({
  name: `the sessions sort by ${label.toLowerCase()} in both directions`,
  async run(stage) {
    const { page, sessions } = await openKnown(stage);
    const header = page.getByRole('columnheader', { name: label });
    const byId = new Map(sessions.map((session) => [session.id, session]));
    const directions = [first, first === 'ascending' ? 'descending' : 'ascending'] as const;
    // The page opens sorted by the start, so that the first click turns that round.
    const isUsual = label === 'Started';
    for (const direction of isUsual ? [...directions].reverse() : directions) {
      await header.getByRole('button', { name: label, exact: true }).click();
      await eventually(async () => {
        equal(await header.getAttribute('aria-sort'), direction, 'aria-sort');
        const ids = await idsOf(page);
        equal([...ids].sort(), [...byId.keys()].sort(), 'sessions');
        const values = ids.map((id) => value(byId.get(id)!, Date.now()));
        values.slice(1).forEach((each, i) => {
          const isRight = direction === 'ascending' ? values[i]! <= each : values[i]! >= each;
          ok(isRight, `${direction}: ${values[i]} stands before ${each}`);
        });
      });
      await onlySorted(await page.locator('th[aria-sort]').evaluateAll(sorts), direction);
    }
    return `${sessions.length} sessions, twice`;
  },
}));

function lasts({ status, startMs, lastsMs }: KnownSession, now: number): number {
  return status === 'active' ? now - startMs : lastsMs;
}

function sorts(headers: Element[]): string[] {
  return headers.map((header) => header.getAttribute('aria-sort') ?? '');
}

function onlySorted(all: readonly string[], direction: string): void {
  equal(
    all.filter((sort) => sort !== 'none'),
    [direction],
    'sorted columns',
  );
}
