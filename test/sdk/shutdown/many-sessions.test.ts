import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EmptyResultSchema } from '@modelcontextprotocol/sdk/types.js';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { Core } from '../../../src/sdk/core.ts';
import type { ClientSession } from '../../../src/sdk/session/client-session.ts';
import { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';
import { type OtlpSink, startOtlpSink } from '../../support/otlp-sink.ts';
import { recordingFolder } from '../../support/recorded.ts';
import { stderrOf } from '../../support/stderr.ts';
import { connectV1, v1Server } from '../../support/v1.ts';
import { resolve } from '../config/support.ts';

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

describe('5,000 sessions that end together', () => {
  const many = 5_000;

  /** The composition with an exporter, and that many sessions in it. */
  async function filled(config: TelemetryConfig) {
    const core = new Core(resolve(config).resolved, { name: undefined, version: undefined });
    const sessions: ClientSession[] = [];
    for (let i = 0; i < many; i += 1) {
      const session = core.registry.open(`s${i}`, 'inferred', Date.now(), {});
      session.openRequests = 1;
      sessions.push(session);
      if (i % 500 === 0) await core.forceFlush();
    }
    await core.forceFlush();
    return { core, sessions };
  }

  test('by one idle timeout are all exported', async () => {
    const { core, sessions } = await filled({ exporterEndpoint: sink.url, sessionIdleTimeoutMs: 1_000 });
    for (const session of sessions) Object.assign(session, { openRequests: 0, lastActivityAt: 0 });
    const ends = () => sink.spans.filter(({ name }) => name === 'mcp.session end').length;
    const deadline = Date.now() + 20_000;
    while (ends() < many && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ends()).toBe(many);
    await core.shutdown();
  }, 30_000);

  test('by the exit of the process are all written', async () => {
    const folder = recordingFolder();
    const { core } = await filled({ exporterType: 'file', exporterEndpoint: folder.dir });
    core.endNow('process_exit');
    const ends = folder.spans().filter(({ name }) => name === 'mcp.session end');
    folder.remove();
    expect(ends).toHaveLength(many);
  });
});

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

test('a shutdown with very many sessions leaves the application its turns', async () => {
  const folder = recordingFolder();
  const telemetry = await openSessions({ exporterType: 'file', exporterEndpoint: folder.dir });
  let turns = 0;
  let isOver = false;
  const drain = (): void => {
    turns += 1;
    if (!isOver) setImmediate(drain);
  };
  setImmediate(drain);
  await telemetry.shutdown();
  isOver = true;
  folder.remove();
  expect(turns).toBeGreaterThan(5);
});
