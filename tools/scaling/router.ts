import { type Sink, startSink } from './sink.ts';

/**
 * Stands in for the exporter `load_balancing` of examples/stack/gateway/gateway.yaml, which the native Collector does not
 * have: sends every span to the sampler that its trace belongs to.
 */
export async function startRouter(samplers: readonly string[]): Promise<Sink> {
  return startSink(async ({ path, body }) => {
    if (path !== '/v1/traces') return;
    const parts = splitByTrace(JSON.parse(body.toString('utf8')), samplers.length);
    await Promise.all(
      parts.map(async (part, index) => {
        if (part.resourceSpans.length === 0) return;
        const response = await fetch(`${samplers[index]}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(part),
          signal: AbortSignal.timeout(10_000),
        });
        await response.body?.cancel();
        if (!response.ok) throw new Error(`sampler ${index + 1} answered ${response.status}`);
      }),
    );
  });
}

/** Divides an OTLP/HTTP JSON request into one for each sampler; all spans of a trace go to the same one. */
export function splitByTrace(body: any, samplers: number): { resourceSpans: any[] }[] {
  return Array.from({ length: samplers }, (_, sampler) => {
    const mine = (span: any): boolean => Number.parseInt(span.traceId.slice(-8), 16) % samplers === sampler;
    const resourceSpans = (body.resourceSpans ?? []).flatMap((resource: any) => {
      const scopeSpans = (resource.scopeSpans ?? []).flatMap((scope: any) => {
        const spans = scope.spans.filter(mine);
        return spans.length === 0 ? [] : [{ ...scope, spans }];
      });
      return scopeSpans.length === 0 ? [] : [{ ...resource, scopeSpans }];
    });
    return { resourceSpans };
  });
}
