import type { ApiAxis, ApiEvent } from '../../server/api.ts';
import type { Retry } from '../../sessions/retries.ts';
import { NETWORK_TITLE, sideNotes } from '../../sessions/side-text.ts';
import { URL_REQUIRED_TEXT } from '../../text/url-required.ts';
import { formatDuration, plural } from '../format.ts';
import { Icon } from '../parts/icons.tsx';
import { TimeBar } from '../parts/time-bar.tsx';
import { EventName, EventSize, EventTime, Outcome, ToolNames } from './event-cells.tsx';
import { EventLine, type LinePlace } from './event-line.tsx';
import { EventPanel } from './event-panel.tsx';
import { Line, Logs } from './logs.tsx';
import { LongText } from './long-text.tsx';
import { Payload } from './payload.tsx';
import { Stacks } from './stacks.tsx';

/** The level of an event that is below nothing: those of the session's row and of what is below it come before. */
const FIRST_LEVEL = 3;
/** Deeper ones stand no further in. */
const MOST_INDENTS = 8;

export interface EventRowProps {
  readonly row: LinePlace;
  /** The id of the session, and its server. */
  readonly session: string;
  readonly service: string | undefined;
  readonly event: ApiEvent;
  readonly before: ApiEvent | undefined;
  readonly place: number;
  readonly axis: ApiAxis;
  /** The request that tried the same again. */
  readonly retriedBy: Retry | undefined;
  /** The failure that this tries again. */
  readonly retryOf: Retry | undefined;
  readonly isNew: boolean;
  readonly isHighlighted: boolean;
  /** What hangs below it is not shown. */
  readonly isClosed: boolean;
  /** Its trace is shown. */
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly onOpen: () => void;
  readonly onFocus: () => void;
}

export function EventRow(props: EventRowProps) {
  const { event, place, row, isOpen, isClosed } = props;
  const { kind, status, depth = 0, below = 0, latencyMs } = event;
  const more = {
    'data-place': place,
    'aria-level': FIRST_LEVEL + depth,
    'aria-rowindex': place + 1,
    'aria-expanded': below > 0 ? !isClosed : undefined,
    onFocus: props.onFocus,
    onClick: (click: MouseEvent) => {
      // Who selects text does not want to open anything.
      if (click.detail > 1 || getSelection()?.isCollapsed === false) return;
      if ((click.target as Element).closest('a, button, details, .event-panel') === null) props.onOpen();
    },
    onKeyDown: (key: KeyboardEvent) => {
      if (key.key !== 'Escape' || !isOpen) return;
      key.stopPropagation();
      props.onOpen();
      (key.currentTarget as HTMLElement).focus();
    },
  };
  return (
    <EventLine class={classOf(props)} row={row} more={more}>
      <td role="gridcell" class="e-time">
        <EventTime event={event} before={props.before} />
      </td>
      <td role="gridcell" class="e-what" style={{ '--depth': Math.min(depth, MOST_INDENTS) }}>
        {below > 0 && <Branch isClosed={isClosed} below={below} onToggle={props.onToggle} />}
        <EventName event={event} />
      </td>
      <td role="gridcell" class="e-latency">
        {latencyMs !== undefined && (
          <>
            <span>{formatDuration(latencyMs)}</span>
            <TimeBar axis={props.axis} fromMs={event.timeMs} lastsMs={latencyMs} />
          </>
        )}
      </td>
      <td role="gridcell" class="e-status">
        {status !== undefined && <Outcome status={status} />}
      </td>
      <td role="gridcell" class="e-more">
        <More {...props} />
      </td>
      <td role="gridcell" class="e-open">
        <button
          type="button"
          class="copy"
          tabIndex={row.isCurrent ? 0 : -1}
          aria-expanded={isOpen}
          aria-label={`Trace and IDs of ${event.target ?? event.method ?? kind}`}
          title="Trace and IDs"
          onClick={props.onOpen}
        >
          <Icon name="chevron" />
        </button>
      </td>
      {isOpen && (
        <td role="gridcell" class="event-panel">
          <EventPanel event={event} service={props.service} />
        </td>
      )}
    </EventLine>
  );
}

function classOf({ event: { kind, status }, isNew, isHighlighted, isOpen }: EventRowProps): string {
  const classes = ['event', `kind-${kind}`];
  if (status !== undefined) classes.push(`outcome-${status}`);
  if (isNew) classes.push('arrived');
  if (isHighlighted) classes.push('highlighted');
  if (isOpen) classes.push('open');
  return classes.join(' ');
}

interface BranchProps {
  readonly isClosed: boolean;
  readonly below: number;
  readonly onToggle: () => void;
}

/** The keyboard has arrows for it. */
function Branch({ isClosed, below, onToggle }: BranchProps) {
  const what = `${plural(below, 'event')} below`;
  return (
    <button
      type="button"
      class="branch"
      tabIndex={-1}
      aria-label={`${isClosed ? 'Show' : 'Hide'} ${what}`}
      title={what}
      aria-expanded={!isClosed}
      onClick={onToggle}
    >
      <Icon name="chevron" />
    </button>
  );
}

/** What there is besides the four columns; most events have nothing. */
function More(props: EventRowProps) {
  const { error, status, toolNames, toolCount, arguments: args, result, message, logs, stacks } = props.event;
  const { networkMs, clientError, side } = props.event;
  return (
    <>
      {error !== undefined && <LongText class="e-error" of="error" text={error} />}
      <EventSize event={props.event} />
      {clientError !== undefined && (
        <LongText class="e-error" text={`the client saw an error: ${clientError}`} />
      )}
      {sideNotes({ networkMs, side }).map((note) => (
        <span key={note} class="e-note e-side" title={NETWORK_TITLE}>
          {note}
        </span>
      ))}
      {status === 'url_required' && <span class="e-note">{URL_REQUIRED_TEXT}</span>}
      <RetryNote {...props} />
      {toolNames !== undefined && <ToolNames names={toolNames} count={toolCount ?? toolNames.length} />}
      {(args !== undefined || result !== undefined || stacks !== undefined) && (
        <div class="payloads">
          {stacks !== undefined && <Stacks span={props.event} count={stacks} />}
          {args !== undefined && <Payload label="Arguments" text={args} />}
          {result !== undefined && <Payload label="Result" text={result} />}
        </div>
      )}
      {message !== undefined && <Line line={message} />}
      {logs !== undefined && <Logs session={props.session} event={props.event} count={logs} />}
    </>
  );
}

function RetryNote({ retriedBy, retryOf }: EventRowProps) {
  return (
    <>
      {retryOf !== undefined && (
        <span class="e-note">
          <Icon name="retry" /> tried again {formatDuration(retryOf.gapMs)} after it failed
        </span>
      )}
      {retriedBy !== undefined && (
        <span class="e-note">
          <Icon name="retry" /> then {retriedBy.outcome} {formatDuration(retriedBy.gapMs)} later
        </span>
      )}
    </>
  );
}
