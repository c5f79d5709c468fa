import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ApiAxis, ApiEvent, ApiEvents } from '../../server/api.ts';
import { type Retry, retriesOf } from '../../sessions/retries.ts';
import type { Segment } from '../data/segments.ts';
import { pausesImage } from '../data/time-axis.ts';
import { ALL_OPEN, type Closed, isClosed, linesOf, type TreeLine, toggled } from '../data/tree-lines.ts';
import { useTreeKeys } from '../data/use-tree-keys.ts';
import { formatCount, formatDuration, plural } from '../format.ts';
import { usePage } from '../page-context.ts';
import { EventGap, MissingEvent } from './event-gap.tsx';
import { EventRow } from './event-row.tsx';
import type { SessionEvents } from './session-events.ts';
import { useEventRows } from './use-event-rows.ts';
import type { Failures } from './use-failures.ts';

export interface EventTableProps {
  readonly events: SessionEvents;
  readonly answer: ApiEvents;
  readonly failures: Failures;
}

type Line = TreeLine<ApiEvent>;

/** Every event of a session, each below what it belongs to; of long sessions those that were asked for. */
export function EventTable({ events, answer, failures }: EventTableProps) {
  const atFirst = useRef(answer.total);
  const root = useRef<HTMLTableElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const [closed, setClosed] = useState(ALL_OPEN);
  const { event: asked } = usePage().view;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(asked === undefined ? [] : [asked]));
  const { isWhole, segments } = events;
  const shown = failures.place;
  const lines = useMemo(
    () => linesOf(segments, closed, { isWhole, shown }),
    [segments, closed, isWhole, shown],
  );
  const toggle = (event: ApiEvent) => setClosed(toggled(closed, event));
  const enter = ({ spanId }: ApiEvent) => setOpen(withOrWithout(open, spanId));
  // What the keyboard needs of the rows, and the rows of the keyboard.
  const scroll = useRef((_: number) => {});
  const keys = useTreeKeys(root, lines, closed, {
    toggle,
    enter,
    scrollTo: (index) => scroll.current(index),
  });
  const lineKeys = useMemo(() => lines.map(({ key }) => key), [lines]);
  const rows = useEventRows(body, lineKeys, keys.current);
  scroll.current = (index) => rows.scrollToIndex(index);
  const items = rows.getVirtualItems();
  useEffect(() => events.want(items.flatMap(({ index }) => lines[index]?.place ?? [])));
  useFailureInView(failures, lines, scroll.current);
  const retries = useMemo(() => retriesIn(segments), [segments]);
  return (
    <>
      <Branches events={segments} closed={closed} onChange={setClosed} />
      <table
        ref={root}
        class="events"
        role="treegrid"
        aria-rowcount={answer.total}
        style={{ '--pauses': pausesImage(answer.axis) }}
        onKeyDown={keys.onKeyDown}
      >
        <caption class="visually-hidden">Events, {formatCount(answer.total)} in all</caption>
        <Head axis={answer.axis} />
        <tbody role="rowgroup" ref={body} style={{ height: `${rows.getTotalSize()}px` }}>
          {items.map(({ index, key, start }) => {
            const line = lines[index];
            if (line === undefined) return null;
            const row = {
              measure: rows.measureElement,
              index,
              top: start - rows.options.scrollMargin,
              isCurrent: keys.current === index,
            };
            if (line.kind === 'gap') return <EventGap key={key} line={line} row={row} events={events} />;
            if (line.kind === 'missing') return <MissingEvent key={key} row={row} />;
            const { item: event, place } = line;
            return (
              <EventRow
                key={key}
                row={row}
                session={events.id}
                service={answer.row.service}
                event={event}
                before={eventBefore(lines, index)}
                place={place}
                axis={answer.axis}
                retriedBy={retries.byFailure.get(place)}
                retryOf={retries.bySecond.get(place)}
                isNew={place >= atFirst.current}
                isHighlighted={place === failures.place}
                isClosed={isClosed(closed, event)}
                isOpen={open.has(event.spanId)}
                onToggle={() => toggle(event)}
                onOpen={() => enter(event)}
                onFocus={() => keys.setCurrent(index)}
              />
            );
          })}
        </tbody>
      </table>
    </>
  );
}

function Head({ axis: { fromMs, toMs, pauses } }: { readonly axis: ApiAxis }) {
  const note = pauses.length === 0 ? '' : `; ${plural(pauses.length, 'pause')} drawn short`;
  return (
    <thead role="rowgroup">
      <tr role="row" class="events-head">
        {COLUMNS.map(([id, label]) => (
          <th key={id} role="columnheader" scope="col" class={`e-${id}`}>
            {label}
            {id === 'latency' && (
              <span class="axis-note" title={`The bars stand on the time of the session${note}`}>
                {formatDuration(toMs - fromMs)}
              </span>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

const COLUMNS = [
  ['time', 'Time'],
  ['what', 'Event'],
  ['latency', 'Latency'],
  ['status', 'Status'],
  ['more', 'Details'],
] as const;

interface BranchesProps {
  readonly events: readonly Segment<ApiEvent>[];
  readonly closed: Closed;
  readonly onChange: (closed: Closed) => void;
}

/** Opens and closes all that has something below it; nothing where nothing has. */
function Branches({ events, closed, onChange }: BranchesProps) {
  const hasAny = events.some(
    (each) => each.kind === 'items' && each.items.some(({ below = 0 }) => below > 0),
  );
  if (!hasAny) return null;
  const isAllClosed = closed.all && closed.except.size === 0;
  return (
    <button
      type="button"
      class="plain branches"
      onClick={() => onChange({ all: !isAllClosed, except: new Set() })}
    >
      {isAllClosed ? 'Expand all' : 'Collapse all'}
    </button>
  );
}

/** Goes to the failure that is wanted, and has it come into the document where it is not there. */
function useFailureInView(
  failures: Failures,
  lines: readonly Line[],
  scrollTo: (index: number) => void,
): void {
  useLayoutEffect(() => {
    if (failures.settle()) return;
    const index = lines.findIndex(({ kind, place }) => kind === 'item' && place === failures.place);
    if (index !== -1) scrollTo(index);
  });
}

/** What happened before it: what it is below, or beside. */
function eventBefore(lines: readonly Line[], index: number): ApiEvent | undefined {
  const line = lines[index];
  const depth = line?.kind === 'item' ? (line.item.depth ?? 0) : 0;
  for (let i = index - 1; i >= 0; i -= 1) {
    const before = lines[i];
    if (before?.kind !== 'item') return undefined;
    if ((before.item.depth ?? 0) <= depth) return before.item;
  }
  return undefined;
}

/** By the places of the events. */
function retriesIn(segments: readonly Segment<ApiEvent>[]) {
  const byFailure = new Map<number, Retry>();
  const bySecond = new Map<number, Retry>();
  for (const segment of segments) {
    if (segment.kind !== 'items') continue;
    for (const retry of retriesOf(segment.items)) {
      byFailure.set(segment.from + retry.failed, retry);
      bySecond.set(segment.from + retry.again, retry);
    }
  }
  return { byFailure, bySecond };
}

function withOrWithout(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const others = [...ids].filter((each) => each !== id);
  return new Set(others.length < ids.size ? others : [...others, id]);
}
