import type { Urls } from '../../../tools/stack/stack.ts';
import { queryClickHouse } from '../scaling/clickhouse.ts';

/** The attribute by which the runs are told apart. */
export const RUN_ATTRIBUTE = 'deployment.environment.name';

const TIMEOUT_MS = 20_000;

/** What the store has of a run. */
export interface Found {
  /** The spans of each session, each counted once. */
  spans: ReadonlyMap<string, number>;
  /** Spans that are there once more than they should be. */
  twice: number;
}

/** What ClickHouse has of the sessions of a run. */
export async function spansInClickHouse(urls: Pick<Urls, 'clickhouse'>, run: string): Promise<Found> {
  const sql = `
    SELECT SpanAttributes['mcp.client.session.id'] AS session,
           toUInt32(uniqExact(SpanId)) AS spans,
           toUInt32(count()) AS rows
    FROM otel_traces
    WHERE ResourceAttributes['${RUN_ATTRIBUTE}'] = '${run}' AND session != ''
    GROUP BY session`;
  const found = await queryClickHouse<{ session: string; spans: number; rows: number }>(urls.clickhouse, sql);
  return {
    spans: new Map(found.map(({ session, spans }) => [session, spans])),
    twice: found.reduce((sum, { spans, rows }) => sum + rows - spans, 0),
  };
}

/** How many operations Prometheus has counted for a run. */
export async function operationsInPrometheus(urls: Urls, run: string): Promise<number> {
  const label = RUN_ATTRIBUTE.replaceAll('.', '_');
  const query = `sum(last_over_time(mcp_server_operation_duration_seconds_count{${label}="${run}"}[1h]))`;
  const url = `${urls.prometheus}/api/v1/query?${new URLSearchParams({ query })}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}
