import type { ListedEvent } from '../store/answers.ts';
import type { Failure, SessionStore } from '../store/types.ts';

/** An event and those directly before and after it; what is missing is no longer recorded, or does not exist. */
export interface Neighbours {
  readonly event?: ListedEvent | undefined;
  readonly before?: ListedEvent | undefined;
  readonly after?: ListedEvent | undefined;
}

const BATCH = 500;

/** Finds the event of a failure in its session. */
export async function findNeighbours(store: SessionStore, failure: Failure): Promise<Neighbours> {
  const { sessionId, timeMs, spanId } = failure;
  if (sessionId === undefined) return { event: await store.failedEvent(failure) };
  const first = await store.events(sessionId, { offset: 0, limit: BATCH });
  if (first === undefined) return {};
  const { events, total } = first;
  // Most sessions are short.
  if (total <= BATCH) return around(events, placeOf(events, spanId));
  for (let offset = await firstOfTime(store, sessionId, timeMs, total); offset < total; offset += BATCH) {
    const page = await store.events(sessionId, { offset, limit: BATCH });
    const place = placeOf(page?.events ?? [], spanId);
    if (place !== -1) return aroundPlace(store, sessionId, offset + place);
    const last = page?.events.at(-1);
    if (last === undefined || Math.floor(last.timeMs) > Math.floor(timeMs)) break;
  }
  return {};
}

function placeOf(events: readonly ListedEvent[], spanId: string): number {
  return events.findIndex((event) => event.spanId === spanId);
}

function around(events: readonly ListedEvent[], place: number): Neighbours {
  return place === -1 ? {} : { event: events[place], before: events[place - 1], after: events[place + 1] };
}

async function aroundPlace(store: SessionStore, id: string, place: number): Promise<Neighbours> {
  const offset = Math.max(0, place - 1);
  const page = await store.events(id, { offset, limit: 3 });
  return around(page?.events ?? [], place - offset);
}

/** The place of the first event of the failure's time: events are in the order of their milliseconds. */
async function firstOfTime(
  store: SessionStore,
  sessionId: string,
  timeMs: number,
  total: number,
): Promise<number> {
  let low = 0;
  let high = total;
  while (low < high) {
    const middle = (low + high) >> 1;
    const event = (await store.events(sessionId, { offset: middle, limit: 1 }))?.events[0];
    if (event !== undefined && Math.floor(event.timeMs) < Math.floor(timeMs)) low = middle + 1;
    else high = middle;
  }
  return low;
}
