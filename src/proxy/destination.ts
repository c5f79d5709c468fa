import type { TelemetryConfig } from '../sdk/types.ts';

/** Each of them says where telemetry goes. */
const NAMING = [
  'MCP_SESSIONSCOPE_EXPORTER_TYPE',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  'OTEL_TRACES_EXPORTER',
  'OTEL_METRICS_EXPORTER',
] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the environment says where telemetry goes. */
export function namesDestination(env: Environment): boolean {
  return NAMING.some((name) => (env[name]?.trim() ?? '') !== '');
}

/**
 * Where what passes is recorded: in the folder that is named; else where the environment says; else in the folder that
 * `mcp-sessionscope ui` shows.
 */
export function destination(
  env: Environment,
  dir: string | undefined,
): Pick<TelemetryConfig, 'exporterType' | 'exporterEndpoint'> {
  if (dir === undefined && namesDestination(env)) return {};
  return { exporterType: 'file', exporterEndpoint: dir };
}
