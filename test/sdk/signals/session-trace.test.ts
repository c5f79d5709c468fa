import { afterEach, describe, expect, test } from '@jest/globals';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { SessionSampler } from '../../../src/sdk/export/session-sampler.ts';
import { closeRecordings, record } from '../../support/recording.ts';
import { connectV1, v1Server } from '../../support/v1.ts';

afterEach(closeRecordings);

describe('the trace of a session', () => {
  test('is closed after 1,000 request spans, and the next one links back to it', async () => {
    const { telemetry, spans, named } = record();
    const server = v1Server();
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    for (let i = 0; i < 1_010; i += 1) await client.ping();

    const start = named('mcp.session start')[0];
    const update = named('mcp.session update')[0];
    expect(named('mcp.session update')).toHaveLength(1);
    expect(update?.parentSpanContext).toBeUndefined();
    expect(update?.links.map(({ context }) => context.spanId)).toEqual([start?.spanContext().spanId]);
    const perTrace = new Map<string, number>();
    for (const span of spans()) {
      if (span.attributes['mcp.client.session.event'] !== undefined) continue;
      const { traceId } = span.spanContext();
      perTrace.set(traceId, (perTrace.get(traceId) ?? 0) + 1);
    }
    // initialize and notifications/initialized are request spans too
    expect([...perTrace.values()]).toEqual([1_000, 12]);
  });

  test('keeps the session’s sampling decision in its next trace', async () => {
    const sampled = await sessionsUnder(new SessionSampler({ parentBased: true, ratio: 0.5 }), 12);
    // Each session has all its 1,002 request spans, or none.
    expect(new Set(sampled.map(({ requests }) => requests))).toEqual(new Set([1_005]));
    expect(sampled.length).toBeLessThan(12);
    expect(sampled.length).toBeGreaterThan(0);
  });

  test('stays whole under an application’s own sampler that decides by trace', async () => {
    const sampled = await sessionsUnder(new TraceIdRatioBasedSampler(0.5), 12);
    // A plain ratio sampler decides on every trace id; the session's spans share one while it says no to a new one.
    for (const { requests } of sampled) expect(requests).toBe(1_005);
  });
});

async function sessionsUnder(
  sampler: import('@opentelemetry/sdk-trace-node').Sampler,
  count: number,
): Promise<{ requests: number }[]> {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const { telemetry } = record({ tracerProvider: provider });
  for (let i = 0; i < count; i += 1) {
    const server = v1Server();
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    for (let call = 0; call < 1_003; call += 1) await client.ping();
    await client.close();
  }
  const bySession = new Map<unknown, number>();
  for (const { attributes } of exporter.getFinishedSpans()) {
    if (attributes['mcp.client.session.event'] !== undefined) continue;
    const id = attributes['mcp.client.session.id'];
    bySession.set(id, (bySession.get(id) ?? 0) + 1);
  }
  await provider.shutdown();
  return [...bySession.values()].map((requests) => ({ requests }));
}
