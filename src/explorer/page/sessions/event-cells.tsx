import type { ApiEvent } from '../../server/api.ts';
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
import { ViewLink } from '../parts/link.tsx';
import { Marked } from '../parts/marked.tsx';
import { Text } from '../parts/text.tsx';

/** From this latency on, the discovery of tools counts as slow. */
const SLOW_LIST_MS = 1_000;
/** Tools of a list that are named; the others on demand. */
const SHOWN_TOOLS = 12;

/** When, and how long after the one before. */
export function EventTime({
  event,
  before,
}: {
  readonly event: ApiEvent;
  readonly before: ApiEvent | undefined;
}) {
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

/** What it was: text of others stands in elements of its own. */
export function EventName({ event }: { readonly event: ApiEvent }) {
  const isSlow = event.method === 'tools/list' && (event.latencyMs ?? 0) >= SLOW_LIST_MS;
  const mark = event.kind === 'sent' ? <span title="Sent by the server to the client">→ </span> : null;
  if (event.method === undefined || event.target === undefined) {
    return (
      <span class="e-name">
        {mark}
        <Marked of="method" value={event.kind === 'sent' ? (event.method ?? event.type) : event.type} />
        {isSlow && <span class="badge">slow discovery</span>}
      </span>
    );
  }
  return (
    <span class="e-name">
      {mark}
      <Marked of="method" class="e-method" value={event.method} />{' '}
      {event.isTool ? (
        <ViewLink class="e-target" to={{ tool: event.target }} title="Only sessions with this tool">
          <Marked of="tool" value={event.target} title={event.target} />
        </ViewLink>
      ) : (
        <Text class="e-target" value={event.target} />
      )}
    </span>
  );
}

export function EventSize({ event: { requestSize, responseSize } }: { readonly event: ApiEvent }) {
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

export function ToolNames({ names, count }: ToolNamesProps) {
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

export function Outcome({ status }: { readonly status: NonNullable<ApiEvent['status']> }) {
  return <span class={`outcome outcome-${status}`}>{status === 'url_required' ? 'asks user' : status}</span>;
}
