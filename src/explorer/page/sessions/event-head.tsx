import type { ApiAxis, ApiEvent } from '../../server/api.ts';
import type { Segment } from '../data/segments.ts';
import type { Closed } from '../data/tree-lines.ts';
import { formatDuration, plural } from '../format.ts';

const COLUMNS = [
  ['time', 'Time'],
  ['what', 'Event'],
  ['latency', 'Latency'],
  ['status', 'Status'],
  ['more', 'Details'],
] as const;

/** The names of the columns, and how long the axis of the bars is. */
export function EventHead({ axis: { fromMs, toMs, pauses } }: { readonly axis: ApiAxis }) {
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

interface BranchesProps {
  readonly events: readonly Segment<ApiEvent>[];
  readonly closed: Closed;
  readonly onChange: (closed: Closed) => void;
}

/** Opens and closes all that has something below it; nothing where nothing has. */
export function Branches({ events, closed, onChange }: BranchesProps) {
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
