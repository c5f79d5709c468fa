import { useLayoutEffect, useRef, useState } from 'react';
import type { Rows } from './use-rows.ts';

export interface RowKeys {
  /** The one row that Tab comes to. */
  readonly current: number | undefined;
  readonly setCurrent: (n: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export interface RowActions {
  readonly isOpen: (n: number) => boolean;
  readonly toggle: (n: number) => void;
  /** Takes it as one of the two to compare. */
  readonly compare: (n: number) => void;
}

/** Moves from row to row by the keyboard, opens and closes them. */
export function useRowKeys(rows: Rows, order: readonly number[], actions: RowActions): RowKeys {
  const [chosen, setCurrent] = useState<number | undefined>(undefined);
  const current = chosen !== undefined && order.includes(chosen) ? chosen : order[0];
  const wanted = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    const row = document.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`);
    if (row === null) return;
    wanted.current = undefined;
    row.focus({ preventScroll: true });
  });
  const moveTo = (index: number) => {
    const n = order[Math.min(Math.max(index, 0), order.length - 1)];
    if (n === undefined) return;
    wanted.current = n;
    setCurrent(n);
    if (index <= 0) scrollTo({ top: 0 });
    else rows.scrollToIndex(order.indexOf(n));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLElement)) return;
    const n = numberOf(event.target);
    if (n === undefined) return;
    const isRow = event.target.dataset['row'] !== undefined;
    const done = isRow ? onRow(event.key, n) : event.key === 'Escape' && actions.isOpen(n) && close(n);
    if (done) event.preventDefault();
  };
  const onRow = (key: string, n: number): boolean => {
    const isOpen = actions.isOpen(n);
    if (key === 'ArrowDown') moveTo(order.indexOf(n) + 1);
    else if (key === 'ArrowUp') moveTo(order.indexOf(n) - 1);
    else if (key === 'Home') moveTo(0);
    else if (key === 'End') moveTo(order.length - 1);
    else if (key === 'Enter' || key === ' ' || (key === 'ArrowRight' && !isOpen)) actions.toggle(n);
    else if ((key === 'ArrowLeft' || key === 'Escape') && isOpen) actions.toggle(n);
    else if (key === 'c') actions.compare(n);
    else return false;
    return true;
  };
  const close = (n: number): true => {
    wanted.current = n;
    setCurrent(n);
    actions.toggle(n);
    return true;
  };
  return { current, setCurrent, onKeyDown };
}

function numberOf(element: HTMLElement): number | undefined {
  const text = element.closest<HTMLElement>('[data-session]')?.dataset['session'];
  return text === undefined ? undefined : Number(text);
}
