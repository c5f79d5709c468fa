import { useRef } from 'react';
import type { ApiEvents } from '../../server/api.ts';
import { retriesOf } from '../../sessions/retries.ts';
import { formatCount, plural } from '../format.ts';
import { EventRow } from './event-row.tsx';
import { PAGE_SIZE, type Segment } from './segments.ts';
import type { SessionEvents } from './session-events.ts';

const HEADERS = [
  { label: 'Time', class: 'e-time' },
  { label: 'Event', class: 'e-what' },
  { label: 'Latency', class: 'e-latency number' },
  { label: 'Status', class: 'e-status' },
  { label: 'Details', class: 'e-more' },
] as const;

export interface EventTableProps {
  readonly events: SessionEvents;
  readonly answer: ApiEvents;
  /** Place of the failure that was gone to. */
  readonly highlighted: number | undefined;
}

/** Every event of a session in order; of long sessions those that were asked for. */
export function EventTable({ events, answer, highlighted }: EventTableProps) {
  const atFirst = useRef(answer.total);
  return (
    <table class="events" role="table">
      <caption class="visually-hidden">Events, {formatCount(answer.total)} in all</caption>
      <thead role="rowgroup">
        <tr role="row" class="events-head">
          {HEADERS.map(({ label, class: className }) => (
            <th key={label} role="columnheader" scope="col" class={className}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {events.segments.map((segment) =>
          segment.kind === 'gap' ? (
            <Gap key={`gap-${segment.from}`} segment={segment} events={events} />
          ) : (
            <Stretch
              key={`events-${segment.from}`}
              session={events.id}
              segment={segment}
              longestMs={answer.longestMs}
              newFrom={atFirst.current}
              highlighted={highlighted}
            />
          ),
        )}
      </tbody>
    </table>
  );
}

interface StretchProps {
  /** The id of the session. */
  readonly session: string;
  readonly segment: Extract<Segment, { kind: 'events' }>;
  readonly longestMs: number;
  /** Events from this place on came while the session was open. */
  readonly newFrom: number;
  readonly highlighted: number | undefined;
}

function Stretch({ session, segment, longestMs, newFrom, highlighted }: StretchProps) {
  const retries = retriesOf(segment.events);
  const byFailure = new Map(retries.map((retry) => [retry.failed, retry]));
  const bySecond = new Map(retries.map((retry) => [retry.again, retry]));
  return (
    <>
      {segment.events.map((event, i) => (
        <EventRow
          key={`${event.spanId}-${event.type}`}
          session={session}
          event={event}
          before={segment.events[i - 1]}
          place={segment.from + i}
          longestMs={longestMs}
          retriedBy={byFailure.get(i)}
          retryOf={bySecond.get(i)}
          isNew={segment.from + i >= newFrom}
          isHighlighted={segment.from + i === highlighted}
        />
      ))}
    </>
  );
}

function Gap(props: { readonly segment: Extract<Segment, { kind: 'gap' }>; readonly events: SessionEvents }) {
  const { from, count } = props.segment;
  const isLast = from + count >= (props.events.answer?.total ?? 0);
  const next = Math.min(PAGE_SIZE, count);
  return (
    <tr role="row" class="gap">
      <td role="cell" colSpan={HEADERS.length}>
        <button
          type="button"
          class="button"
          disabled={props.events.isBusy}
          onClick={() => void props.events.load(from)}
        >
          {next === count
            ? `Show ${plural(count, 'more event')}`
            : `Show next ${next} of ${formatCount(count)}`}
        </button>
        {isLast && count > PAGE_SIZE && (
          <button
            type="button"
            class="plain"
            disabled={props.events.isBusy}
            onClick={() => void props.events.load(from + count - 1)}
          >
            Show the last ones
          </button>
        )}
      </td>
    </tr>
  );
}
