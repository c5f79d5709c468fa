import { visible } from '../text/visible.ts';
import type { SessionRow, SessionStatus } from './row.ts';
import { INFERRED_MARK } from './sources.ts';

/** Which sessions to show; what is `undefined` does not restrict. Texts match anywhere, in any case. */
export interface SessionFilter {
  readonly client?: string | undefined;
  readonly tool?: string | undefined;
  /** Part of the server's name. */
  readonly service?: string | undefined;
  readonly status?: SessionStatus | undefined;
  /** Unix milliseconds: sessions that were open at that time or later. */
  readonly sinceMs?: number | undefined;
  /** The same: at that time or earlier. */
  readonly untilMs?: number | undefined;
  readonly onlyErrors?: boolean | undefined;
}

const SHORT_ID_LENGTH = 8;

export function matches(
  row: SessionRow,
  { client, tool, service, status, sinceMs, untilMs, onlyErrors }: SessionFilter,
): boolean {
  if (client !== undefined && !contains(clientOf(row), client)) return false;
  if (tool !== undefined && !row.tools.some((name) => contains(name, tool))) return false;
  if (service !== undefined && !contains(row.service ?? '', service)) return false;
  if (status !== undefined && row.status !== status) return false;
  if (sinceMs !== undefined && row.status !== 'active' && row.lastSeenMs < sinceMs) return false;
  if (untilMs !== undefined && row.startedMs > untilMs) return false;
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
  if (all.includes(typed)) return [typed];
  const given = withoutMarks(typed);
  if (given === '') return [];
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

/** What is copied from a table may have the mark of inferred ones before it, and the mark of what was cut behind it. */
function withoutMarks(typed: string): string {
  const unmarked = typed.startsWith(INFERRED_MARK) ? typed.slice(INFERRED_MARK.length).trimStart() : typed;
  return unmarked.replace(/(?:…|\.\.\.)$/, '');
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
