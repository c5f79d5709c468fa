import type { ApiOverview } from '../../server/api.ts';
import { UNRESTRICTED } from '../address.ts';
import { formatAgo, formatDuration, formatFull } from '../format.ts';
import { usePage } from '../page-context.ts';
import { ViewLink } from '../parts/link.tsx';
import { Text } from '../parts/text.tsx';

type Answers = ApiOverview['slowDiscovery'];

/** The answers to `tools/list` that took longest. */
export function SlowDiscovery({ answers }: { readonly answers: Answers }) {
  const { recording } = usePage();
  const longest = Math.max(...answers.map(({ latencyMs }) => latencyMs), 1);
  return (
    <section class="card list">
      <h2>Slowest answers to tools/list</h2>
      {answers.length === 0 && <p class="faint">No client asked for a list of tools in this range.</p>}
      <ol class="slow cue">
        {answers.map(({ sessionId, clientName, service, timeMs, latencyMs }) => (
          <li key={`${sessionId}-${timeMs}-${latencyMs}`}>
            <ViewLink to={{ ...UNRESTRICTED, tab: 'sessions', open: [sessionId] }}>
              <Text value={clientName ?? sessionId} title={sessionId} />
            </ViewLink>
            <span class="faint slow-about">
              {service !== undefined && <Text value={service} />}
              {service !== undefined && ' · '}
              <time dateTime={new Date(timeMs).toISOString()} title={formatFull(timeMs)}>
                {formatAgo(timeMs, recording.now())}
              </time>
            </span>
            <span class="number">{formatDuration(latencyMs)}</span>
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${Math.max(1, (latencyMs / longest) * 100)}%` }} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
