import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ApiSpanRef, ApiTrace, ApiTraceSpan } from '../../server/api.ts';
import { useObserved } from '../data/hooks.ts';
import { pausesImage } from '../data/time-axis.ts';
import { ALL_OPEN, isClosed, linesOf, toggled } from '../data/tree-lines.ts';
import { useTreeKeys } from '../data/use-tree-keys.ts';
import { formatCount, formatDuration, plural } from '../format.ts';
import { Notice } from '../parts/notice.tsx';
import { SpanDetail } from './span-detail.tsx';
import { SpanRow } from './span-row.tsx';
import { TraceSpans } from './trace-spans.ts';

/** Height of a line, as the styles make it. */
const HEIGHT = 30;

/** The trace around an event, as a tree on one axis. */
export function TraceTree({ span: { traceId, spanId } }: { readonly span: ApiSpanRef }) {
  const [spans] = useState(() => new TraceSpans({ traceId, spanId }));
  const { answer, failure } = useObserved(spans);
  if (failure !== undefined) {
    return (
      <Notice kind="error">
        {failure}{' '}
        <button type="button" class="plain" onClick={() => void spans.load(0)}>
          Try again
        </button>
      </Notice>
    );
  }
  if (answer === undefined) return <p class="loading">Loading the trace…</p>;
  return <Tree spans={spans} answer={answer} traceId={traceId} spanId={spanId} />;
}

interface TreeProps extends ApiSpanRef {
  readonly spans: TraceSpans;
  readonly answer: ApiTrace;
}

function Tree({ spans, answer, traceId, spanId }: TreeProps) {
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const { segments } = spans;
  const services = useMemo(() => servicesOf(segments), [segments]);
  const { axis, total, leftOut, isPart } = answer;
  const choose = (span: ApiTraceSpan) => setChosen(chosen === span.spanId ? undefined : span.spanId);
  return (
    <div class="trace">
      <p class="trace-about">
        {plural(total, 'span')} in {formatDuration(axis.toMs - axis.fromMs)}
        {services.length > 1 && ` of ${plural(services.length, 'service')}`}
        {leftOut > 0 && `, ${formatCount(leftOut)} more of the ${isPart ? 'request' : 'trace'} left out`}
      </p>
      <Rows {...{ spans, answer, services, spanId, chosen, choose }} />
      {chosen !== undefined && <SpanDetail traceId={traceId} spanId={chosen} />}
    </div>
  );
}

interface RowsProps extends Pick<TreeProps, 'spans' | 'answer' | 'spanId'> {
  readonly services: readonly string[];
  readonly chosen: string | undefined;
  readonly choose: (span: ApiTraceSpan) => void;
}

function Rows({ spans, answer, services, spanId, chosen, choose }: RowsProps) {
  const root = useRef<HTMLTableElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { closed, toggle, lines, keys, rows } = useSpanLines(root, frame, spans, choose, answer.at);
  return (
    <div class="trace-frame" ref={frame}>
      <table
        ref={root}
        role="treegrid"
        aria-label="Trace"
        aria-rowcount={answer.total}
        style={{ height: `${rows.getTotalSize()}px`, '--pauses': pausesImage(answer.axis) }}
        onKeyDown={keys.onKeyDown}
      >
        <tbody role="rowgroup">
          {rows.getVirtualItems().map(({ index, key, start }) => {
            const line = lines[index];
            const span = line?.kind === 'item' ? line.item : undefined;
            return (
              <SpanRow
                key={key}
                span={span}
                index={index}
                top={start}
                axis={answer.axis}
                series={services.indexOf(span?.service ?? '')}
                isCurrent={keys.current === index}
                isOwn={span?.spanId === spanId}
                isChosen={span !== undefined && span.spanId === chosen}
                isClosed={span !== undefined && isClosed(closed, span)}
                onToggle={toggle}
                onChoose={choose}
                onFocus={() => keys.setCurrent(index)}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Which lines there are, which of them are in view, and what the keyboard does. */
function useSpanLines(
  root: RefObject<HTMLTableElement | null>,
  frame: RefObject<HTMLElement | null>,
  spans: TraceSpans,
  enter: (span: ApiTraceSpan) => void,
  at = 0,
) {
  const [closed, setClosed] = useState(ALL_OPEN);
  const { segments } = spans;
  const lines = useMemo(() => linesOf(segments, closed, { isWhole: true }), [segments, closed]);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => HEIGHT,
    getItemKey: useCallback((index: number) => lines[index]?.key ?? index, [lines]),
    overscan: 10,
  });
  const toggle = (span: ApiTraceSpan) => setClosed(toggled(closed, span));
  const scrollTo = (index: number) => rows.scrollToIndex(index);
  const keys = useTreeKeys(root, lines, closed, { toggle, enter, scrollTo });
  // The event itself is in view at first.
  useEffect(() => rows.scrollToIndex(at, { align: 'center' }), []);
  useEffect(() => spans.want(rows.getVirtualItems().flatMap(({ index }) => lines[index]?.place ?? [])));
  return { closed, toggle, lines, keys, rows };
}

/** Of the spans that are here, in their order. */
function servicesOf(segments: TraceSpans['segments']): string[] {
  const names = segments.flatMap((each) =>
    each.kind === 'items' ? each.items.map(({ service = '' }) => service) : [],
  );
  return [...new Set(names)];
}
