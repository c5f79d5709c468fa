import type { SpanJson } from './recorded-spans.ts';

/** What is to be known of a tool, counted from the spans. */
export interface ToolTruth {
  readonly name: string;
  readonly services: string[];
  readonly isListed: boolean;
  /** Names of clients. */
  readonly seenBy: string[];
  readonly calls: number;
  readonly errors: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly errorTypes: Readonly<Record<string, number>>;
}

const SERVER_SPAN = 2;

/** What clients sent and were answered: no notifications. */
export function requestsIn(spans: readonly SpanJson[]): SpanJson[] {
  return spans.filter(
    ({ kind, attributes }) =>
      kind === SERVER_SPAN &&
      attributes['mcp.method.name'] !== undefined &&
      attributes['jsonrpc.request.id'] !== undefined,
  );
}

export function isFailed({ isError, attributes }: SpanJson): boolean {
  return isError || attributes['rpc.response.status_code'] !== undefined;
}

export function latencyOf({ startNanos, endNanos }: SpanJson): number {
  return Number(endNanos - startNanos) / 1e6;
}

/** By nearest rank. */
export function percentile(values: readonly number[], percent: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1];
}

/** @param clientOf - by the id of a session */
export function toolsIn(
  spans: readonly SpanJson[],
  clientOf: (sessionId: string | undefined) => string,
): ToolTruth[] {
  const requests = requestsIn(spans);
  const calls = requests.filter(({ attributes }) => attributes['mcp.method.name'] === 'tools/call');
  const lists = requests.filter(({ attributes }) => attributes['mcp.method.name'] === 'tools/list');
  const listed = (span: SpanJson) => String(span.attributes['mcp.tools.names'] ?? '').split(', ');
  const named = (span: SpanJson) => String(span.attributes['gen_ai.tool.name']);
  const names = new Set([...calls.map(named), ...lists.flatMap(listed)]);
  return [...names].sort().map((name) => {
    const ofTool = calls.filter((call) => named(call) === name);
    const showing = lists.filter((list) => listed(list).includes(name));
    const failed = ofTool.filter(isFailed);
    const latencies = ofTool.map(latencyOf);
    return {
      name,
      services: distinct([...ofTool, ...showing].map(({ service }) => service)),
      isListed: showing.length > 0,
      seenBy: distinct(showing.map(({ sessionId }) => clientOf(sessionId))),
      calls: ofTool.length,
      errors: failed.length,
      p50: percentile(latencies, 50),
      p95: percentile(latencies, 95),
      p99: percentile(latencies, 99),
      errorTypes: countsOf(
        failed.map(({ attributes }) => String(attributes['exception.type'] ?? attributes['error.type'])),
      ),
    };
  });
}

export function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

function countsOf(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}
