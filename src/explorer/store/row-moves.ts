import { NONE } from './columns.ts';
import { chainOf, type IndexedFile, type IndexedSession, noteIds, type RowHost } from './indexed.ts';

/** A row that is found to be of another session than before, or of none. */
export interface Move {
  readonly file: IndexedFile;
  readonly row: number;
  /** Those that it has from now on. */
  readonly flags: number;
  /** The id is a bounded one; the source is set where there is one. */
  readonly to: { readonly id: string; readonly source: string | undefined } | undefined;
  readonly said: { readonly conversation: string | undefined; readonly protocol: string | undefined };
}

/** All at once: meanwhile, others see how it was. */
export function moveRows(host: RowHost, moves: readonly Move[]): void {
  const left = new Map<IndexedSession, Set<IndexedFile>>();
  for (const { file, row } of moves) {
    const { session: numbers } = file.columns;
    const before = host.sessions[numbers[row]!];
    numbers[row] = NONE;
    if (before !== undefined) left.set(before, (left.get(before) ?? new Set()).add(file));
  }
  for (const [session, files] of left) for (const file of files) relink(host, session, file);
  for (const move of moves) link(host, move);
}

/** Leaves the rows in the chain that are still of the session. */
function relink(host: RowHost, session: IndexedSession, file: IndexedFile): void {
  const { columns } = file;
  const chain = chainOf(session, file);
  const rows: number[] = [];
  for (let row = chain.head; row !== NONE; row = columns.next[row]!)
    if (columns.session[row] === session.number) rows.push(row);
  chain.head = NONE;
  for (const row of rows.reverse()) {
    columns.next[row] = chain.head;
    chain.head = row;
  }
  if (chain.head === NONE) host.dropChain(session, file);
  else host.touch(session);
}

function link(host: RowHost, { file, row, flags, to, said }: Move): void {
  const { columns } = file;
  columns.flags[row] = flags;
  if (to === undefined) return;
  const session = host.session(to.id);
  session.source = to.source ?? session.source;
  const chain = chainOf(session, file);
  columns.session[row] = session.number;
  columns.next[row] = chain.head;
  chain.head = row;
  noteIds(chain, said, columns.start[row]!);
  host.touch(session);
}
