import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { Ending } from './export-monitor.ts';

/** The SDK as the rest of the code sees it. */
export interface Pipeline {
  readonly tracerProvider: TracerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  /** Exports what was recorded so far; settles when the exporters have answered. */
  forceFlush(): Promise<void>;
  /** The shutdown has begun: what is exported from now on is not tried for long. */
  closing(): void;
  shutdown(): Promise<void>;
  /** The process exits: what is undelivered is kept for who outlives it, and sent by `close`. Without waiting. */
  keep(): void;
  /** Says what was lost. The last call. */
  close(ending: Ending): void;
}
