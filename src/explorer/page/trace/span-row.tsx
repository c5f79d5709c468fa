import type { ApiAxis, ApiTraceSpan } from '../../server/api.ts';
import { formatDuration } from '../format.ts';
import { Icon } from '../parts/icons.tsx';
import { Text } from '../parts/text.tsx';
import { TimeBar } from '../parts/time-bar.tsx';

/** The colours that there are. */
const SERIES = 3;
const MOST_INDENTS = 12;
/** Those of the session's row, of what is below it, and of the event come before. */
const LEVELS_ABOVE = 4;

export interface SpanRowProps {
  /** Absent: it is still to come. */
  readonly span: ApiTraceSpan | undefined;
  readonly index: number;
  readonly top: number;
  readonly axis: ApiAxis;
  /** Which service it is of. */
  readonly series: number;
  readonly isCurrent: boolean;
  /** The event whose trace it is. */
  readonly isOwn: boolean;
  readonly isChosen: boolean;
  readonly isClosed: boolean;
  readonly onToggle: (span: ApiTraceSpan) => void;
  readonly onChoose: (span: ApiTraceSpan) => void;
  readonly onFocus: () => void;
}

export function SpanRow(props: SpanRowProps) {
  const { span, index, top, isCurrent, isChosen, isClosed } = props;
  const { depth = 0, below = 0 } = span ?? {};
  return (
    <tr
      role="row"
      class={classOf(props)}
      data-line={index}
      tabIndex={isCurrent ? 0 : -1}
      aria-level={LEVELS_ABOVE + depth}
      aria-expanded={below > 0 ? !isClosed : undefined}
      aria-selected={isChosen}
      style={{ top: `${top}px` }}
      onFocus={props.onFocus}
      onClick={() => span !== undefined && props.onChoose(span)}
    >
      <td role="gridcell" class="s-name" style={{ '--depth': Math.min(depth, MOST_INDENTS) }}>
        {span === undefined ? '…' : <Name {...props} span={span} />}
      </td>
      <td role="gridcell" class="s-bar">
        {span !== undefined && <TimeBar axis={props.axis} fromMs={span.timeMs} lastsMs={span.durationMs} />}
      </td>
      <td role="gridcell" class="s-lasts number">
        {span !== undefined && formatDuration(span.durationMs)}
      </td>
    </tr>
  );
}

function Name({ span, isClosed, onToggle }: SpanRowProps & { readonly span: ApiTraceSpan }) {
  const toggle = (event: MouseEvent) => {
    event.stopPropagation();
    onToggle(span);
  };
  return (
    <>
      {span.below > 0 && (
        <button
          type="button"
          class="branch"
          tabIndex={-1}
          aria-label={isClosed ? 'Show what is below' : 'Hide what is below'}
          aria-expanded={!isClosed}
          onClick={toggle}
        >
          <Icon name="chevron" />
        </button>
      )}
      <Text class="s-span" value={span.name} />
      {span.isFailed && <span class="outcome outcome-error">error</span>}
      {span.service !== undefined && <Text class="s-service" value={span.service} />}
      {span.kind !== 'internal' && <span class="s-kind">{span.kind}</span>}
    </>
  );
}

function classOf({ span, series, isOwn, isChosen }: SpanRowProps): string {
  const classes = ['span', `series-${(Math.max(0, series) % SERIES) + 1}`];
  if (span?.isFailed === true) classes.push('outcome-error');
  if (isOwn) classes.push('own');
  if (isChosen) classes.push('chosen');
  return classes.join(' ');
}
