const TIMEOUT_MS = 30_000;

/** What ClickHouse answers a query, row by row; nothing where it is a command. */
export async function queryClickHouse<Row>(url: string, sql: string): Promise<Row[]> {
  const response = await fetch(`${url}/?database=otel&default_format=JSONEachRow`, {
    method: 'POST',
    body: sql,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`ClickHouse answered ${response.status}: ${text}`);
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Row);
}
