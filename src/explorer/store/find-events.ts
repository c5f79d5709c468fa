import { spanKey } from '../recording/key-set.ts';
import { foundIn, parseSearch } from '../sessions/search.ts';
import type { EventSearch } from './answers.ts';
import type { Place } from './read-spans.ts';
import { SpanSearch } from './search.ts';
import type { SpanIndex } from './span-index.ts';

const MAX_FOUND = 1_000;

/** Places of those events that have the span's id, else of those that have the most words of a search. */
export function foundAmong(
  index: SpanIndex,
  events: readonly Place[],
  { q, span }: EventSearch,
): number[] | undefined {
  if (span !== undefined) {
    const key = spanKey(span);
    return placesWhere(events, ({ file, row }) => file.columns.span[row] === key);
  }
  const terms = parseSearch(q ?? '');
  if (terms.length === 0) return undefined;
  const search = new SpanSearch(index, terms);
  const tools = Array.from({ length: index.tools.size }, (_, number) =>
    number === 0 ? 0 : foundIn(terms, 'tool', index.tools.textOf(number)),
  );
  const bits = events.map(
    ({ file: { columns }, row }) =>
      search.wordsAt(columns, row) | search.idsAt(columns, row) | tools[columns.tool[row]!]!,
  );
  const most = bits.reduce((found, each) => Math.max(found, countOf(each)), 0);
  return most === 0 ? [] : placesWhere(bits, (each) => countOf(each) === most);
}

function placesWhere<T>(items: readonly T[], isFound: (item: T) => boolean): number[] {
  const places: number[] = [];
  for (let i = 0; i < items.length && places.length < MAX_FOUND; i += 1)
    if (isFound(items[i] as T)) places.push(i);
  return places;
}

/** How many bits are set. */
function countOf(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}
