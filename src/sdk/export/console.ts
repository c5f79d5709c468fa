import { type ExportResult, ExportResultCode, hrTimeToMilliseconds } from '@opentelemetry/core';
import {
  AggregationTemporality,
  type MetricData,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import { isErrorRead, writeError } from '../diagnostics/log.ts';

/** Prints one JSON line per span on stderr. The SDK's console exporters write to stdout, which is the wire of stdio. */
export function createConsoleTraceExporter(): SpanExporter {
  return {
    export: (spans: ReadableSpan[], done: (result: ExportResult) => void) => {
      done(printAll(() => spans.map(spanLine)));
    },
    shutdown: async () => {},
  };
}

/** Prints one JSON line per metric on stderr. */
export function createConsoleMetricExporter(): PushMetricExporter {
  return {
    export: (metrics: ResourceMetrics, done: (result: ExportResult) => void) => {
      done(printAll(() => metrics.scopeMetrics.flatMap((scoped) => scoped.metrics.map(metricLine))));
    },
    selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

function spanLine(span: ReadableSpan): object {
  return {
    span: span.name,
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    start: new Date(hrTimeToMilliseconds(span.startTime)).toISOString(),
    durationMs: hrTimeToMilliseconds(span.duration),
    status: span.status.code,
    attributes: span.attributes,
    events: span.events.map(({ name, attributes }) => ({ name, attributes })),
  };
}

function metricLine({ descriptor, dataPoints }: MetricData): object {
  return { metric: descriptor.name, unit: descriptor.unit, dataPoints: dataPoints.map(pointLine) };
}

function pointLine({ attributes, value }: { attributes: object; value: unknown }): object {
  return { attributes, value };
}

/** All of an export, or nothing where nobody reads: then it is known what was lost. */
function printAll(lines: () => object[]): ExportResult {
  if (!isErrorRead()) return { code: ExportResultCode.FAILED, error: new Error('nobody reads stderr') };
  writeError(
    lines()
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
  return { code: ExportResultCode.SUCCESS };
}
