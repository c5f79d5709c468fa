import type { CalledFigures } from './answers.ts';
import { callsOf, errorTypesAt, figuresAt, scanCalls } from './calls.ts';
import { NONE } from './columns.ts';
import { present } from './present.ts';
import { clientOfSpan } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';
import { type Grouping, groupingOf } from './targets.ts';
import type { Range } from './types.ts';

type Kind = 'resource' | 'prompt';

/** Resources of more URIs are shown together. */
const MAX_NAMES = 500;

/** The resources that were read in the range, or the prompts that were asked for. */
export function calledIn(index: SpanIndex, table: SessionTable, kind: Kind, range: Range): CalledFigures[] {
  const { names, sizes, places } = groupsIn(index, kind, range);
  const calls = callsOf(index, range, kind, places);
  const clients = clientsByPlace(index, table, kind, range, places);
  const figures = names.map((name, place): CalledFigures => {
    const services = [...(calls.services.get(place) ?? [])].map((each) =>
      index.origins.services.textOf(each),
    );
    return {
      name,
      ...present({ members: sizes[place] === 1 ? undefined : sizes[place] }),
      services: services.filter((service) => service !== '').sort(),
      clients: clients[place]?.size ?? 0,
      ...figuresAt(calls, place),
      errorTypes: errorTypesAt(index, calls, place),
    };
  });
  return figures.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is shown as one. Prompts have names of their own, whatever their number. */
export function groupsIn(index: SpanIndex, kind: Kind, range: Range): Grouping {
  const numbers = new Set<number>();
  for (const { columns, rows } of scanCalls(index, range, kind))
    for (const row of rows) numbers.add(columns.target[row]!);
  return groupingOf(index.targets, numbers, kind === 'resource' ? MAX_NAMES : Number.POSITIVE_INFINITY);
}

function clientsByPlace(
  index: SpanIndex,
  table: SessionTable,
  kind: Kind,
  range: Range,
  places: Uint16Array,
): Set<string>[] {
  const clients: Set<string>[] = [];
  const bySession = new Map<number, string>();
  for (const { columns, rows } of scanCalls(index, range, kind)) {
    for (const row of rows) {
      const session = columns.session[row]!;
      const client =
        (session === NONE ? undefined : bySession.get(session)) ?? clientOfSpan(index, table, columns, row);
      if (session !== NONE) bySession.set(session, client);
      const place = places[columns.target[row]!]!;
      clients[place] ??= new Set();
      clients[place].add(client);
    }
  }
  return clients;
}
