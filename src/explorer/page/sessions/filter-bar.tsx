import type { SessionSort } from '../../server/api.ts';
import { isFiltered, nextDirection, STATUSES, withoutFilters } from '../address.ts';
import { usePage } from '../page-context.ts';
import { Icon } from '../parts/icons.tsx';
import { ClearButton, RangeFilter } from '../parts/range-filter.tsx';
import { Text } from '../parts/text.tsx';
import { useColumns } from './columns.ts';
import { SearchBox } from './search-box.tsx';

/** What restricts the sessions that are shown. */
export function FilterBar() {
  const { view, navigate } = usePage();
  return (
    <search class="filters" aria-label="Filter sessions">
      <SearchBox />
      <StatusChoice />
      <RangeFilter />
      <button
        type="button"
        class="toggle"
        aria-pressed={view.errors}
        onClick={() => navigate({ errors: !view.errors })}
      >
        Errors only
      </button>
      <SortChoice />
      <Chosen name="Client" value={view.client} onRemove={() => navigate({ client: undefined })} />
      <Chosen name="Tool" value={view.tool} onRemove={() => navigate({ tool: undefined })} />
      {isFiltered(view) && <ClearButton to={withoutFilters(view)} />}
    </search>
  );
}

function StatusChoice() {
  const { view, navigate } = usePage();
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">Status</legend>
      {([undefined, ...STATUSES] as const).map((status) => (
        <button
          key={status ?? 'all'}
          type="button"
          aria-pressed={view.status === status}
          onClick={() => navigate({ status })}
        >
          {status !== undefined && <span class={`dot dot-${status}`} />}
          {status === undefined ? 'All' : `${status.charAt(0).toUpperCase()}${status.slice(1)}`}
        </button>
      ))}
    </fieldset>
  );
}

/** Where the columns have no headers, on narrow screens. */
function SortChoice() {
  const { view, navigate } = usePage();
  const sorts = useColumns().flatMap(({ id, label, also }) => [
    { id, label },
    ...(also === undefined ? [] : [{ ...also, label: `${label} ${also.label}` }]),
  ]);
  const sortBy = (sort: SessionSort) => navigate({ sort, order: nextDirection(sort, '', 'asc') });
  return (
    <span class="sort-choice">
      <label class="field">
        <span class="visually-hidden">Sort by</span>
        <select value={view.sort} onChange={(event) => sortBy(event.currentTarget.value as SessionSort)}>
          {sorts.map(({ id, label }) => (
            <option key={id} value={id}>
              By {label.toLowerCase()}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="icon-button"
        aria-label={view.order === 'asc' ? 'Sorted up; sort down' : 'Sorted down; sort up'}
        onClick={() => navigate({ order: view.order === 'asc' ? 'desc' : 'asc' })}
      >
        <Icon name={view.order === 'asc' ? 'up' : 'down'} />
      </button>
    </span>
  );
}

function Chosen(props: {
  readonly name: string;
  readonly value: string | undefined;
  readonly onRemove: () => void;
}) {
  if (props.value === undefined) return null;
  return (
    <span class="chosen">
      <span class="chosen-name">{props.name}</span>
      <Text value={props.value} />
      <button type="button" aria-label={`Any ${props.name.toLowerCase()}`} onClick={props.onRemove}>
        <Icon name="close" />
      </button>
    </span>
  );
}
