import { type RefObject, useRef, useState } from 'react';
import { bringIntoView } from '../data/bring-into-view.ts';
import type { SessionEvents } from './session-events.ts';

export interface Failures {
  /** Which failure was gone to, counted from 0. */
  readonly index: number | undefined;
  /** Its place among the events. */
  readonly place: number | undefined;
  readonly go: (step: 1 | -1) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** To be called whenever events may have come into the document. False: what is wanted is not among them. */
  readonly settle: () => boolean;
}

/** Goes from failure to failure, loading what lies between only where the failure itself is not here yet. */
export function useFailures(root: RefObject<HTMLElement | null>, events: SessionEvents): Failures {
  const [index, setIndex] = useState<number | undefined>(undefined);
  const wanted = useRef<number | undefined>(undefined);
  const failures = events.answer?.failures ?? [];
  const settle = (): boolean => {
    if (wanted.current === undefined) return true;
    const row = root.current?.querySelector<HTMLElement>(`[data-place="${wanted.current}"]`);
    if (row === null || row === undefined) return false;
    wanted.current = undefined;
    bringIntoView(row, 'center');
    return true;
  };
  const go = (step: 1 | -1) => {
    if (failures.length === 0) return;
    const from = index ?? (step === 1 ? -1 : failures.length);
    const next = (from + step + failures.length) % failures.length;
    const place = failures[next] as number;
    wanted.current = place;
    setIndex(next);
    if (!events.has(place)) void events.load(place);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'n') go(1);
    if (event.key === 'p') go(-1);
  };
  return { index, place: index === undefined ? undefined : failures[index], go, onKeyDown, settle };
}
