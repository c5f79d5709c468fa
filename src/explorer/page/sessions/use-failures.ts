import { type RefObject, useRef, useState } from 'react';
import type { SessionEvents } from './session-events.ts';

/** From one of several events to the next. */
export interface Way {
  /** Places of the events. */
  readonly places: readonly number[];
  /** Which of them was gone to, counted from 0. */
  readonly index: number | undefined;
  readonly go: (step: 1 | -1) => void;
}

export interface Failures extends Way {
  /** The same for what was searched for. */
  readonly found: Way;
  /** Place of the event that was gone to last. */
  readonly place: number | undefined;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** To be called whenever events may have come into the document. False: what is wanted is not among them. */
  readonly settle: () => boolean;
}

type Kind = 'failures' | 'found';

/** Goes from failure to failure, and among what was found, loading what lies between only where the event itself is not here yet. */
export function useFailures(root: RefObject<HTMLElement | null>, events: SessionEvents): Failures {
  const [at, setAt] = useState<{ readonly of: Kind; readonly index: number } | undefined>(undefined);
  const wanted = useRef<number | undefined>(undefined);
  const places = { failures: events.answer?.failures ?? [], found: events.answer?.found ?? [] };
  const settle = (): boolean => {
    if (wanted.current === undefined) return true;
    const row = root.current?.querySelector<HTMLElement>(`[data-place="${wanted.current}"]`);
    if (row === null || row === undefined) return false;
    wanted.current = undefined;
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
    return true;
  };
  const wayOf = (of: Kind): Way => {
    const index = at?.of === of ? at.index : undefined;
    const all = places[of];
    const go = (step: 1 | -1) => {
      if (all.length === 0) return;
      const from = index ?? (step === 1 ? -1 : all.length);
      const next = (from + step + all.length) % all.length;
      const place = all[next] as number;
      wanted.current = place;
      setAt({ of, index: next });
      if (!events.has(place)) void events.load(place);
    };
    return { places: all, index, go };
  };
  const failures = wayOf('failures');
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'n') failures.go(1);
    if (event.key === 'p') failures.go(-1);
  };
  const place = at === undefined ? undefined : places[at.of][at.index];
  return { ...failures, found: wayOf('found'), place, onKeyDown, settle };
}
