import type { SessionEvent } from './session-event.ts';

/** What of an event tells whether it tries another one again. */
export type Tried = Pick<SessionEvent, 'kind' | 'type' | 'timeMs'> & {
  readonly method?: string | undefined;
  readonly target?: string | undefined;
  readonly status?: SessionEvent['status'];
};

/** A failed request that was sent again: `create_payment failed, then succeeded 2.0 s later`. */
export interface Retry {
  /** Places among the events that were looked at. */
  readonly failed: number;
  readonly again: number;
  /** What was tried, without the method where that goes without saying. */
  readonly name: string;
  readonly gapMs: number;
  readonly outcome: 'succeeded' | 'failed again' | 'was cancelled';
}

/** Finds what failed and was tried again, in the order in which it was. */
export function retriesOf(events: readonly Tried[]): Retry[] {
  const retries: Retry[] = [];
  const failures = new Map<string, { readonly place: number; readonly timeMs: number }>();
  events.forEach((event, place) => {
    const { kind, type, timeMs, target, method, status } = event;
    if (kind !== 'request' && kind !== 'sent') return;
    const failed = failures.get(type);
    if (failed !== undefined) {
      const name = target ?? method ?? type;
      const gapMs = timeMs - failed.timeMs;
      retries.push({ failed: failed.place, again: place, name, gapMs, outcome: outcomeOf(status) });
    }
    if (status === 'error') failures.set(type, { place, timeMs });
    else failures.delete(type);
  });
  return retries;
}

function outcomeOf(status: Tried['status']): Retry['outcome'] {
  if (status === 'error') return 'failed again';
  return status === 'cancelled' ? 'was cancelled' : 'succeeded';
}
