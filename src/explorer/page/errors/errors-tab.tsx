import type { ApiErrorGroup } from '../../server/api.ts';
import { type ErrorSort, nextDirection, rangeOf } from '../address.ts';
import { client } from '../data/api-client.ts';
import { rangeKey } from '../data/range-key.ts';
import { absentText, useAnswer } from '../data/use-answer.ts';
import { plural } from '../format.ts';
import { usePage } from '../page-context.ts';
import { DataTable } from '../parts/data-table.tsx';
import { FailureNotice } from '../parts/failure-notice.tsx';
import { ClearRange, RangeFilter } from '../parts/range-filter.tsx';
import { ERROR_COLUMNS, keyOf } from './error-columns.tsx';

/** What failed, by what it was and why. */
export function ErrorsTab() {
  const { view, navigate, recording } = usePage();
  const ask = () => client.errors(rangeOf(view, recording.now()));
  const { value, failure, isLoading } = useAnswer(recording, rangeKey(view), ask);
  const sortBy = (column: string) =>
    navigate({
      errorSort: column as ErrorSort,
      errorOrder: nextDirection(column, view.errorSort, view.errorOrder),
    });
  return (
    <>
      <search class="filters" aria-label="Filter the errors">
        <RangeFilter />
        <ClearRange />
      </search>
      <div class="summary">
        <p aria-live="polite">
          {value === undefined
            ? absentText({ failure })
            : `${plural(value.failures, 'failure')} of ${plural(value.groups.length + value.left.groups, 'kind')}`}
        </p>
      </div>
      <FailureNotice failure={failure} />
      {value?.groups.length === 0 && (
        <div class="empty">
          <h2>Nothing failed</h2>
          <p>In this range no request of a client failed.</p>
        </div>
      )}
      {value !== undefined && value.groups.length > 0 && (
        <div class={isLoading ? 'refreshing card' : 'card'}>
          <DataTable<ApiErrorGroup>
            caption="Errors"
            columns={ERROR_COLUMNS}
            rows={value.groups}
            rowKey={keyOf}
            sort={view.errorSort}
            order={view.errorOrder}
            onSort={sortBy}
          />
        </div>
      )}
      {value !== undefined && value.left.groups > 0 && (
        <p class="faint">
          {plural(value.left.groups, 'rarer kind')}, of {plural(value.left.failures, 'failure')}, not shown.
        </p>
      )}
    </>
  );
}
