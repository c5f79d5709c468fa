import { useState } from 'react';
import { formatAgo, formatFull } from '../format.ts';
import { usePage } from '../page-context.ts';

/** How long ago something was; exactly when, on hover. */
export function Ago({ at }: { readonly at: number }) {
  const { recording } = usePage();
  const [now, setNow] = useState(recording.now);
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={formatFull(at)}
      onMouseEnter={() => setNow(recording.now())}
    >
      {formatAgo(at, Math.max(now, recording.now()))}
    </time>
  );
}
