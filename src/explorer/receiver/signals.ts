import type { DescMessage } from '@bufbuild/protobuf';
import type { Signal } from '../recording/signal.ts';
import {
  ExportMetricsServiceRequestSchema,
  ExportMetricsServiceResponseSchema,
} from './generated/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.ts';
import {
  ExportTraceServiceRequestSchema,
  ExportTraceServiceResponseSchema,
} from './generated/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';

/** What the receiver has to know of a signal. */
export interface SignalParts {
  readonly signal: Signal;
  readonly request: DescMessage;
  readonly response: DescMessage;
  /** The key of the response that says how many were rejected. */
  readonly rejected: string;
  /** The keys of the lists within one another, from the request down to what a line can be divided into. */
  readonly lists: readonly [resources: string, scopes: string, items: string];
}

const TRACES: SignalParts = {
  signal: 'traces',
  request: ExportTraceServiceRequestSchema,
  response: ExportTraceServiceResponseSchema,
  rejected: 'rejectedSpans',
  lists: ['resourceSpans', 'scopeSpans', 'spans'],
};

const METRICS: SignalParts = {
  signal: 'metrics',
  request: ExportMetricsServiceRequestSchema,
  response: ExportMetricsServiceResponseSchema,
  rejected: 'rejectedDataPoints',
  lists: ['resourceMetrics', 'scopeMetrics', 'metrics'],
};

/** By path, as the specification names them. */
export const SIGNALS: ReadonlyMap<string, SignalParts> = new Map([
  ['/v1/traces', TRACES],
  ['/v1/metrics', METRICS],
]);
