import { useMemo, useState } from 'react';
import type { ApiCaller, CalledKind } from '../../server/api.ts';
import { type Direction, nextDirection, rangeOf, UNRESTRICTED } from '../address.ts';
import { client } from '../data/api-client.ts';
import { rangeKey } from '../data/range-key.ts';
import { useAnswer } from '../data/use-answer.ts';
import { formatCount } from '../format.ts';
import { usePage } from '../page-context.ts';
import { type DataColumn, DataTable } from '../parts/data-table.tsx';
import { ViewLink } from '../parts/link.tsx';
import { Text } from '../parts/text.tsx';
import { figureColumns } from './figure-columns.tsx';

export interface CallersProps {
  readonly kind: CalledKind;
  readonly name: string;
}

/** Which clients asked for it, each version with figures of its own: whether a new one does better than the one before. */
export function Callers({ kind, name }: CallersProps) {
  const { view, recording } = usePage();
  const ask = () => client.callers(kind, name, rangeOf(view, recording.now()));
  const { value, failure } = useAnswer(recording, `${kind} ${name} ${rangeKey(view)}`, ask);
  const [[sort, order], setSort] = useState<readonly [string, Direction]>(['calls', 'desc']);
  const columns = useMemo(() => columnsOf(kind, name), [kind, name]);
  if (failure !== undefined) return <p class="failed">{failure}</p>;
  if (value === undefined) return <p class="loading">Loading who asked for it…</p>;
  if (value.total === 0) return <p class="faint">No client has asked for it in this range.</p>;
  return (
    <section class="callers">
      <h2>
        Calls by client and version <span class="faint">{formatCount(value.total)}</span>
      </h2>
      <DataTable<ApiCaller>
        caption="Calls by client and version"
        columns={columns}
        rows={value.callers}
        rowKey={({ client: caller, version }) => JSON.stringify([caller, version])}
        sort={sort}
        order={order}
        onSort={(column) => setSort([column, nextDirection(column, sort, order)])}
      />
      {value.total > value.callers.length && (
        <p class="faint">The {value.callers.length} with most calls are shown.</p>
      )}
    </section>
  );
}

function columnsOf(kind: CalledKind, name: string): DataColumn<ApiCaller>[] {
  return [
    {
      id: 'client',
      label: 'Client',
      class: 't-name',
      value: ({ client: caller }) => caller,
      cell: ({ client: caller }) => (
        <ViewLink
          class="strong"
          to={{
            ...UNRESTRICTED,
            tab: 'sessions',
            client: caller,
            tool: kind === 'tool' ? name : undefined,
          }}
        >
          <Text value={caller} />
        </ViewLink>
      ),
    },
    {
      id: 'version',
      label: 'Version',
      value: ({ version }) => version,
      cell: ({ version }) =>
        version === undefined ? <span class="faint">–</span> : <Text class="version" value={version} />,
    },
    ...figureColumns<ApiCaller>(),
  ];
}
