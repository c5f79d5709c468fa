import {
  type ColumnDef,
  createSortedRowModel,
  type RowData,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import type { ComponentChildren } from 'preact';
import { Fragment } from 'preact';
import { useMemo, useState } from 'react';
import type { Direction } from '../address.ts';
import { formatCount } from '../format.ts';
import { SortButton } from './sort-button.tsx';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

/** Rows that are shown before all are asked for. */
const SHOWN = 500;

export interface DataColumn<Row> {
  readonly id: string;
  readonly label: string;
  /** What the column is sorted by; without a value, a row comes last. Absent: it is not sorted by. */
  readonly value?: (row: Row) => string | number | undefined;
  readonly cell: (row: Row) => ComponentChildren;
  readonly isNumber?: boolean;
  readonly class?: string;
}

export interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly DataColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly sort: string;
  readonly order: Direction;
  readonly onSort: (column: string) => void;
  /** Below a row, where there is something. */
  readonly below?: (row: Row) => ComponentChildren;
}

/** A table whose rows are all here, sorted in the browser. */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { columns, rows, rowKey, sort, order } = props;
  const table = useTable({
    features,
    columns: useMemo(() => columns.map(defined), [columns]),
    data: rows,
    getRowId: rowKey,
    state: { sorting: useMemo(() => [{ id: sort, desc: order === 'desc' }], [sort, order]) },
  });
  const [isWhole, setWhole] = useState(false);
  const sorted = table.getRowModel().rows;
  const shown = isWhole ? sorted : sorted.slice(0, SHOWN);
  return (
    <table class="data">
      <caption class="visually-hidden">{props.caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.id} scope="col" class={classOf(column)} aria-sort={sortOf(column, sort, order)}>
              {column.value === undefined ? (
                <span class="unsorted">{column.label}</span>
              ) : (
                <SortButton
                  label={column.label}
                  direction={sort === column.id ? order : undefined}
                  onClick={() => props.onSort(column.id)}
                />
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map(({ id, original }) => (
          <Fragment key={id}>
            <tr>
              {columns.map((column) => (
                <td key={column.id} class={classOf(column)} data-label={column.label}>
                  {column.cell(original)}
                </td>
              ))}
            </tr>
            <Below columns={columns.length}>{props.below?.(original)}</Below>
          </Fragment>
        ))}
        <Below columns={columns.length}>
          {shown.length < sorted.length ? (
            <button type="button" class="button" onClick={() => setWhole(true)}>
              Show all {formatCount(sorted.length)}
            </button>
          ) : undefined}
        </Below>
      </tbody>
    </table>
  );
}

function Below({ columns, children }: { readonly columns: number; readonly children: ComponentChildren }) {
  if (children === undefined) return null;
  return (
    <tr class="below">
      <td colSpan={columns}>{children}</td>
    </tr>
  );
}

function defined<Row extends RowData>({ id, value }: DataColumn<Row>): ColumnDef<typeof features, Row> {
  return {
    id,
    accessorFn: (row) => value?.(row),
    sortUndefined: 'last',
    sortFn: (a, b, column) => compare(a.getValue(column), b.getValue(column)),
  };
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b));
}

function classOf({ isNumber, class: own }: DataColumn<never>): string | undefined {
  return [own, isNumber ? 'number' : undefined].filter((each) => each !== undefined).join(' ') || undefined;
}

function sortOf({ id, value }: DataColumn<never>, sort: string, order: Direction) {
  if (value === undefined) return undefined;
  if (id !== sort) return 'none';
  return order === 'asc' ? 'ascending' : 'descending';
}
