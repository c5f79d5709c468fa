import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { type Closed, isClosed, type TreeItem, type TreeLine } from './tree-lines.ts';

export interface TreeKeys {
  /** The one line that Tab comes to. */
  readonly current: number;
  readonly setCurrent: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export interface TreeActions<T> {
  /** Opens or closes the branch below an item. */
  readonly toggle: (item: T) => void;
  /** What Enter does. */
  readonly enter: (item: T) => void;
  readonly scrollTo: (index: number) => void;
}

/** Moves from line to line by the keyboard, opens and closes branches (WAI-ARIA, treegrid pattern). */
export function useTreeKeys<T extends TreeItem>(
  root: RefObject<HTMLElement | null>,
  lines: readonly TreeLine<T>[],
  closed: Closed,
  { toggle, enter, scrollTo }: TreeActions<T>,
): TreeKeys {
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const found = chosen === undefined ? -1 : lines.findIndex(({ key }) => key === chosen);
  const current = found === -1 ? lines.findIndex(({ kind }) => kind === 'item') : found;
  const isWanted = useRef(false);
  useLayoutEffect(() => {
    if (!isWanted.current) return;
    const row = root.current?.querySelector<HTMLElement>(`[data-line="${current}"]`);
    if (row === null || row === undefined) return;
    isWanted.current = false;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  });
  const setCurrent = (index: number) => setChosen(lines[index]?.key);
  const moveTo = (index: number) => {
    const bounded = Math.min(Math.max(index, 0), lines.length - 1);
    isWanted.current = true;
    setCurrent(bounded);
    scrollTo(bounded);
  };
  const onLine = (key: string, index: number): boolean => {
    const line = lines[index];
    const item = line?.kind === 'item' ? line.item : undefined;
    const isBranch = item?.below !== undefined && item.below > 0;
    const isOpen = isBranch && !isClosed(closed, item);
    if (key === 'ArrowDown') moveTo(index + 1);
    else if (key === 'ArrowUp') moveTo(index - 1);
    else if (key === 'Home') moveTo(0);
    else if (key === 'End') moveTo(lines.length - 1);
    else if (item === undefined) return false;
    else if (key === 'Enter' || key === ' ') enter(item);
    else if (key === 'ArrowRight' && isOpen) moveTo(index + 1);
    else if ((key === 'ArrowRight' && isBranch) || (key === 'ArrowLeft' && isOpen)) toggle(item);
    else if (key === 'ArrowLeft') moveTo(parentOf(lines, index));
    else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLElement)) return;
    const index = event.target.dataset['line'];
    if (index === undefined || event.target.closest('[role=treegrid]') !== root.current) return;
    if (!onLine(event.key, Number(index))) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { current, setCurrent, onKeyDown };
}

function parentOf(lines: readonly TreeLine<TreeItem>[], index: number): number {
  const depth = depthOf(lines[index]);
  for (let i = index - 1; i >= 0; i -= 1) if (depthOf(lines[i]) < depth) return i;
  return index;
}

function depthOf(line: TreeLine<TreeItem> | undefined): number {
  return line?.kind === 'item' ? (line.item.depth ?? 0) : Number.POSITIVE_INFINITY;
}
