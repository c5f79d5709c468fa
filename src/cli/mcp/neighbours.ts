import type { Failure, SessionStore } from '../store/types.ts';
import type { ApiEvent, ApiRow } from '../ui/api.ts';

/** An event and those directly before and after it; what is missing is no longer recorded, or does not exist. */
export interface Neighbours {
  readonly row?: ApiRow | undefined;
  readonly event?: ApiEvent | undefined;
  readonly before?: ApiEvent | undefined;
  readonly after?: ApiEvent | undefined;
}

const BATCH = 500;

/** Finds the event of a failure in its session. */
export async function findNeighbours(
  store: SessionStore,
  { sessionId, timeMs, spanId }: Failure,
): Promise<Neighbours> {
  const from = await firstOfTime(store, sessionId, timeMs);
  for (let offset = from; ; offset += BATCH) {
    const page = await store.events(sessionId, { offset, limit: BATCH });
    if (page === undefined) return {};
    const { row, events, total } = page;
    const found = events.findIndex((event) => event.spanId === spanId);
    if (found !== -1) return around(store, sessionId, offset + found);
    const last = events.at(-1);
    const isOver = last === undefined || Math.floor(last.timeMs) > Math.floor(timeMs);
    if (isOver || offset + events.length >= total) return { row };
  }
}

async function around(store: SessionStore, id: string, place: number): Promise<Neighbours> {
  const offset = Math.max(0, place - 1);
  const page = await store.events(id, { offset, limit: 3 });
  if (page === undefined) return {};
  const at = place - offset;
  const { row, events } = page;
  return { row, event: events[at], before: events[at - 1], after: events[at + 1] };
}

/** The place of the first event of a time: events are in the order of their milliseconds. */
async function firstOfTime(store: SessionStore, id: string, timeMs: number): Promise<number> {
  const page = await store.events(id, { offset: 0, limit: 1 });
  let low = 0;
  let high = page?.total ?? 0;
  if (high <= BATCH) return 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    const event = (await store.events(id, { offset: middle, limit: 1 }))?.events[0];
    if (event !== undefined && Math.floor(event.timeMs) < Math.floor(timeMs)) low = middle + 1;
    else high = middle;
  }
  return low;
}
