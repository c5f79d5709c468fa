import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
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
  const root = useRef<HTMLTableElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [closed, setClosed] = useState(ALL_OPEN);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
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
  const choose = (span: ApiTraceSpan) => setChosen(chosen === span.spanId ? undefined : span.spanId);
  const scrollTo = (index: number) => rows.scrollToIndex(index);
  const keys = useTreeKeys(root, lines, closed, { toggle, enter: choose, scrollTo });
  const items = rows.getVirtualItems();
  useEffect(() => spans.want(items.flatMap(({ index }) => lines[index]?.place ?? [])));
  const services = useMemo(() => servicesOf(segments), [segments]);
  const { axis } = answer;
  return (
    <div class="trace">
      <p class="trace-about">
        {plural(answer.total, 'span')} in {formatDuration(axis.toMs - axis.fromMs)}
        {services.length > 1 && ` of ${plural(services.length, 'service')}`}
        {answer.leftOut > 0 && `, ${formatCount(answer.leftOut)} later ones left out`}
      </p>
      <div class="trace-frame" ref={frame}>
        <table
          ref={root}
          role="treegrid"
          aria-label="Trace"
          aria-rowcount={answer.total}
          style={{ height: `${rows.getTotalSize()}px`, '--pauses': pausesImage(axis) }}
          onKeyDown={keys.onKeyDown}
        >
          <tbody role="rowgroup">
            {items.map(({ index, key, start }) => {
              const line = lines[index];
              if (line === undefined || line.kind === 'gap') return null;
              const span = line.kind === 'item' ? line.item : undefined;
              return (
                <SpanRow
                  key={key}
                  span={span}
                  index={index}
                  top={start}
                  axis={axis}
                  series={span === undefined ? 0 : services.indexOf(span.service ?? '')}
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
      {chosen !== undefined && <SpanDetail traceId={traceId} spanId={chosen} />}
    </div>
  );
}

/** Of the spans that are here, in their order. */
function servicesOf(segments: TraceSpans['segments']): string[] {
  const names = segments.flatMap((each) =>
    each.kind === 'items' ? each.items.map(({ service = '' }) => service) : [],
  );
  return [...new Set(names)];
}
