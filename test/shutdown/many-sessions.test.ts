import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EmptyResultSchema } from '@modelcontextprotocol/sdk/types.js';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { TelemetryManager } from '../../src/telemetry-manager.ts';
import type { TelemetryConfig } from '../../src/types.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { stderrOf } from '../support/stderr.ts';
import { connectV1, v1Server } from '../support/v1.ts';

const SESSIONS = 3_000;

/** A manager that has seen a request of each of very many sessions. */
async function openSessions(config: TelemetryConfig): Promise<TelemetryManager> {
  const server = v1Server();
  const telemetry = new TelemetryManager({
    shutdownTimeoutMs: 20_000,
    ...config,
    sessionKey: ({ meta }) => (typeof meta['key'] === 'string' ? meta['key'] : 'none'),
  });
  telemetry.instrument(server);
  const { client } = await connectV1(server);
  for (let i = 1; i < SESSIONS; i += 1) {
    await client.request({ method: 'ping', params: { _meta: { key: `session-${i}` } } }, EmptyResultSchema);
    if (i % 500 === 0 && config.exporterEndpoint !== undefined) await telemetry.forceFlush();
  }
  expect(telemetry.activeSessions()).toHaveLength(SESSIONS);
  return telemetry;
}

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(() => sink.close());

describe('shutdown with more open sessions than the export queue holds', () => {
  test('exports the end of each', async () => {
    const telemetry = await openSessions({ exporterEndpoint: sink.url });
    await telemetry.shutdown();
    const ends = sink.spans.filter(({ name }) => name === 'mcp.session end');
    expect(new Set(ends.map(({ attributes }) => attributes['mcp.client.session.id'])).size).toBe(SESSIONS);
    const reasons = ends.map(({ attributes }) => attributes['mcp.client.session.end_reason']);
    expect(new Set(reasons)).toEqual(new Set(['server_shutdown']));
  });

  test('ends each although the application’s provider cannot flush', async () => {
    const failing: SpanProcessor = {
      onStart: () => {},
      onEnd: () => {},
      forceFlush: () => Promise.reject(new Error('the collector is away')),
      shutdown: async () => {},
    };
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
    const telemetry = await openSessions({
      tracerProvider: new NodeTracerProvider({ spanProcessors: [failing] }),
      meterProvider,
    });
    const said = await stderrOf(() => telemetry.shutdown());
    expect(said).toBe('mcp-sessionscope: flushing failed: Error: the collector is away\n');
    expect(telemetry.activeSessions()).toEqual([]);
    const newest =
      exporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
    const count = (name: string) =>
      newest
        .find(({ descriptor }) => descriptor.name === name)
        ?.dataPoints.map(({ value }) => (value as { count: number }).count);
    expect(count('mcp.server.client_session.duration')).toEqual([SESSIONS]);
    expect(count('mcp.server.session.duration')).toEqual([1]);
    await meterProvider.shutdown();
  });
});
