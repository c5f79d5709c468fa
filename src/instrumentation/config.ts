import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import type { TelemetryConfig } from '../index.ts';

const RESOURCE = 'the resource of your SDK says it, or OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES';
const EXPORTER = 'set it on the exporter of your SDK';
const FLUSH = 'your SDK exports';
const PROVIDER = 'your SDK sets it, or registerInstrumentations({ tracerProvider, meterProvider })';

/** What the application's own SDK decides, and where. */
const ELSEWHERE = {
  serverName: RESOURCE,
  serverVersion: RESOURCE,
  resourceAttributes: RESOURCE,
  exporterEndpoint: EXPORTER,
  exporterType: EXPORTER,
  exporterAuth: EXPORTER,
  exporterHeaders: EXPORTER,
  samplingRate: 'set a sampler on your SDK',
  metricExportIntervalMs: 'set it on the metric reader of your SDK',
  batchTimeoutMs: 'set it on the span processor of your SDK',
  shutdownTimeoutMs: FLUSH,
  exitDelivery: FLUSH,
  tracerProvider: PROVIDER,
  meterProvider: PROVIDER,
} as const satisfies { readonly [Option in keyof TelemetryConfig]?: string };

/**
 * Options of `McpInstrumentation`: `enabled`, and those of {@link TelemetryConfig} but for what the application's own
 * OpenTelemetry SDK decides, which are exporters, sampling, the resource and the providers.
 */
export interface McpInstrumentationConfig
  extends InstrumentationConfig,
    Omit<
      TelemetryConfig,
      | 'serverName'
      | 'serverVersion'
      | 'resourceAttributes'
      | 'exporterEndpoint'
      | 'exporterType'
      | 'exporterAuth'
      | 'exporterHeaders'
      | 'samplingRate'
      | 'metricExportIntervalMs'
      | 'batchTimeoutMs'
      | 'shutdownTimeoutMs'
      | 'exitDelivery'
      | 'tracerProvider'
      | 'meterProvider'
    > {}

/**
 * What is a manager's of a configuration.
 *
 * @throws TypeError that says where to set what is none of an instrumentation's.
 */
export function optionsOf({ enabled: _, ...options }: McpInstrumentationConfig): TelemetryConfig {
  const given = options as TelemetryConfig;
  const foreign = Object.entries(ELSEWHERE).filter(
    ([option]) => given[option as keyof typeof ELSEWHERE] !== undefined,
  );
  if (foreign.length === 0) return options;
  const each = foreign.map(([option, where]) => `${option} (${where})`);
  throw new TypeError(`mcp-sessionscope: McpInstrumentation does not take ${each.join(', ')}`);
}
