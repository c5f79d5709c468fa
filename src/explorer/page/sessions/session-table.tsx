import { useEffect, useRef } from 'react';
import type { ApiRow } from '../../server/api.ts';
import { nextDirection } from '../address.ts';
import { usePage } from '../page-context.ts';
import { SortButton } from '../parts/sort-button.tsx';
import { type Column, useColumns } from './columns.ts';
import { useCompareChoice } from './compare-choice.tsx';
import type { OpenSessions } from './open-sessions.ts';
import { SessionDetail } from './session-detail.tsx';
import type { SessionEvents } from './session-events.ts';
import type { SessionList } from './session-list.ts';
import { EmptyCells, SessionCells } from './session-row.tsx';
import { useRowKeys } from './use-row-keys.ts';
import { type Rows, useRows } from './use-rows.ts';

const ARIA_SORT = { asc: 'ascending', desc: 'descending', none: 'none' } as const;

export interface SessionTableProps {
  readonly list: SessionList;
  readonly sessions: OpenSessions;
}

/** All sessions that match, of which only those in view are in the document. */
export function SessionTable({ list, sessions }: SessionTableProps) {
  const { view, navigate } = usePage();
  const body = useRef<HTMLTableSectionElement>(null);
  const openNumbers = new Set(
    sessions.all.filter(({ id }) => view.open.includes(id)).map(({ row }) => row?.n),
  );
  const isOpen = (n: number) => openNumbers.has(n) || view.open.includes(list.row(n)?.id ?? '');
  const toggle = (n: number) => {
    const id = list.row(n)?.id;
    if (id === undefined) return;
    const open = view.open.includes(id) ? view.open.filter((each) => each !== id) : [...view.open, id];
    navigate({ open });
  };
  const focused = useRef<number | undefined>(undefined);
  const rows = useRows(body, list.order, keptOf(list.order, [focused.current, ...openNumbers]));
  const choose = useCompareChoice();
  const compare = (n: number) => {
    const id = list.row(n)?.id;
    if (id !== undefined) choose(id);
  };
  const columns = useColumns();
  const keys = useRowKeys(rows, list.order, { isOpen, toggle, compare });
  focused.current = keys.current;
  const items = rows.getVirtualItems();
  const inView = items.map(({ index }) => list.order[index] as number);
  const inViewKey = inView.join();
  // The key stands for the numbers.
  useEffect(() => list.want(inView), [list, inViewKey, list.order]);
  useScrollToLinked(list, sessions, rows);
  return (
    <table
      class={columns.some(({ id }) => id === 'server') ? 'sessions with-server' : 'sessions'}
      role="treegrid"
      aria-label="Sessions"
      aria-rowcount={list.order.length + 1}
    >
      <Head columns={columns} />
      {items.map((item) => {
        const n = list.order[item.index] as number;
        return (
          <tbody
            key={item.key}
            ref={rows.measureElement}
            data-index={item.index}
            data-session={n}
            role="rowgroup"
            class={`item${list.arrived.has(n) ? ' arrived' : ''}${isOpen(n) ? ' open' : ''}`}
            // Not by a transform: what is sticky within would not know of it.
            style={{ marginTop: `${item.start - rows.options.scrollMargin}px` }}
            onKeyDown={keys.onKeyDown}
            onFocusIn={() => keys.setCurrent(n)}
          >
            <SessionItem
              n={n}
              index={item.index}
              columns={columns.length}
              row={list.row(n)}
              events={isOpen(n) ? eventsOf(sessions, list.row(n)) : undefined}
              isCurrent={keys.current === n}
              onToggle={() => toggle(n)}
            />
          </tbody>
        );
      })}
      <tbody role="presentation" ref={body} style={{ height: `${rows.getTotalSize()}px` }} />
    </table>
  );
}

interface SessionItemProps {
  readonly n: number;
  readonly index: number;
  readonly columns: number;
  readonly row: ApiRow | undefined;
  /** Where it is open. */
  readonly events: SessionEvents | undefined;
  readonly isCurrent: boolean;
  readonly onToggle: () => void;
}

function SessionItem({ n, index, columns, row, events, isCurrent, onToggle }: SessionItemProps) {
  const click = (event: MouseEvent) => {
    // Who selects text does not want to open anything.
    if (event.detail > 1 || getSelection()?.isCollapsed === false) return;
    if ((event.target as Element).closest('button, a') === null) onToggle();
  };
  return (
    <>
      <tr
        role="row"
        class="row"
        tabIndex={isCurrent ? 0 : -1}
        data-row={n}
        aria-level={1}
        aria-rowindex={index + 2}
        aria-expanded={events !== undefined}
        onClick={click}
      >
        {row === undefined ? (
          <EmptyCells columns={columns} />
        ) : (
          <SessionCells row={row} isCurrent={isCurrent} />
        )}
      </tr>
      {events !== undefined && row !== undefined && (
        <tr role="row" aria-level={2} class="detail-row">
          <td role="gridcell" colSpan={columns}>
            <SessionDetail events={events} row={row} />
          </td>
        </tr>
      )}
    </>
  );
}

function Head({ columns }: { readonly columns: readonly Column[] }) {
  const { view, navigate } = usePage();
  const directionOf = (id: string) => (view.sort === id ? view.order : undefined);
  return (
    <thead role="rowgroup">
      <tr role="row" aria-rowindex={1} class="head">
        {columns.map(({ id, label, isNumber, also }) => {
          const sorts = [{ id, label }, ...(also === undefined ? [] : [also])];
          const direction = sorts.map((each) => directionOf(each.id)).find((each) => each !== undefined);
          return (
            <th
              key={id}
              scope="col"
              role="columnheader"
              class={`c-${id}${isNumber ? ' number' : ''}`}
              aria-sort={ARIA_SORT[direction ?? 'none']}
            >
              {sorts.map((each) => (
                <SortButton
                  key={each.id}
                  label={each.label}
                  direction={directionOf(each.id)}
                  onClick={() =>
                    navigate({ sort: each.id, order: nextDirection(each.id, view.sort, view.order) })
                  }
                />
              ))}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** Brings the first session of the address into view, once, when it is known where it stands. */
function useScrollToLinked(list: SessionList, sessions: OpenSessions, rows: Rows): void {
  const isDone = useRef(sessions.all.length === 0 && !location.search.includes('open='));
  const row = sessions.all[0]?.row;
  useEffect(() => {
    // The list may be ahead of the rows, which know it only when they have been rendered.
    if (isDone.current || row === undefined || list.status !== 'ready') return;
    if (rows.options.count !== list.order.length) return;
    isDone.current = true;
    list.put(row);
    const index = list.order.indexOf(row.n);
    if (index > 3) rows.scrollToIndex(index, { align: 'start' });
  });
}

function eventsOf(sessions: OpenSessions, row: ApiRow | undefined): SessionEvents | undefined {
  return row === undefined ? undefined : sessions.of(row.id);
}

function keptOf(order: readonly number[], numbers: readonly (number | undefined)[]): number[] {
  return numbers.map((n) => (n === undefined ? -1 : order.indexOf(n))).filter((index) => index !== -1);
}
