export { instrumentServer } from './instrument-server.ts';
export { installShutdownHooks } from './shutdown/hooks.ts';
export type { ShutdownHookOptions, ShutdownSignal } from './shutdown/options.ts';
export { TelemetryManager } from './telemetry-manager.ts';
export type {
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
