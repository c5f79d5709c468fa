import type { ApiCalled } from '../../server/api.ts';
import { listNames } from '../../text/names.ts';
import { plural } from '../format.ts';
import { serversColumn } from '../parts/call-columns.tsx';
import type { DataColumn } from '../parts/data-table.tsx';
import { Text } from '../parts/text.tsx';
import { Expander } from './expander.tsx';
import { errorTypesColumn, figureColumns } from './figure-columns.tsx';

/** @param label - what is called: `Resource`, `Prompt` */
export function calledColumns(
  label: string,
  open: readonly string[],
  toggle: (name: string) => void,
): DataColumn<ApiCalled>[] {
  return [
    {
      id: 'tool',
      label,
      class: 't-name',
      value: ({ name }) => name,
      cell: (called) => <Name called={called} />,
    },
    serversColumn<ApiCalled>(),
    {
      id: 'seen',
      label: 'Clients',
      value: ({ clients }) => clients,
      cell: ({ name, clients }) => (
        <Expander
          isOpen={open.includes(name)}
          label={`Asked for by ${plural(clients, 'client')}: which ones`}
          onToggle={() => toggle(name)}
        >
          {clients}
        </Expander>
      ),
    },
    ...figureColumns<ApiCalled>(),
    errorTypesColumn<ApiCalled>(),
  ];
}

function Name({ called: { name, members, services } }: { readonly called: ApiCalled }) {
  return (
    <>
      <Text class="strong" value={name} />
      {members !== undefined && <span class="faint"> {plural(members, 'URI')}</span>}
      <span class="t-about">
        <Text value={listNames(services)} />
      </span>
    </>
  );
}
