import type { Histogram, Meter, UpDownCounter } from '@opentelemetry/api';
import {
  DURATION_BUCKETS,
  METRIC_CLIENT_OPERATION_DURATION,
  METRIC_CLIENT_SESSION_DURATION,
  METRIC_SERVER_CLIENT_SESSION_ACTIVE,
  METRIC_SERVER_CLIENT_SESSION_DURATION,
  METRIC_SERVER_OPERATION_DURATION,
  METRIC_SERVER_REQUEST_SIZE,
  METRIC_SERVER_RESPONSE_SIZE,
  METRIC_SERVER_SESSION_DURATION,
  SESSION_DURATION_BUCKETS,
  SIZE_BUCKETS,
} from './semconv.ts';

/** The metrics of the contract; durations in seconds, sizes in bytes. */
export interface Instruments {
  serverOperationDuration: Histogram;
  clientOperationDuration: Histogram;
  serverSessionDuration: Histogram;
  serverRequestSize: Histogram;
  serverResponseSize: Histogram;
  clientSessionDuration: Histogram;
  /** Of a client's own connections. */
  ownSessionDuration: Histogram;
  clientSessionActive: UpDownCounter;
}

export function createInstruments(meter: Meter): Instruments {
  const histogram = (unit: string, name: string, description: string, buckets: number[]): Histogram =>
    meter.createHistogram(name, { description, unit, advice: { explicitBucketBoundaries: buckets } });
  const seconds = histogram.bind(undefined, 's');
  const bytes = histogram.bind(undefined, 'By');
  return {
    serverOperationDuration: seconds(
      METRIC_SERVER_OPERATION_DURATION,
      'Duration of an MCP request or notification, from its receipt to its response.',
      DURATION_BUCKETS,
    ),
    clientOperationDuration: seconds(
      METRIC_CLIENT_OPERATION_DURATION,
      'Duration of an MCP request or notification that was sent, until its response.',
      DURATION_BUCKETS,
    ),
    serverSessionDuration: seconds(
      METRIC_SERVER_SESSION_DURATION,
      'Duration of the MCP server session, recorded at its end.',
      SESSION_DURATION_BUCKETS,
    ),
    serverRequestSize: bytes(
      METRIC_SERVER_REQUEST_SIZE,
      'Size of an MCP request or notification that the server received, as JSON.',
      SIZE_BUCKETS,
    ),
    serverResponseSize: bytes(
      METRIC_SERVER_RESPONSE_SIZE,
      'Size of the response to an MCP request, as JSON.',
      SIZE_BUCKETS,
    ),
    clientSessionDuration: seconds(
      METRIC_SERVER_CLIENT_SESSION_DURATION,
      'Duration of a client session, recorded at its end.',
      SESSION_DURATION_BUCKETS,
    ),
    ownSessionDuration: seconds(
      METRIC_CLIENT_SESSION_DURATION,
      'Duration of the connection of an MCP client, recorded at its end.',
      SESSION_DURATION_BUCKETS,
    ),
    clientSessionActive: meter.createUpDownCounter(METRIC_SERVER_CLIENT_SESSION_ACTIVE, {
      description: 'Client sessions that are open.',
      unit: '{session}',
    }),
  };
}
