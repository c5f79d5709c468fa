import type { TelemetryManager } from './telemetry-manager.ts';
import type { ExporterAuth } from './types.ts';

export { instrumentServer } from './instrument-server.ts';
export { installShutdownHooks } from './shutdown/hooks.ts';
export type { ShutdownHookOptions, ShutdownSignal } from './shutdown/options.ts';
export { TelemetryManager } from './telemetry-manager.ts';
export type {
  CurrentRequest,
  DataProcessor,
  ExporterAuth,
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

// Aliases of their own: what is said at a renamed export does not reach the bundled declarations.

/** @deprecated The name of another package; use {@link ExporterAuth}. */
export type AuthConfig = ExporterAuth;

/** @deprecated The name of another package; use {@link TelemetryManager}. */
export type ObservabilityInstance = TelemetryManager;
