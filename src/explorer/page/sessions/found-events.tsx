import { useEffect, useRef } from 'react';
import { formatCount, plural } from '../format.ts';
import { usePage } from '../page-context.ts';
import { Icon } from '../parts/icons.tsx';
import type { SessionEvents } from './session-events.ts';
import type { Way } from './use-failures.ts';

export interface FoundEventsProps {
  readonly events: SessionEvents;
  readonly way: Way;
}

/** How many events have what was searched for, and the way to them; to the one that the address names it leads by itself. */
export function FoundEvents({ events, way }: FoundEventsProps) {
  const { q, event } = usePage().view;
  const search = q.trim();
  useEffect(() => {
    events.lookFor(search !== '' ? { q: search } : event !== undefined ? { span: event } : {});
  }, [events, search, event]);
  useArrival(search === '' ? event : undefined, way);
  const { places, index, go } = way;
  if (search === '' || places.length === 0) return null;
  const count = places.length;
  return (
    <div class="found">
      <span class="faint">
        {plural(count, 'event')} {count === 1 ? 'matches' : 'match'} the search
        {index !== undefined && count > 1 && `: ${formatCount(index + 1)} of ${formatCount(count)}`}
      </span>
      {count > 1 && (
        <button type="button" class="button" aria-label="Previous match" onClick={() => go(-1)}>
          <Icon name="up" />
        </button>
      )}
      <button type="button" class="button" onClick={() => go(1)}>
        <Icon name="down" />
        <span>{count > 1 ? 'Next match' : 'Show it'}</span>
      </button>
    </div>
  );
}

/** Goes to the event once, when it is known where it is. */
function useArrival(event: string | undefined, { places, go }: Way): void {
  const arrived = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (event === undefined || event === arrived.current || places.length === 0) return;
    arrived.current = event;
    go(1);
  });
}
