import type { LogLine } from '../recording/log-records.ts';
import type { ListedEvent } from './answers.ts';
import type { SessionStore } from './types.ts';

/** The first log lines of those events of a session that have some, in the order of time. */
export async function firstLinesOf(
  store: Pick<SessionStore, 'logs'>,
  id: string,
  events: readonly ListedEvent[],
  limit: number,
): Promise<ReadonlyMap<ListedEvent, readonly LogLine[]>> {
  const having = events.filter(({ logs }) => logs !== undefined);
  const pages = having.length === 0 ? [] : await store.logs(id, having, { offset: 0, limit });
  return new Map(having.map((event, i) => [event, pages?.[i]?.lines ?? []]));
}
