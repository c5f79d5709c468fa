import { ClearRange, RangeFilter } from '../parts/range-filter.tsx';

/** What failed, by what it was and why. */
export function ErrorsTab() {
  return (
    <search class="filters" aria-label="Filter the errors">
      <RangeFilter />
      <ClearRange />
    </search>
  );
}
