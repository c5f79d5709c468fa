import type { ApiEvent } from '../../../src/cli/ui/api.ts';

/** A failed request that was sent again: `create_payment failed, then succeeded 2.0 s later`. */
export interface Retry {
  /** Places among the events that were looked at. */
  readonly failed: number;
  readonly again: number;
  readonly name: string;
  readonly gapMs: number;
  readonly outcome: 'succeeded' | 'failed again' | 'was cancelled';
}

/** Finds what failed and was tried again, in the order of the failures. */
export function retriesOf(events: readonly ApiEvent[]): Retry[] {
  const retries: Retry[] = [];
  const openFailures = new Map<string, number>();
  events.forEach((event, place) => {
    if (event.kind !== 'request' && event.kind !== 'sent') return;
    const failed = openFailures.get(event.type);
    if (failed !== undefined) {
      const gapMs = event.timeMs - (events[failed] as ApiEvent).timeMs;
      retries.push({ failed, again: place, name: nameOf(event), gapMs, outcome: outcomeOf(event) });
    }
    if (event.status === 'error') openFailures.set(event.type, place);
    else openFailures.delete(event.type);
  });
  return retries;
}

/** What a request is called where its method goes without saying. */
export function nameOf(event: ApiEvent): string {
  return event.target ?? event.method ?? event.type;
}

function outcomeOf({ status }: ApiEvent): Retry['outcome'] {
  if (status === 'error') return 'failed again';
  return status === 'cancelled' ? 'was cancelled' : 'succeeded';
}
