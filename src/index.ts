import type { TelemetryManager } from './sdk/telemetry-manager.ts';
import type { ExporterAuth } from './sdk/types.ts';

export { instrumentClient } from './sdk/instrument-client.ts';
export { instrumentServer } from './sdk/instrument-server.ts';
export { installShutdownHooks } from './sdk/shutdown/hooks.ts';
export type { ShutdownHookOptions, ShutdownSignal } from './sdk/shutdown/options.ts';
export { TelemetryManager } from './sdk/telemetry-manager.ts';
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
} from './sdk/types.ts';

// Aliases of their own: what is said at a renamed export does not reach the bundled declarations.

/** @deprecated The name of another package; use {@link ExporterAuth}. */
export type AuthConfig = ExporterAuth;

/** @deprecated The name of another package; use {@link TelemetryManager}. */
export type ObservabilityInstance = TelemetryManager;
