/** What a row is found by. */
export interface Named {
  readonly name: string;
  readonly services: readonly string[];
  readonly errorTypes: readonly { readonly type: string }[];
}

/** Those that have every word in a name, a server or an error type, in any case. */
export function foundIn<Row extends Named>(rows: readonly Row[], find: string): readonly Row[] {
  const words = find
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return rows;
  return rows.filter(({ name, services, errorTypes }) => {
    const text = [name, ...services, ...errorTypes.map(({ type }) => type)].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
