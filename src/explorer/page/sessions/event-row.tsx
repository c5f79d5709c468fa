import type { ApiEvent } from '../../server/api.ts';
import type { Retry } from '../../sessions/retries.ts';
import { NETWORK_TITLE, sideNotes } from '../../sessions/side-text.ts';
import { URL_REQUIRED_TEXT } from '../../text/url-required.ts';
import {
  formatClock,
  formatCost,
  formatCount,
  formatDay,
  formatDuration,
  formatFull,
  formatSize,
  plural,
} from '../format.ts';
import { usePage } from '../page-context.ts';
import { Icon } from '../parts/icons.tsx';
import { ViewLink } from '../parts/link.tsx';
import { Text } from '../parts/text.tsx';
import { Line, Logs } from './logs.tsx';
import { LongText } from './long-text.tsx';
import { Payload } from './payload.tsx';

/** From this latency on, the discovery of tools counts as slow. */
const SLOW_LIST_MS = 1_000;
/** Tools of a list that are named; the others on demand. */
const SHOWN_TOOLS = 12;

export interface EventRowProps {
  /** The id of the session. */
  readonly session: string;
  readonly event: ApiEvent;
  readonly before: ApiEvent | undefined;
  readonly place: number;
  readonly longestMs: number;
  /** The request that tried the same again. */
  readonly retriedBy: Retry | undefined;
  /** The failure that this tries again. */
  readonly retryOf: Retry | undefined;
  readonly isNew: boolean;
  readonly isHighlighted: boolean;
}

export function EventRow(props: EventRowProps) {
  const { event, place, isNew, isHighlighted } = props;
  const classes = ['event', `kind-${event.kind}`];
  if (event.status !== undefined) classes.push(`outcome-${event.status}`);
  if (isNew) classes.push('arrived');
  if (isHighlighted) classes.push('highlighted');
  return (
    <tr role="row" class={classes.join(' ')} data-place={place} tabIndex={-1}>
      <td role="cell" class="e-time">
        <EventTime event={event} before={props.before} />
      </td>
      <td role="cell" class="e-what">
        <EventName event={event} />
      </td>
      <td role="cell" class="e-latency number">
        {event.latencyMs !== undefined && <Latency millis={event.latencyMs} longestMs={props.longestMs} />}
      </td>
      <td role="cell" class="e-status">
        {event.status !== undefined && <Outcome status={event.status} />}
      </td>
      <td role="cell" class="e-more">
        <More {...props} />
      </td>
    </tr>
  );
}

/** What there is besides the four columns; most events have nothing. */
function More(props: EventRowProps) {
  const { error, status, toolNames, toolCount, arguments: args, result, message, logs } = props.event;
  const { networkMs, clientError, side } = props.event;
  return (
    <>
      {error !== undefined && <LongText class="e-error" text={error} />}
      <EventSize event={props.event} />
      {clientError !== undefined && (
        <LongText class="e-error" text={`the client saw an error: ${clientError}`} />
      )}
      {sideNotes({ networkMs, side }).map((note) => (
        <span key={note} class="e-note" title={networkMs === undefined ? undefined : NETWORK_TITLE}>
          {note}
        </span>
      ))}
      {status === 'url_required' && <span class="e-note">{URL_REQUIRED_TEXT}</span>}
      <RetryNote {...props} />
      {toolNames !== undefined && <ToolNames names={toolNames} count={toolCount ?? toolNames.length} />}
      {(args !== undefined || result !== undefined) && (
        <div class="payloads">
          {args !== undefined && <Payload label="Arguments" text={args} />}
          {result !== undefined && <Payload label="Result" text={result} />}
        </div>
      )}
      {message !== undefined && <Line line={message} />}
      {logs !== undefined && <Logs session={props.session} event={props.event} count={logs} />}
    </>
  );
}

function EventTime({ event, before }: { readonly event: ApiEvent; readonly before: ApiEvent | undefined }) {
  const { recording } = usePage();
  const gap = before === undefined ? 0 : event.timeMs - before.timeMs;
  const isOtherDay =
    before !== undefined && new Date(before.timeMs).toDateString() !== new Date(event.timeMs).toDateString();
  return (
    <>
      {isOtherDay && <span class="e-day">{formatDay(event.timeMs, recording.now())}</span>}
      <time dateTime={new Date(event.timeMs).toISOString()} title={formatFull(event.timeMs)}>
        {formatClock(event.timeMs)}
      </time>
      {gap >= 1 && (
        <span class="e-gap" title="Since the event before">
          {`+${formatDuration(gap)}`}
        </span>
      )}
    </>
  );
}

function EventName({ event }: { readonly event: ApiEvent }) {
  const isSlow = event.method === 'tools/list' && (event.latencyMs ?? 0) >= SLOW_LIST_MS;
  const mark = event.kind === 'sent' ? <span title="Sent by the server to the client">→ </span> : null;
  if (event.method === undefined || event.target === undefined) {
    return (
      <span class="e-name">
        {mark}
        <Text value={event.kind === 'sent' ? (event.method ?? event.type) : event.type} />
        {isSlow && <span class="badge">slow discovery</span>}
      </span>
    );
  }
  return (
    <span class="e-name">
      {mark}
      <Text class="e-method" value={event.method} />{' '}
      {event.isTool ? (
        <ViewLink class="e-target" to={{ tool: event.target }} title="Only sessions with this tool">
          <Text value={event.target} title={event.target} />
        </ViewLink>
      ) : (
        <Text class="e-target" value={event.target} />
      )}
    </span>
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

function EventSize({ event: { requestSize, responseSize } }: { readonly event: ApiEvent }) {
  if (requestSize === undefined && responseSize === undefined) return null;
  const asked = requestSize === undefined ? [] : [`asked ${formatCost(requestSize)}`];
  const answered = responseSize === undefined ? [] : [`answered ${formatCost(responseSize)}`];
  return (
    <span class="e-note" title={[...asked, ...answered].join('; ')}>
      {formatSize(responseSize ?? requestSize ?? 0)}
    </span>
  );
}

interface ToolNamesProps {
  readonly names: readonly string[];
  /** How many there were; of long lists, not all names are recorded. */
  readonly count: number;
}

function ToolNames({ names, count }: ToolNamesProps) {
  if (count === 0) return <span class="e-note">answered no tool</span>;
  const more = count - names.length;
  if (count <= SHOWN_TOOLS && more === 0) return <Tags names={names} />;
  return (
    <details class="payload">
      <summary>{formatCount(count)} tools</summary>
      <Tags names={names} />
      {more > 0 && <span class="e-note">{plural(more, 'name')} more not recorded</span>}
    </details>
  );
}

function Tags({ names }: { readonly names: readonly string[] }) {
  return (
    <span class="tags wrapping">
      {names.map((name, i) => (
        // By place: a server may list a name twice.
        <Text key={i} class="tag" value={name} />
      ))}
    </span>
  );
}

function Latency({ millis, longestMs }: { readonly millis: number; readonly longestMs: number }) {
  const share = longestMs > 0 ? Math.min(1, millis / longestMs) : 0;
  return (
    <>
      <span>{formatDuration(millis)}</span>
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${Math.max(1, share * 100)}%` }} />
      </span>
    </>
  );
}

function Outcome({ status }: { readonly status: NonNullable<ApiEvent['status']> }) {
  return <span class={`outcome outcome-${status}`}>{status === 'url_required' ? 'asks user' : status}</span>;
}
