import type { RowTimes } from '../sessions/row.ts';
import type { ApiOverview } from '../ui/api.ts';
import { bucketsOf } from './buckets.ts';
import { FLAG, NONE, type SpanColumns } from './columns.ts';
import { Latencies } from './latencies.ts';
import { CallCounts, overviewSessions } from './overview-sessions.ts';
import { present } from './present.ts';
import { clientOfSpan, scan, UNKNOWN_CLIENT } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import { Slowest } from './slowest.ts';
import type { SpanIndex } from './span-index.ts';
import { timeRangeOf } from './time-range.ts';
import type { Range } from './types.ts';

const MAX_SLOW = 20;

export function overviewOf(
  index: SpanIndex,
  table: SessionTable,
  range: Range,
  times: RowTimes,
): ApiOverview {
  const all = timeRangeOf(index, table);
  const from = range.from ?? Math.min(all?.from ?? times.now, range.to ?? Number.POSITIVE_INFINITY);
  const to = Math.max(from, range.to ?? all?.to ?? times.now);
  const asked = { ...range, from, to };
  const buckets = bucketsOf(from, to);
  const { stepMs, starts, bucketOf } = buckets;
  const size = starts.length;
  const latencies = new Latencies(size);
  const lists = new Latencies(size);
  const errors = new Array<number>(size).fill(0);
  const bySession = new CallCounts(index.sessions.length);
  const slowest = new Slowest<{ columns: SpanColumns; row: number }>(MAX_SLOW);
  const toolsList = index.methods.find('tools/list');
  scan(index, asked, FLAG.request, (columns, row) => {
    const startMs = columns.start[row]!;
    const latencyMs = columns.end[row]! - startMs;
    const bucket = bucketOf(startMs);
    const isError = (columns.flags[row]! & FLAG.error) !== 0;
    latencies.count(bucket);
    if (isError) errors[bucket]! += 1;
    bySession.add(columns.session[row]!, isError);
    if (columns.method[row] !== toolsList) return;
    lists.count(bucket);
    if (slowest.takes(latencyMs)) slowest.add(latencyMs, { columns, row });
  });
  latencies.makeRoom();
  lists.makeRoom();
  scan(index, asked, FLAG.request, (columns, row) => {
    const startMs = columns.start[row]!;
    const latencyMs = columns.end[row]! - startMs;
    const bucket = bucketOf(startMs);
    latencies.place(bucket, latencyMs);
    if (columns.method[row] === toolsList) lists.place(bucket, latencyMs);
  });
  const perBucket = latencies.perGroup();
  const listsPerBucket = lists.perGroup();
  const sessions = overviewSessions(table, asked, times, bySession, buckets);
  const total = latencies.ofAll();
  return {
    now: times.now,
    from,
    to,
    stepMs,
    times: starts,
    sessionsStarted: sessions.started,
    calls: [...latencies.counts],
    errors,
    p50Ms: perBucket.map((each) => each?.p50 ?? null),
    p95Ms: perBucket.map((each) => each?.p95 ?? null),
    p99Ms: perBucket.map((each) => each?.p99 ?? null),
    listP50Ms: listsPerBucket.map((each) => each?.p50 ?? null),
    listP95Ms: listsPerBucket.map((each) => each?.p95 ?? null),
    totals: {
      sessions: sessions.count,
      active: sessions.active,
      calls: latencies.total,
      errors: errors.reduce((sum, count) => sum + count, 0),
      ...present({ p50Ms: total?.p50, p95Ms: total?.p95, p99Ms: total?.p99 }),
    },
    clients: sessions.clients,
    slowDiscovery: slowest.inOrder().map(({ value, item: { columns, row } }) => {
      const session = columns.session[row]!;
      const client = clientOfSpan(index, table, columns, row);
      return {
        sessionId: session === NONE ? '' : (index.sessions[session]?.id ?? ''),
        ...present({
          clientName: client === UNKNOWN_CLIENT ? undefined : client,
          service: index.origins.get(columns.origin[row]!).service,
        }),
        timeMs: columns.start[row]!,
        latencyMs: value,
      };
    }),
  };
}
