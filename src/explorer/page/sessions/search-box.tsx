import { Fragment } from 'preact';
import { useEffect, useRef, useState } from 'react';
import { SEARCH_FIELDS } from '../../sessions/search.ts';
import { usePage } from '../page-context.ts';
import { Icon } from '../parts/icons.tsx';

/** Milliseconds after the last key before what was typed is searched for. */
const TYPING_MS = 150;
const HINT = 'search-hint';

/** Where words are typed that the sessions must have; the address has them a moment later. */
export function SearchBox() {
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
    <div class="search">
      <label>
        <Icon name="search" />
        <span class="visually-hidden">Search</span>
        <input
          type="search"
          value={typed}
          placeholder="Search errors, tools, clients, IDs"
          aria-describedby={HINT}
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
      <span class="search-hint" id={HINT}>
        All words must be found. <code>"a phrase"</code> in quotes. In one field:{' '}
        {SEARCH_FIELDS.map((field) => (
          <Fragment key={field}>
            <code>{field}:</code>{' '}
          </Fragment>
        ))}
      </span>
    </div>
  );
}
