import { useEffect, useRef } from 'react';
import {
  DEFAULT_VIEW,
  isFiltered,
  OTHER_TABS,
  queryOf,
  type View,
  withoutFilters,
  writeView,
} from '../address.ts';
import { useObserved } from '../data/hooks.ts';
import type { Recording } from '../data/recording.ts';
import { formatCount, plural } from '../format.ts';
import { type Navigate, usePage } from '../page-context.ts';
import { FailureNotice } from '../parts/failure-notice.tsx';
import { Icon } from '../parts/icons.tsx';
import { Later, later } from '../parts/later.tsx';
import { Notice } from '../parts/notice.tsx';
import { Text } from '../parts/text.tsx';
import { CompareNotice } from './compare-choice.tsx';
import { FilterBar } from './filter-bar.tsx';
import { idsOfRows } from './ids-of-rows.ts';
import { type OpenSessions, useOpenSessions } from './open-sessions.ts';
import type { SessionList } from './session-list.ts';
import { SessionTable } from './session-table.tsx';

const RECHECK_MS = 30_000;

const loadCompare = later(async () => (await import('../compare/compare-view.tsx')).CompareView);

export function SessionsTab({ list }: { readonly list: SessionList }) {
  const { view } = usePage();
  if (view.compare.length === 2) return <Later load={loadCompare} with={{}} />;
  return <AllSessions list={list} />;
}

function AllSessions({ list }: { readonly list: SessionList }) {
  const { view, navigate, recording } = usePage();
  useObserved(list);
  useList(list, recording, view);
  const sessions = useObserved(useOpenSessions(recording, view.open));
  useIdsOfRows(sessions, view.open, navigate);
  const unknown = sessions.all.filter(({ isUnknown, isAmbiguous }) => isUnknown || isAmbiguous);
  const isEmpty = list.status === 'ready' && list.order.length === 0;
  return (
    <>
      <FilterBar />
      <Summary list={list} />
      <NewSessions list={list} />
      <CompareNotice />
      <FailureNotice failure={list.failure} />
      {unknown.map(({ id, isAmbiguous, failure = '' }) => (
        <Notice key={id} kind="warning">
          {isAmbiguous ? (
            <Text value={failure} />
          ) : (
            <>
              No session <Text class="mono" value={id} /> is recorded here.
            </>
          )}{' '}
          <button
            type="button"
            class="plain"
            onClick={() => navigate({ open: view.open.filter((each) => each !== id) })}
          >
            Dismiss
          </button>
        </Notice>
      ))}
      {isFiltered(view) && sessions.all.some(({ row }) => row !== undefined && list.isElsewhere(row.n)) && (
        <Notice kind="info">
          A session that is open does not match the filters.{' '}
          <button type="button" class="plain" onClick={() => navigate(withoutFilters(view))}>
            Clear all filters
          </button>
        </Notice>
      )}
      {isEmpty && isFiltered(view) && <NoMatch />}
      <div class={list.status === 'loading' && list.order.length > 0 ? 'refreshing' : undefined}>
        {list.status !== 'failed' && !isEmpty && <SessionTable list={list} sessions={sessions} />}
      </div>
    </>
  );
}

/** An id of another part of a session leads to its row, whose id changes when an earlier part becomes known. */
function useIdsOfRows(sessions: OpenSessions, open: readonly string[], navigate: Navigate): void {
  const ids = idsOfRows(sessions.all, open);
  const isOther = ids.join('\n') !== open.join('\n');
  useEffect(() => {
    if (isOther) navigate({ open: ids }, 'replace');
  });
}

/** Asks anew where the question changes, and follows the recording. */
function useList(list: SessionList, recording: Recording, view: View): void {
  const current = useRef(view);
  current.current = view;
  const question = writeView({
    ...view,
    tab: 'sessions',
    open: [],
    compare: [],
    ...OTHER_TABS,
  });
  // The question stands for the view.
  useEffect(() => {
    const mayMove = () => isAtRest(current.current);
    list.ask(() => queryOf(current.current, recording.now()), mayMove);
  }, [list, recording, question]);
  useEffect(() => recording.onChange((change) => list.onChange(change)), [list, recording]);
  useEffect(() => {
    const timer = setInterval(() => list.recheck(), RECHECK_MS);
    return () => clearInterval(timer);
  }, [list]);
}

/** Whether new sessions may come in by themselves: nothing is open, and the top is in view. */
function isAtRest({ open, sort, order }: View): boolean {
  return open.length === 0 && sort === DEFAULT_VIEW.sort && order === DEFAULT_VIEW.order && scrollY < 40;
}

function Summary({ list }: { readonly list: SessionList }) {
  return (
    <div class="summary">
      <p aria-live="polite">
        {list.status === 'loading' && list.order.length === 0 ? 'Loading…' : countOf(list)}
      </p>
    </div>
  );
}

/** Stands beside the summary, and below the head of the table where that is scrolled out of view. */
function NewSessions({ list }: { readonly list: SessionList }) {
  if (list.newCount === 0) return null;
  const showNew = () => {
    list.showNew();
    scrollTo({ top: 0 });
  };
  return (
    <div class="new-sessions">
      <button type="button" onClick={showNew}>
        <Icon name="up" />
        {plural(list.newCount, 'new session')}
      </button>
    </div>
  );
}

function countOf({ order, total, status }: SessionList): string {
  // What could not be asked for is told beside it.
  if (status === 'failed') return '';
  if (order.length === total) return plural(total, 'session');
  return `${formatCount(order.length)} of ${plural(total, 'session')}`;
}

function NoMatch() {
  const { view, navigate } = usePage();
  return (
    <div class="empty">
      <h2>No session matches</h2>
      <p>No recorded session fits the filters.</p>
      <button type="button" class="button" onClick={() => navigate(withoutFilters(view))}>
        Clear all filters
      </button>
    </div>
  );
}
