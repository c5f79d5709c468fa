import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ApiEvent, ApiEvents } from '../../server/api.ts';
import { type Retry, retriesOf } from '../../sessions/retries.ts';
import type { Segment } from '../data/segments.ts';
import { pausesImage } from '../data/time-axis.ts';
import { ALL_OPEN, isClosed, linesOf, type TreeLine, toggled } from '../data/tree-lines.ts';
import { useTreeKeys } from '../data/use-tree-keys.ts';
import { formatCount } from '../format.ts';
import { usePage } from '../page-context.ts';
import { EventGap, MissingEvent } from './event-gap.tsx';
import { Branches, EventHead } from './event-head.tsx';
import type { LinePlace } from './event-line.tsx';
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
  const { segments } = events;
  const tree = useEventTree(root, body, events, failures);
  const { lines, rows, keys } = tree;
  const retries = useMemo(() => retriesIn(segments), [segments]);
  const shared = { events, answer, failures, tree, retries, newFrom: atFirst.current };
  return (
    <>
      <Branches events={segments} closed={tree.closed} onChange={tree.setClosed} />
      <table
        ref={root}
        class="events"
        role="treegrid"
        aria-rowcount={answer.total}
        style={{ '--pauses': pausesImage(answer.axis) }}
        onKeyDown={keys.onKeyDown}
      >
        <caption class="visually-hidden">Events, {formatCount(answer.total)} in all</caption>
        <EventHead axis={answer.axis} />
        <tbody role="rowgroup" ref={body} style={{ height: `${rows.getTotalSize()}px` }}>
          {rows.getVirtualItems().map(({ index, key, start }) => {
            const line = lines[index];
            if (line === undefined) return null;
            const top = start - rows.options.scrollMargin;
            const row = { measure: rows.measureElement, index, top, isCurrent: keys.current === index };
            return <LineOf key={key} line={line} row={row} {...shared} />;
          })}
        </tbody>
      </table>
    </>
  );
}

/** Which lines there are, which of them are in view, and what the keyboard does. */
function useEventTree(
  root: RefObject<HTMLTableElement | null>,
  body: RefObject<HTMLElement | null>,
  events: SessionEvents,
  failures: Failures,
) {
  const [closed, setClosed] = useState(ALL_OPEN);
  const { event: asked } = usePage().view;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(asked === undefined ? [] : [asked]));
  const { isWhole, segments } = events;
  const shown = failures.place;
  const lines = useMemo(
    () => linesOf(segments, closed, { isWhole, shown }),
    [segments, closed, isWhole, shown],
  );
  const lineKeys = useMemo(() => lines.map(({ key }) => key), [lines]);
  const toggle = (event: ApiEvent) => setClosed(toggled(closed, event));
  const enter = ({ spanId }: ApiEvent) => setOpen(withOrWithout(open, spanId));
  // The keyboard needs the rows, and the rows what the keyboard is at.
  const scroll = useRef((_: number) => {});
  const scrollTo = (index: number) => scroll.current(index);
  const keys = useTreeKeys(root, lines, closed, { toggle, enter, scrollTo });
  const rows = useEventRows(body, lineKeys, keys.current);
  scroll.current = (index) => {
    const isHere = rows.getVirtualItems().some((item) => item.index === index);
    const [top] = rows.getOffsetForIndex(index, 'center') ?? [];
    if (!isHere && top !== undefined) window.scrollTo({ top });
  };
  useEffect(() => events.want(rows.getVirtualItems().flatMap(({ index }) => lines[index]?.place ?? [])));
  useFailureInView(failures, lines, scrollTo);
  return { lines, closed, setClosed, open, toggle, enter, keys, rows };
}

interface LineProps extends EventTableProps {
  readonly line: Line;
  readonly row: LinePlace;
  readonly tree: ReturnType<typeof useEventTree>;
  readonly retries: ReturnType<typeof retriesIn>;
  /** Events from this place on came while the session was open. */
  readonly newFrom: number;
}

function LineOf({ line, row, events, answer, failures, tree, retries, newFrom }: LineProps) {
  if (line.kind === 'gap') return <EventGap line={line} row={row} events={events} />;
  if (line.kind === 'missing') return <MissingEvent row={row} />;
  const { item: event, place } = line;
  return (
    <EventRow
      row={row}
      session={events.id}
      service={answer.row.service}
      event={event}
      before={eventBefore(tree.lines, row.index)}
      place={place}
      axis={answer.axis}
      retriedBy={retries.byFailure.get(place)}
      retryOf={retries.bySecond.get(place)}
      isNew={place >= newFrom}
      isHighlighted={place === failures.place}
      isClosed={isClosed(tree.closed, event)}
      isOpen={tree.open.has(event.spanId)}
      onToggle={() => tree.toggle(event)}
      onOpen={() => tree.enter(event)}
      onFocus={() => tree.keys.setCurrent(row.index)}
    />
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
