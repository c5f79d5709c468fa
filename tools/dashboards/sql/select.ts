import type { Column } from '../tables.ts';

/** The columns of a table by their titles, in their order, each from the expression of that title. */
export function selectColumns(
  columns: readonly Column[],
  expressions: Readonly<Record<string, string>>,
): string {
  const lines = columns.map(({ title }) => {
    const expression = expressions[title];
    if (expression === undefined) throw new Error(`nothing is said of the column ${title}`);
    return `  ${expression} AS \`${title}\``;
  });
  return `SELECT\n${lines.join(',\n')}`;
}
