import type { TelemetryManager } from './telemetry-manager.ts';

export { instrumentServer } from './instrument-server.ts';
export { installShutdownHooks } from './shutdown/hooks.ts';
export type { ShutdownHookOptions, ShutdownSignal } from './shutdown/options.ts';
export { TelemetryManager } from './telemetry-manager.ts';
export type {
  DataProcessor,
  ExporterAuth,
  /** @deprecated The name of another package; use {@link ExporterAuth}. */
  ExporterAuth as AuthConfig,
  ExporterType,
  RecordValue,
  SessionEndReason,
  SessionKeyRequest,
  SessionScope,
  SessionSnapshot,
  SessionSource,
  SpanFunction,
  TelemetryConfig,
} from './types.ts';

/** @deprecated The name of another package; use {@link TelemetryManager}. */
export type ObservabilityInstance = TelemetryManager;
