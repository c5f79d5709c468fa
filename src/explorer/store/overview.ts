import type { RowTimes } from '../sessions/row.ts';
import type { Overview } from './answers.ts';
import { type Buckets, bucketsOf } from './buckets.ts';
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

/** What the requests of the range add up to. */
interface Requests {
  readonly latencies: Latencies;
  /** Of `tools/list` alone. */
  readonly lists: Latencies;
  readonly errors: readonly number[];
  readonly bySession: CallCounts;
  readonly slowest: Slowest<ListedAt>;
}

/** Where a `tools/list` is in the index. */
interface ListedAt {
  readonly columns: SpanColumns;
  readonly row: number;
}

export function overviewOf(index: SpanIndex, table: SessionTable, range: Range, times: RowTimes): Overview {
  const all = timeRangeOf(index, table);
  const from = range.from ?? Math.min(all?.from ?? times.now, range.to ?? Number.POSITIVE_INFINITY);
  const to = Math.max(from, range.to ?? all?.to ?? times.now);
  const asked = { ...range, from, to };
  const buckets = bucketsOf(from, to);
  const { latencies, lists, errors, bySession, slowest } = countRequests(index, asked, buckets);
  const perBucket = latencies.perGroup();
  const listsPerBucket = lists.perGroup();
  const sessions = overviewSessions(table, asked, times, bySession, buckets);
  const total = latencies.ofAll();
  return {
    now: times.now,
    from,
    to,
    stepMs: buckets.stepMs,
    times: buckets.starts,
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
    slowDiscovery: slowest.inOrder().map(({ value, item }) => discoveryOf(index, table, item, value)),
  };
}

function countRequests(index: SpanIndex, range: Range, { starts, bucketOf }: Buckets): Requests {
  const latencies = new Latencies(starts.length);
  const lists = new Latencies(starts.length);
  const errors = starts.map(() => 0);
  const bySession = new CallCounts(index.sessions.length);
  const slowest = new Slowest<ListedAt>(MAX_SLOW);
  const toolsList = index.methods.find('tools/list');
  const found: { columns: SpanColumns; rows: Int32Array; buckets: Uint16Array }[] = [];
  for (const { columns, rows } of scan(index, range, FLAG.request)) {
    const { start, end, flags, session, method } = columns;
    const buckets = new Uint16Array(rows.length);
    found.push({ columns, rows: rows.slice(), buckets });
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i]!;
      const bucket = bucketOf(start[row]!);
      buckets[i] = bucket;
      const isError = (flags[row]! & FLAG.failed) !== 0;
      latencies.count(bucket);
      if (isError) errors[bucket]! += 1;
      bySession.add(session[row]!, isError);
      if (method[row] !== toolsList) continue;
      const latencyMs = end[row]! - start[row]!;
      lists.count(bucket);
      if (slowest.takes(latencyMs)) slowest.add(latencyMs, { columns, row });
    }
  }
  latencies.makeRoom();
  lists.makeRoom();
  for (const { columns, rows, buckets } of found) {
    const { start, end, method } = columns;
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i]!;
      const bucket = buckets[i]!;
      const latencyMs = end[row]! - start[row]!;
      latencies.place(bucket, latencyMs);
      if (method[row] === toolsList) lists.place(bucket, latencyMs);
    }
  }
  return { latencies, lists, errors, bySession, slowest };
}

function discoveryOf(
  index: SpanIndex,
  table: SessionTable,
  { columns, row }: ListedAt,
  latencyMs: number,
): Overview['slowDiscovery'][number] {
  const session = columns.session[row]!;
  const client = clientOfSpan(index, table, columns, row);
  return {
    sessionId: session === NONE ? '' : (table.peek(session)?.row.id ?? index.sessions[session]?.id ?? ''),
    ...present({
      clientName: client === UNKNOWN_CLIENT ? undefined : client,
      service: index.origins.get(columns.origin[row]!).service,
    }),
    timeMs: columns.start[row]!,
    latencyMs,
  };
}
