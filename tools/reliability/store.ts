import type { Urls } from '../stack/stack.ts';

/** The attribute by which the runs are told apart. */
export const RUN_ATTRIBUTE = 'deployment.environment.name';

const AT_ONCE = 8;
const LIMIT = 20_000;
const TIMEOUT_MS = 20_000;

/** The spans that Tempo has of each session of a run, each once. */
export async function spansInTempo(
  urls: Urls,
  run: string,
  since: number,
): Promise<Map<string, Set<string>>> {
  const parameters = new URLSearchParams({
    q: `{ resource.${RUN_ATTRIBUTE} = "${run}" }`,
    limit: String(LIMIT),
    spss: '1',
    start: String(Math.floor(since / 1000)),
    end: String(Math.ceil(Date.now() / 1000)),
  });
  const { traces = [] } = await getJson(`${urls.tempo}/api/search?${parameters}`);
  const found = new Map<string, Set<string>>();
  const ids = traces.map(({ traceID }: { traceID: string }) => traceID).values();
  const worker = async (): Promise<void> => {
    for (const id of ids) addSpans(found, await getJson(`${urls.tempo}/api/traces/${id}`));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found;
}

/** How many operations Prometheus has counted for a run. */
export async function operationsInPrometheus(urls: Urls, run: string): Promise<number> {
  const label = RUN_ATTRIBUTE.replaceAll('.', '_');
  const query = `sum(last_over_time(mcp_server_operation_duration_seconds_count{${label}="${run}"}[1h]))`;
  const { data } = await getJson(`${urls.prometheus}/api/v1/query?${new URLSearchParams({ query })}`);
  return Number(data.result[0]?.value[1] ?? 0);
}

/** Adds the spans of an answer to a trace's query. */
export function addSpans(found: Map<string, Set<string>>, trace: any): void {
  for (const { scopeSpans } of trace.batches ?? []) {
    for (const span of scopeSpans.flatMap(({ spans }: any) => spans)) {
      const session = span.attributes?.find(({ key }: any) => key === 'mcp.client.session.id')?.value
        .stringValue;
      if (session === undefined) continue;
      const spans = found.get(session) ?? new Set();
      found.set(session, spans.add(span.spanId));
    }
  }
}

async function getJson(url: string): Promise<any> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
