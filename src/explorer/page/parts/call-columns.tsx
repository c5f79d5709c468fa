import { formatCount } from '../format.ts';
import type { DataColumn } from './data-table.tsx';
import { Errors } from './errors.tsx';

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
