import type { DescMessage } from '@bufbuild/protobuf';
import { FORMS, type RecordedSignal, type SignalForm } from '../recording/signal.ts';
import {
  ExportLogsServiceRequestSchema,
  ExportLogsServiceResponseSchema,
} from './generated/opentelemetry/proto/collector/logs/v1/logs_service_pb.ts';
import {
  ExportMetricsServiceRequestSchema,
  ExportMetricsServiceResponseSchema,
} from './generated/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.ts';
import {
  ExportTraceServiceRequestSchema,
  ExportTraceServiceResponseSchema,
} from './generated/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';

/** What the receiver has to know of a signal. */
export interface SignalParts extends Pick<SignalForm, 'lists'> {
  readonly signal: RecordedSignal;
  readonly request: DescMessage;
  readonly response: DescMessage;
  /** The key of the response that says how many were rejected. */
  readonly rejected: string;
}

const TRACES: SignalParts = {
  signal: 'traces',
  request: ExportTraceServiceRequestSchema,
  response: ExportTraceServiceResponseSchema,
  rejected: 'rejectedSpans',
  lists: FORMS.traces.lists,
};

const METRICS: SignalParts = {
  signal: 'metrics',
  request: ExportMetricsServiceRequestSchema,
  response: ExportMetricsServiceResponseSchema,
  rejected: 'rejectedDataPoints',
  lists: FORMS.metrics.lists,
};

const LOGS: SignalParts = {
  signal: 'logs',
  request: ExportLogsServiceRequestSchema,
  response: ExportLogsServiceResponseSchema,
  rejected: 'rejectedLogRecords',
  lists: FORMS.logs.lists,
};

/** By path, as the specification names them. */
export const SIGNALS: ReadonlyMap<string, SignalParts> = new Map([
  ['/v1/traces', TRACES],
  ['/v1/metrics', METRICS],
  ['/v1/logs', LOGS],
]);
