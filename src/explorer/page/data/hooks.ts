import { useEffect, useReducer, useState } from 'react';
import type { Observable } from './observable.ts';

/** Renders again whenever it changes. */
export function useObserved<T extends Observable>(observable: T): T {
  const [, again] = useReducer((count: number, _: undefined) => count + 1, 0);
  const seen = observable.version();
  // A change between the first rendering and this moment must not be missed.
  useEffect(() => {
    if (observable.version() !== seen) again(undefined);
    return observable.subscribe(() => again(undefined));
  }, [observable]);
  return observable;
}

/** The time, every so many milliseconds; stands still where it is not needed. */
export function useNow(now: () => number, everyMs: number, isNeeded = true): number {
  const [value, set] = useState(now);
  useEffect(() => {
    if (!isNeeded) return;
    set(now());
    const timer = setInterval(() => set(now()), everyMs);
    return () => clearInterval(timer);
  }, [now, everyMs, isNeeded]);
  return value;
}

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const [holds, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const look = () => set(list.matches);
    look();
    list.addEventListener('change', look);
    return () => list.removeEventListener('change', look);
  }, [query]);
  return holds;
}
