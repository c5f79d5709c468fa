import type { Histogram, Meter, UpDownCounter } from '@opentelemetry/api';
import {
  DURATION_BUCKETS,
  METRIC_CLIENT_OPERATION_DURATION,
  METRIC_SERVER_CLIENT_SESSION_ACTIVE,
  METRIC_SERVER_CLIENT_SESSION_DURATION,
  METRIC_SERVER_OPERATION_DURATION,
  METRIC_SERVER_SESSION_DURATION,
  SESSION_DURATION_BUCKETS,
} from './semconv.ts';

/** The metrics of the contract; durations in seconds. */
export interface Instruments {
  serverOperationDuration: Histogram;
  clientOperationDuration: Histogram;
  serverSessionDuration: Histogram;
  clientSessionDuration: Histogram;
  clientSessionActive: UpDownCounter;
}

export function createInstruments(meter: Meter): Instruments {
  const seconds = (name: string, description: string, buckets: number[]): Histogram =>
    meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: buckets } });
  return {
    serverOperationDuration: seconds(
      METRIC_SERVER_OPERATION_DURATION,
      'Duration of an MCP request or notification, from its receipt to its response.',
      DURATION_BUCKETS,
    ),
    clientOperationDuration: seconds(
      METRIC_CLIENT_OPERATION_DURATION,
      'Duration of an MCP request or notification that the server sent, until its response.',
      DURATION_BUCKETS,
    ),
    serverSessionDuration: seconds(
      METRIC_SERVER_SESSION_DURATION,
      'Duration of the MCP server session, recorded at its end.',
      SESSION_DURATION_BUCKETS,
    ),
    clientSessionDuration: seconds(
      METRIC_SERVER_CLIENT_SESSION_DURATION,
      'Duration of a client session, recorded at its end.',
      SESSION_DURATION_BUCKETS,
    ),
    clientSessionActive: meter.createUpDownCounter(METRIC_SERVER_CLIENT_SESSION_ACTIVE, {
      description: 'Client sessions that are open.',
      unit: '{session}',
    }),
  };
}
