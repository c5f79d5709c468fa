import { useMemo, useState } from 'react';
import type { ApiOverview } from '../../server/api.ts';
import { type Direction, nextDirection, UNRESTRICTED } from '../address.ts';
import { formatAgo, formatCount, formatFull } from '../format.ts';
import { usePage } from '../page-context.ts';
import { callColumns } from '../parts/call-columns.tsx';
import { type DataColumn, DataTable } from '../parts/data-table.tsx';
import { ViewLink } from '../parts/link.tsx';
import { Text } from '../parts/text.tsx';

type Client = ApiOverview['clients'][number];

export function ClientTable({ clients }: { readonly clients: readonly Client[] }) {
  const { recording } = usePage();
  const [[sort, order], setSort] = useState<readonly [string, Direction]>(['sessions', 'desc']);
  const columns = useMemo(() => columnsOf(recording.now), [recording]);
  return (
    <section class="card list">
      <h2>Clients</h2>
      {clients.length === 0 ? (
        <p class="faint">No client in this range.</p>
      ) : (
        <DataTable<Client>
          caption="Clients"
          columns={columns}
          rows={clients}
          rowKey={({ name }) => name}
          sort={sort}
          order={order}
          onSort={(column) => setSort([column, nextDirection(column, sort, order)])}
        />
      )}
    </section>
  );
}

function columnsOf(now: () => number): DataColumn<Client>[] {
  return [
    {
      id: 'client',
      label: 'Client',
      class: 't-name',
      value: ({ name }) => name,
      cell: ({ name }) => (
        <ViewLink class="strong" to={{ ...UNRESTRICTED, tab: 'sessions', client: name }} title="Its sessions">
          <Text value={name} />
        </ViewLink>
      ),
    },
    {
      id: 'sessions',
      label: 'Sessions',
      isNumber: true,
      value: ({ sessions }) => sessions,
      cell: ({ sessions }) => formatCount(sessions),
    },
    ...callColumns<Client>(),
    {
      id: 'seen',
      label: 'Last seen',
      class: 't-last',
      value: ({ lastSeenMs }) => lastSeenMs,
      cell: ({ lastSeenMs }) => (
        <time dateTime={new Date(lastSeenMs).toISOString()} title={formatFull(lastSeenMs)}>
          {formatAgo(lastSeenMs, now())}
        </time>
      ),
    },
  ];
}
