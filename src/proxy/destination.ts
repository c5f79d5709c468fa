import type { TelemetryConfig } from '../sdk/types.ts';

/** Each of them says where telemetry goes. */
const NAMING = [
  'MCP_SESSIONSCOPE_EXPORTER_TYPE',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  'OTEL_TRACES_EXPORTER',
  'OTEL_METRICS_EXPORTER',
  'MCP_SESSIONSCOPE_EXPORTER_TYPE',
] as const;

/**
 * Where what passes is recorded: in the folder that is named; else where the environment says; else in the folder that
 * `mcp-sessionscope ui` shows.
 */
export function destination(
  env: Readonly<Record<string, string | undefined>>,
  dir: string | undefined,
): Pick<TelemetryConfig, 'exporterType' | 'exporterEndpoint'> {
  if (dir === undefined && NAMING.some((name) => (env[name]?.trim() ?? '') !== '')) return {};
  return { exporterType: 'file', exporterEndpoint: dir };
}
