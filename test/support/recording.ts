import { SpanStatusCode } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import type { TelemetryConfig } from '../../src/sdk/types.ts';

/** One data point of a metric. */
export interface Point {
  metric: string;
  unit: string;
  attributes: Record<string, unknown>;
  value: unknown;
}

/** A manager whose spans and data points stay in memory, recorded by the real SDK. */
export interface Recording {
  telemetry: TelemetryManager;
  spans(): ReadableSpan[];
  /** The spans with this name, in order of their start. */
  named(name: string): ReadableSpan[];
  /** The only span with this name; fails where there is none or are several. */
  one(name: string): ReadableSpan;
  points(metric?: string): Promise<Point[]>;
  provider: NodeTracerProvider;
}

const opened: { provider: NodeTracerProvider; meters: MeterProvider; telemetry: TelemetryManager }[] = [];

export function record(
  config: TelemetryConfig = {},
  create = (full: TelemetryConfig): TelemetryManager => new TelemetryManager(full),
): Recording {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 3_600_000,
  });
  const meters = new MeterProvider({ readers: [reader] });
  const telemetry = create({ tracerProvider: provider, meterProvider: meters, ...config });
  opened.push({ provider, meters, telemetry });
  const spans = (): ReadableSpan[] => [...exporter.getFinishedSpans()].sort(byStart);
  const named = (name: string): ReadableSpan[] => spans().filter((span) => span.name === name);
  return {
    telemetry,
    provider,
    spans,
    named,
    one(name) {
      const found = named(name);
      if (found.length !== 1) {
        const names = spans().map((span) => span.name);
        throw new Error(`expected one span '${name}', found ${found.length} among: ${names.join(' | ')}`);
      }
      return found[0] as ReadableSpan;
    },
    async points(metric) {
      await meters.forceFlush();
      const newest = metricExporter.getMetrics().at(-1);
      const all = (newest?.scopeMetrics ?? []).flatMap(({ metrics }) => metrics);
      return all
        .filter(({ descriptor }) => metric === undefined || descriptor.name === metric)
        .flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => ({
            metric: descriptor.name,
            unit: descriptor.unit,
            attributes: attributes as Record<string, unknown>,
            value,
          })),
        );
    },
  };
}

/** Call in `afterEach`: ends what `record` opened. */
export async function closeRecordings(): Promise<void> {
  for (const { provider, meters, telemetry } of opened.splice(0)) {
    await telemetry.shutdown();
    await provider.shutdown();
    await meters.shutdown();
  }
}

export function isError(span: ReadableSpan): boolean {
  return span.status.code === SpanStatusCode.ERROR;
}

function byStart(a: ReadableSpan, b: ReadableSpan): number {
  return a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1];
}
