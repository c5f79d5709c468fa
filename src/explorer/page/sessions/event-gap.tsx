import type { ApiEvent } from '../../server/api.ts';
import { PAGE_SIZE } from '../data/segments.ts';
import type { TreeLine } from '../data/tree-lines.ts';
import { formatCount, plural } from '../format.ts';
import { EventLine, type LinePlace } from './event-line.tsx';
import type { SessionEvents } from './session-events.ts';

/** So many lines are as high as a page can be in every browser. */
const MOST_LINES = 150_000;

export interface EventGapProps {
  readonly line: Extract<TreeLine<ApiEvent>, { kind: 'gap' }>;
  readonly row: LinePlace;
  readonly events: SessionEvents;
}

/** Events that are not here yet, and what brings them. */
export function EventGap({ line: { place, count }, row, events }: EventGapProps) {
  const total = events.answer?.total ?? 0;
  const isLast = place + count >= total;
  const next = Math.min(PAGE_SIZE, count);
  return (
    <EventLine class="gap" row={row}>
      <td role="gridcell">
        <button type="button" class="button" disabled={events.isBusy} onClick={() => void events.load(place)}>
          {next === count
            ? `Show ${plural(count, 'more event')}`
            : `Show next ${next} of ${formatCount(count)}`}
        </button>
        {count > PAGE_SIZE && total <= MOST_LINES && (
          <button type="button" class="plain" onClick={() => events.showWhole()}>
            Show all
          </button>
        )}
        {isLast && count > PAGE_SIZE && (
          <button
            type="button"
            class="plain"
            disabled={events.isBusy}
            onClick={() => void events.load(place + count - 1)}
          >
            Show the last ones
          </button>
        )}
      </td>
    </EventLine>
  );
}

/** An event that comes as soon as it is in view. */
export function MissingEvent({ row }: { readonly row: LinePlace }) {
  return (
    <EventLine class="event missing" row={row}>
      <td role="gridcell">…</td>
    </EventLine>
  );
}
