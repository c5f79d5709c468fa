import type { ApiRow } from '../../server/api.ts';
import { waitingText } from '../../sessions/waiting-text.ts';
import { useNow } from '../data/hooks.ts';
import { formatTicking } from '../format.ts';
import { usePage } from '../page-context.ts';
import { Text } from '../parts/text.tsx';

/** What an active session waits for; ticks. */
export function Waiting({ row }: { readonly row: ApiRow }) {
  const { recording } = usePage();
  const now = useNow(recording.now, 1_000, row.openRequests.length > 0);
  const text = waitingText(row.openRequests, now, formatTicking);
  if (text === undefined) return null;
  return <Text class="waiting" value={text} title={`As last reported: ${text}`} />;
}
