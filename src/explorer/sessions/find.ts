import { visible } from '../text/visible.ts';
import type { SessionRow, SessionStatus } from './row.ts';
import { INFERRED_MARK } from './sources.ts';

/** Which sessions to show; what is `undefined` does not restrict. Texts match anywhere, in any case. */
export interface SessionFilter {
  readonly client?: string | undefined;
  readonly tool?: string | undefined;
  readonly status?: SessionStatus | undefined;
  /** Unix milliseconds: sessions that were open at that time or later. */
  readonly sinceMs?: number | undefined;
  readonly onlyErrors?: boolean | undefined;
}

const SHORT_ID_LENGTH = 8;

export function matches(
  row: SessionRow,
  { client, tool, status, sinceMs, onlyErrors }: SessionFilter,
): boolean {
  if (client !== undefined && !contains(clientOf(row), client)) return false;
  if (tool !== undefined && !row.tools.some((name) => contains(name, tool))) return false;
  if (status !== undefined && row.status !== status) return false;
  if (sinceMs !== undefined && row.status !== 'active' && row.lastSeenMs < sinceMs) return false;
  return onlyErrors !== true || row.errors > 0;
}

/** Name and version as one text. */
export function clientOf({
  clientName,
  clientVersion,
}: Partial<Pick<SessionRow, 'clientName' | 'clientVersion'>>): string {
  return [clientName, clientVersion].filter((part) => part !== undefined).join(' ');
}

/**
 * The ids that a text may mean: the one that equals it, else those that begin with it, else those that contain it.
 * One is an answer; several are ambiguous.
 */
export function resolveId(ids: Iterable<string>, typed: string): string[] {
  const all = [...ids];
  const given =
    all.includes(typed) || !typed.startsWith(INFERRED_MARK) ? typed : typed.slice(INFERRED_MARK.length);
  if (all.includes(given)) return [given];
  const prefix = given.toLowerCase();
  // What people copy is what they were shown.
  const shown = (id: string) => visible(id).toLowerCase();
  const beginning = all.filter((id) => shown(id).startsWith(prefix));
  return beginning.length > 0 ? beginning : all.filter((id) => shown(id).includes(prefix));
}

/** The ids of the rows that a client or the protocol knows by another id, for which the same holds. */
export function resolveSaidId(
  rows: Iterable<Pick<SessionRow, 'id' | 'conversationId' | 'protocolSessionIds'>>,
  typed: string,
): string[] {
  const rowsOf = new Map<string, Set<string>>();
  for (const { id, conversationId, protocolSessionIds } of rows) {
    for (const said of [conversationId, ...protocolSessionIds]) {
      if (said === undefined) continue;
      const ids = rowsOf.get(said) ?? new Set();
      rowsOf.set(said, ids.add(id));
    }
  }
  const found = resolveId(rowsOf.keys(), typed).flatMap((said) => [...(rowsOf.get(said) ?? [])]);
  return [...new Set(found)];
}

/** For each id its first characters: at least eight, and as many as tell it from the others. */
export function shortIds(ids: Iterable<string>): Map<string, string> {
  const sorted = [...ids]
    .map((id) => ({ id, folded: id.toLowerCase() }))
    .sort((a, b) => (a.folded < b.folded ? -1 : 1));
  return new Map(
    sorted.map(({ id, folded }, i) => {
      const before = commonLength(folded, sorted[i - 1]?.folded);
      const after = commonLength(folded, sorted[i + 1]?.folded);
      return [id, id.slice(0, Math.max(SHORT_ID_LENGTH, before + 1, after + 1))];
    }),
  );
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function commonLength(a: string, b: string | undefined): number {
  if (b === undefined) return 0;
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
