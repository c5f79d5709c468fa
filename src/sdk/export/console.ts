import { type ExportResult, ExportResultCode, hrTimeToMilliseconds } from '@opentelemetry/core';
import {
  AggregationTemporality,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import { writeError } from '../diagnostics/log.ts';

/** Prints one JSON line per span on stderr. The SDK's console exporters write to stdout, which is the wire of stdio. */
export function createConsoleTraceExporter(): SpanExporter {
  return {
    export: (spans: ReadableSpan[], done: (result: ExportResult) => void) => {
      for (const span of spans) print(spanLine(span));
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => {},
  };
}

/** Prints one JSON line per metric on stderr. */
export function createConsoleMetricExporter(): PushMetricExporter {
  return {
    export: (metrics: ResourceMetrics, done: (result: ExportResult) => void) => {
      for (const { metrics: scoped } of metrics.scopeMetrics) {
        for (const { descriptor, dataPoints } of scoped) {
          print({ metric: descriptor.name, unit: descriptor.unit, dataPoints: dataPoints.map(pointLine) });
        }
      }
      done({ code: ExportResultCode.SUCCESS });
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

function pointLine({ attributes, value }: { attributes: object; value: unknown }): object {
  return { attributes, value };
}

function print(line: object): void {
  writeError(`${JSON.stringify(line)}\n`);
}
