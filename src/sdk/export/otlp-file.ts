import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { JsonMetricsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import {
  AggregationTemporality,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { RotatingFile } from './rotating-file.ts';

/**
 * Appends every export as one line of OTLP JSON, as the OpenTelemetry Protocol File Exporter specification has it; the
 * Collector's `otlpjsonfile` receiver reads it. The write is synchronous: when an export returns, its spans are in the
 * file, whatever becomes of the process.
 */
export function createFileTraceExporter(file: RotatingFile): SpanExporter {
  return {
    export: (spans: ReadableSpan[], done: (result: ExportResult) => void) =>
      done(append(file, () => JsonTraceSerializer.serializeRequest(spans))),
    shutdown: async () => {},
  };
}

export function createFileMetricExporter(file: RotatingFile): PushMetricExporter {
  return {
    export: (metrics: ResourceMetrics, done: (result: ExportResult) => void) =>
      done(append(file, () => JsonMetricsSerializer.serializeRequest(metrics))),
    selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

function append(file: RotatingFile, serialize: () => Uint8Array | undefined): ExportResult {
  try {
    const line = serialize();
    if (line !== undefined) file.append(line);
    return { code: ExportResultCode.SUCCESS };
  } catch (error) {
    return {
      code: ExportResultCode.FAILED,
      error: error instanceof Error ? error : new Error(String(error)),
    };
  }
}
