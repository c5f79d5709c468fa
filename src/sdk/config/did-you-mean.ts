/** Letters that may be wrong. */
const MAX_DISTANCE = 3;
/** Shorter parts of a name are in many names. */
const MIN_PART_LENGTH = 4;
/** A part that is less than a third of a name says little about it. */
const MAX_TIMES_AS_LONG = 3;

/** `; did you mean 'x'?`, where one of the `known` names is close to `name` or the only one that it is a part of; else nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const wanted = name.toLowerCase();
  const names = [...known];
  const close = names
    .map((each) => ({ each, distance: distanceOf(wanted, each.toLowerCase()) }))
    .filter(({ distance, each }) => distance <= MAX_DISTANCE && distance <= each.length / 3)
    .sort((a, b) => a.distance - b.distance)[0]?.each;
  const holding = names.filter(
    (each) => each.length <= wanted.length * MAX_TIMES_AS_LONG && each.toLowerCase().includes(wanted),
  );
  const found = close ?? (wanted.length >= MIN_PART_LENGTH && holding.length === 1 ? holding[0] : undefined);
  return found === undefined ? '' : `; did you mean '${found}'?`;
}

/** Letters to add, remove and replace, and neighbours to swap, to make `b` of `a`. */
function distanceOf(a: string, b: string): number {
  // A name that is far too long is no name that was mistyped, and not worth the time.
  if (Math.abs(a.length - b.length) > MAX_DISTANCE) return Number.POSITIVE_INFINITY;
  let [above, row]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next[j] = Math.min(
        (next[j - 1] as number) + 1,
        (row?.[j] as number) + 1,
        (row?.[j - 1] as number) + (isSame ? 0 : 1),
        isSwapped ? (above?.[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [above, row] = [row, next];
  }
  return row?.[b.length] as number;
}
