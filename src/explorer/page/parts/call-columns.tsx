import { listNames } from '../../text/names.ts';
import { formatCount } from '../format.ts';
import type { DataColumn } from './data-table.tsx';
import { Errors } from './errors.tsx';
import { Text } from './text.tsx';

/** Of whatever is called, or calls: how often, and how often that failed. */
export function callColumns<Row extends { readonly calls: number; readonly errors: number }>(): [
  DataColumn<Row>,
  DataColumn<Row>,
] {
  return [
    {
      id: 'calls',
      label: 'Calls',
      isNumber: true,
      value: ({ calls }) => calls,
      cell: ({ calls }) => formatCount(calls),
    },
    {
      id: 'errors',
      label: 'Errors',
      isNumber: true,
      value: ({ errors }) => errors,
      cell: ({ errors, calls }) => <Errors errors={errors} calls={calls} />,
    },
  ];
}

/** Whose it is. */
export function serversColumn<Row extends { readonly services: readonly string[] }>(): DataColumn<Row> {
  return {
    id: 'servers',
    label: 'Servers',
    class: 't-wide',
    value: ({ services }) => listNames(services),
    cell: ({ services }) => <Text class="t-servers" value={listNames(services)} />,
  };
}
