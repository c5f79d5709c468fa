/** A copy in the order of the keys; what has the same key stays as it was. */
export function sortedBy<T>(
  items: readonly T[],
  keyOf: (item: T) => number | string,
  order: 'asc' | 'desc',
): T[] {
  const sign = order === 'asc' ? 1 : -1;
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -sign : sign))
    .map(({ item }) => item);
}
