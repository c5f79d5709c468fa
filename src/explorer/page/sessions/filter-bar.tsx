import { useEffect, useRef, useState } from 'react';
import type { SessionSort } from '../../server/api.ts';
import { isFiltered, nextDirection, STATUSES, withoutFilters } from '../address.ts';
import { usePage } from '../page-context.ts';
import { Icon } from '../parts/icons.tsx';
import { ClearButton, RangeFilter } from '../parts/range-filter.tsx';
import { Text } from '../parts/text.tsx';
import { COLUMNS } from './columns.ts';

/** Milliseconds after the last key before what was typed is searched for. */
const TYPING_MS = 150;

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

function SearchBox() {
  const { view, navigate } = usePage();
  const [typed, setTyped] = useState(view.q);
  const sent = useRef(view.q);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    // The address changed by something else than typing: back, a link, Clear.
    if (view.q === sent.current) return;
    sent.current = view.q;
    setTyped(view.q);
  }, [view.q]);
  const search = (q: string) => {
    clearTimeout(timer.current);
    sent.current = q;
    navigate({ q }, 'replace');
  };
  const type = (q: string) => {
    setTyped(q);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => search(q), TYPING_MS);
  };
  return (
    <label class="search">
      <Icon name="search" />
      <span class="visually-hidden">Search by session ID, client or tool</span>
      <input
        type="search"
        value={typed}
        placeholder="Search session ID, client, tool"
        spellcheck={false}
        autocomplete="off"
        data-search
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && search(event.currentTarget.value)}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
    </label>
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
  const sortBy = (sort: SessionSort) => navigate({ sort, order: nextDirection(sort, '', 'asc') });
  return (
    <span class="sort-choice">
      <label class="field">
        <span class="visually-hidden">Sort by</span>
        <select value={view.sort} onChange={(event) => sortBy(event.currentTarget.value as SessionSort)}>
          {COLUMNS.map(({ id, label }) => (
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
