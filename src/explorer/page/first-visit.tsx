import { useState } from 'react';
import { usePage } from './page-context.ts';
import { Notice } from './parts/notice.tsx';

const SEEN = 'mcp-sessionscope.first-visit-seen';

/** Says what a row is, until it is dismissed. */
export function FirstVisit() {
  const { view, recording } = usePage();
  const [isSeen, setSeen] = useState(wasSeen);
  if (isSeen || view.tab !== 'sessions' || recording.sessions === 0) return null;
  const dismiss = () => {
    remember();
    setSeen(true);
  };
  return (
    <Notice kind="info">
      A row is a session: one client of one of your servers, from its first request until it goes away. Click
      it for what was asked and answered.{' '}
      <button type="button" class="plain" onClick={dismiss}>
        Got it
      </button>
    </Notice>
  );
}

/** Where the browser keeps nothing for the page, it is told anew each time. */
function wasSeen(): boolean {
  try {
    return localStorage.getItem(SEEN) !== null;
  } catch {
    return false;
  }
}

function remember(): void {
  try {
    localStorage.setItem(SEEN, '1');
  } catch {
    // It is dismissed for now.
  }
}
