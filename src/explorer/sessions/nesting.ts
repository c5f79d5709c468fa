/** Something with its place in a tree that is written line by line, each above what hangs below it. */
export interface Nested<T> {
  readonly item: T;
  /** 0: below nothing. */
  readonly depth: number;
  /** How many hang below it, at whatever depth: they follow it. */
  readonly below: number;
}

export interface Kinship<T> {
  /** What others name it by; without any, nothing hangs below it. */
  readonly own: (item: T) => readonly string[];
  /** What it hangs below: the first that is there counts. */
  readonly above: (item: T) => readonly string[];
}

/**
 * Each behind the one that it hangs below, else in the given order. None is lost: what hangs below nothing that is there, or
 * in a circle, is at the top. Of several with one name, the first has it.
 */
export function nest<T>(items: readonly T[], { own, above }: Kinship<T>): Nested<T>[] {
  const byName = new Map<string, number>();
  items.forEach((item, place) => {
    for (const name of own(item)) if (!byName.has(name)) byName.set(name, place);
  });
  const tops: number[] = [];
  const below = new Map<number, number[]>();
  items.forEach((item, place) => {
    const parent = above(item)
      .map((name) => byName.get(name))
      .find((known) => known !== undefined);
    if (parent === undefined || parent === place) tops.push(place);
    else if (below.get(parent)?.push(place) === undefined) below.set(parent, [place]);
  });
  return inLines(items, tops, below);
}

function inLines<T>(
  items: readonly T[],
  tops: readonly number[],
  below: ReadonlyMap<number, readonly number[]>,
): Nested<T>[] {
  const lines: { item: T; depth: number; below: number }[] = [];
  const isWritten = new Uint8Array(items.length);
  // Without recursion: traces may be deeper than the stack.
  const write = (top: number): void => {
    const open: { place: number; depth: number; line?: number }[] = [{ place: top, depth: 0 }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { place, depth, line } = next;
      if (line !== undefined) lines[line]!.below = lines.length - line - 1;
      if (line !== undefined || isWritten[place] === 1) continue;
      isWritten[place] = 1;
      open.push({ place, depth, line: lines.length });
      lines.push({ item: items[place] as T, depth, below: 0 });
      const children = below.get(place) ?? [];
      for (let i = children.length - 1; i >= 0; i -= 1) open.push({ place: children[i]!, depth: depth + 1 });
    }
  };
  for (const top of tops) write(top);
  // What is left hangs in circles.
  for (let place = 0; lines.length < items.length; place += 1) write(place);
  return lines;
}
