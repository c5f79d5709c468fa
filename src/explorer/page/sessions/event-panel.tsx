import type { ApiEvent } from '../../server/api.ts';
import { IdList } from '../parts/id-list.tsx';
import { Later, later } from '../parts/later.tsx';
import { TraceLink } from '../parts/trace-link.tsx';

const loadTrace = later(async () => (await import('../trace/trace-tree.tsx')).TraceTree);

export interface EventPanelProps {
  readonly event: ApiEvent;
  /** The server of the session. */
  readonly service: string | undefined;
}

/** What an event opens to: its ids, and its trace with the spans of other services. */
export function EventPanel({ event, service }: EventPanelProps) {
  const { traceId, spanId, requestId, rpcId, timeMs, latencyMs = 0 } = event;
  return (
    <>
      <div class="event-ids">
        <IdList
          ids={[
            ['Trace', traceId],
            ['Span', spanId],
            ['Request', requestId],
            ['JSON-RPC', rpcId],
          ]}
        />
        <TraceLink span={{ traceId, spanId, service, startMs: timeMs, endMs: timeMs + latencyMs }} />
      </div>
      <Later load={loadTrace} with={{ span: event }} meanwhile={<p class="loading">Loading the trace…</p>} />
    </>
  );
}
