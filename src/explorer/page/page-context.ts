import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'react';
import { readView, type View, writeView } from './address.ts';
import type { Recording } from './data/recording.ts';

/** `replace`: no step of its own in the browser's history. */
export type Navigate = (change: Partial<View>, how?: 'push' | 'replace') => void;

export interface Page {
  readonly view: View;
  readonly navigate: Navigate;
  readonly recording: Recording;
}

export const PageContext = createContext<Page | undefined>(undefined);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error('Outside of the page.');
  return page;
}

/** The view that the address says, and what changes it. */
export function useAddress(): readonly [View, Navigate] {
  const [view, setView] = useState(() => readView(location.search));
  useEffect(() => {
    const read = () => setView(readView(location.search));
    addEventListener('popstate', read);
    return () => removeEventListener('popstate', read);
  }, []);
  return [view, navigateFrom(setView)];
}

function navigateFrom(setView: (view: View) => void): Navigate {
  return (change, how = 'push') => {
    // From the address itself, so that two changes at once do not undo each other.
    const view = { ...readView(location.search), ...change };
    const address = writeView(view);
    if (address !== location.pathname + location.search) {
      if (how === 'push') history.pushState(null, '', address);
      else history.replaceState(null, '', address);
    }
    setView(readView(location.search));
  };
}
