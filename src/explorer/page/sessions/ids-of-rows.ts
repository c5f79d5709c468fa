/** Events that were asked for by an id, with the row that answered, where it is here. */
interface Opened {
  readonly id: string;
  readonly row: { readonly id: string } | undefined;
}

/** The open ids, each as the id of the row that it leads to, once. */
export function idsOfRows(opened: readonly Opened[], open: readonly string[]): string[] {
  const rowIds = new Map(opened.map(({ id, row }) => [id, row?.id ?? id]));
  return [...new Set(open.map((id) => rowIds.get(id) ?? id))];
}
