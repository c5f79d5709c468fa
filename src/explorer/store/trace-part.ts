import type { Nested } from '../sessions/nesting.ts';
import { FLAG } from './columns.ts';
import type { Place } from './read-spans.ts';

/** Of one trace: they are read to tell how they hang together. */
const MAX_SPANS = 10_000;
/** Of what a span hangs below, the nearest. */
const MAX_ABOVE = 1_000;

/** Which spans of a trace are read. */
export interface TracePart {
  readonly places: readonly Place[];
  /** How many are not. */
  readonly leftOut: number;
  /** Only what belongs to one request of the session whose trace it is. */
  readonly isPart: boolean;
}

/**
 * As many spans as are read at once: the one that is asked about, what it hangs below and what hangs below it, then the others in
 * the order of time.
 *
 * @param span - `spanKey` of the one that is asked about
 */
export function withinBound(all: readonly Place[], span: number): TracePart {
  if (all.length <= MAX_SPANS) return { places: all, leftOut: 0, isPart: false };
  const bySpan = new Map(all.map((place) => [place.file.columns.span[place.row]!, place]));
  const above = aboveOf(bySpan, span);
  const start = above.findIndex(
    ({ file, row }, i) => i > 0 && (file.columns.flags[row]! & FLAG.report) !== 0,
  );
  const children = childrenOf(all);
  if (start > 0) {
    const ofRequest = withBelow(children, above[start - 1]!);
    const places = first(above.slice(0, start + 1), withBelow(children, above[0]!), ofRequest);
    return { places, leftOut: Math.max(0, ofRequest.size + 1 - places.length), isPart: true };
  }
  const below = above[0] === undefined ? [] : withBelow(children, above[0]);
  const byTime = [...all].sort((a, b) => startOf(a) - startOf(b));
  const places = first(above, below, byTime);
  return { places, leftOut: all.length - places.length, isPart: false };
}

/**
 * The trace around a span. A session has a trace of its own, below its start: what belongs to other requests of it is left
 * out.
 */
export function partWith<
  T extends { readonly span: { readonly spanId: string }; readonly isReport: boolean },
>(lines: readonly Nested<T>[], spanId: string): readonly Nested<T>[] {
  const at = lines.findIndex(({ item }) => item.span.spanId === spanId);
  if (at === -1) return lines;
  let top = at;
  for (let i = at - 1; i >= 0; i -= 1) {
    const { item, depth } = lines[i]!;
    if (depth >= lines[top]!.depth) continue;
    if (item.isReport) return branchOf(lines, top);
    top = i;
  }
  return lines;
}

function branchOf<T>(lines: readonly Nested<T>[], top: number): Nested<T>[] {
  const { depth, below } = lines[top]!;
  return lines.slice(top, top + below + 1).map((line) => ({ ...line, depth: line.depth - depth }));
}

/** The span itself, then each that the one before hangs below. */
function aboveOf(bySpan: ReadonlyMap<number, Place>, span: number): Place[] {
  const above = new Set<Place>();
  let at = bySpan.get(span);
  while (at !== undefined && !above.has(at) && above.size < MAX_ABOVE) {
    above.add(at);
    const parent = at.file.columns.parent[at.row]!;
    at = parent === 0 ? undefined : bySpan.get(parent);
  }
  return [...above];
}

function childrenOf(all: readonly Place[]): Map<number, Place[]> {
  const children = new Map<number, Place[]>();
  for (const place of all) {
    const parent = place.file.columns.parent[place.row]!;
    if (parent !== 0 && children.get(parent)?.push(place) === undefined) children.set(parent, [place]);
  }
  return children;
}

/** A span and all that hangs below it, what is nearer first. */
function withBelow(children: ReadonlyMap<number, readonly Place[]>, top: Place): Set<Place> {
  const found = new Set([top]);
  // What is added meanwhile is gone through too.
  for (const { file, row } of found)
    for (const child of children.get(file.columns.span[row]!) ?? []) found.add(child);
  return found;
}

/** The first of all of these, each once, as many as are read. */
function first(...groups: readonly Iterable<Place>[]): Place[] {
  const places = new Set<Place>();
  for (const group of groups) {
    for (const place of group) {
      if (places.size === MAX_SPANS) return [...places];
      places.add(place);
    }
  }
  return [...places];
}

function startOf({ file, row }: Place): number {
  return file.columns.start[row]!;
}
