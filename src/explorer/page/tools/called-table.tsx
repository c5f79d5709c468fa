import type { ComponentChildren } from 'preact';
import { nextDirection, type ToolSort } from '../address.ts';
import { type Answer, absentText } from '../data/use-answer.ts';
import { formatCount, plural } from '../format.ts';
import { usePage } from '../page-context.ts';
import { type DataColumn, DataTable } from '../parts/data-table.tsx';
import { FailureNotice } from '../parts/failure-notice.tsx';
import { foundIn, type Named } from './found-in.ts';

export interface CalledTableProps<Row> {
  readonly caption: string;
  /** What one row is. */
  readonly one: string;
  /** Why there may be none. */
  readonly none: string;
  /** Absent until the first answer. */
  readonly rows: readonly Row[] | undefined;
  readonly answer: Pick<Answer<unknown>, 'failure' | 'isLoading'>;
  /** Stands behind the number of rows. */
  readonly about?: string;
  readonly columns: (open: readonly string[], toggle: (name: string) => void) => DataColumn<Row>[];
  readonly below: (row: Row) => ComponentChildren;
  /** Stands beside the number of rows. */
  readonly children?: ComponentChildren;
}

/** What clients ask for, as a table: sorted, searched and opened as the address says. */
export function CalledTable<Row extends Named>(props: CalledTableProps<Row>) {
  const { view, navigate } = usePage();
  const { rows, caption, one, about = '' } = props;
  const { failure, isLoading } = props.answer;
  const toggle = (name: string) => {
    const isOpen = view.toolOpen.includes(name);
    navigate({ toolOpen: isOpen ? view.toolOpen.filter((each) => each !== name) : [...view.toolOpen, name] });
  };
  const sortBy = (column: string) =>
    navigate({
      toolSort: column as ToolSort,
      toolOrder: nextDirection(column, view.toolSort, view.toolOrder),
    });
  const found = rows === undefined ? [] : foundIn(rows, view.find);
  const all = plural(rows?.length ?? 0, one);
  const count = found.length === rows?.length ? all : `${formatCount(found.length)} of ${all}`;
  return (
    <>
      <div class="summary">
        <p aria-live="polite">{rows === undefined ? absentText({ failure }) : `${count}${about}`}</p>
        {props.children}
      </div>
      <FailureNotice failure={failure} />
      {rows !== undefined && found.length === 0 && (
        <div class="empty">
          <h2>No {one}</h2>
          <p>
            {rows.length === 0
              ? props.none
              : 'None has all of these words in its name, its servers or errors.'}
          </p>
        </div>
      )}
      {found.length > 0 && (
        <div class={isLoading ? 'refreshing card' : 'card'}>
          <DataTable<Row>
            caption={caption}
            columns={props.columns(view.toolOpen, toggle)}
            rows={found}
            rowKey={({ name }) => name}
            sort={view.toolSort}
            order={view.toolOrder}
            onSort={sortBy}
            below={(row) => (view.toolOpen.includes(row.name) ? props.below(row) : undefined)}
          />
        </div>
      )}
    </>
  );
}
