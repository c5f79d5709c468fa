import * as semconv from '../../src/sdk/signals/semconv.ts';

/** A metric as Prometheus names it, from its name and unit in OTLP. Units in braces are no part of the name. */
export function prometheusName(metric: string, unit = ''): string {
  const suffix = UNIT_SUFFIXES.get(unit) ?? '';
  return `${metric.replace(/[^a-zA-Z0-9_:]/g, '_')}${suffix}`;
}

/** An attribute as Prometheus names the label. */
export function prometheusLabel(attribute: string): string {
  return attribute.replace(/[^a-zA-Z0-9_]/g, '_');
}

/** A histogram's three kinds of series. */
export interface HistogramNames {
  readonly bucket: string;
  readonly count: string;
  readonly sum: string;
}

const UNIT_SUFFIXES = new Map([
  ['s', '_seconds'],
  ['By', '_bytes'],
]);

/** The contract's metrics as they stand in Prometheus. */
export const METRICS = {
  serverOperation: histogram(semconv.METRIC_SERVER_OPERATION_DURATION),
  clientOperation: histogram(semconv.METRIC_CLIENT_OPERATION_DURATION),
  processSession: histogram(semconv.METRIC_SERVER_SESSION_DURATION),
  clientSession: histogram(semconv.METRIC_SERVER_CLIENT_SESSION_DURATION),
  requestSize: histogram(semconv.METRIC_SERVER_REQUEST_SIZE, 'By'),
  responseSize: histogram(semconv.METRIC_SERVER_RESPONSE_SIZE, 'By'),
  activeSessions: prometheusName(semconv.METRIC_SERVER_CLIENT_SESSION_ACTIVE, '{session}'),
  activeOperations: prometheusName(semconv.METRIC_SERVER_OPERATION_ACTIVE, '{request}'),
  /** Prometheus makes it from the resource of what it receives. */
  targetInfo: 'target_info',
} as const;

/** The labels of those metrics that queries name. `job` and `instance` come from the resource. */
export const LABELS = {
  process: prometheusLabel(semconv.ATTR_MCP_SESSION_ID),
  method: prometheusLabel(semconv.ATTR_MCP_METHOD_NAME),
  tool: prometheusLabel(semconv.ATTR_GEN_AI_TOOL_NAME),
  errorType: prometheusLabel(semconv.ATTR_ERROR_TYPE),
  exceptionType: prometheusLabel(semconv.ATTR_EXCEPTION_TYPE),
  statusCode: prometheusLabel(semconv.ATTR_RPC_RESPONSE_STATUS_CODE),
  clientName: prometheusLabel(semconv.ATTR_MCP_CLIENT_NAME),
  endReason: prometheusLabel(semconv.ATTR_MCP_CLIENT_SESSION_END_REASON),
  version: prometheusLabel(semconv.ATTR_SERVICE_VERSION),
  host: prometheusLabel(semconv.ATTR_HOST_NAME),
  job: 'job',
  instance: 'instance',
  bucket: 'le',
} as const;

function histogram(metric: string, unit = 's'): HistogramNames {
  const name = prometheusName(metric, unit);
  return { bucket: `${name}_bucket`, count: `${name}_count`, sum: `${name}_sum` };
}
