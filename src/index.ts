export { instrumentServer } from './instrument-server.ts';
export { installShutdownHooks, type ShutdownHookOptions } from './shutdown/hooks.ts';
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
