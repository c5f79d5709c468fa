import type { TelemetryConfig } from 'mcp-sessionscope';

/** What the test starts the servers with: intervals so short that a run of a minute shows all of them. */
export function shortIntervals(): TelemetryConfig {
  return {
    sessionUpdateIntervalMs: Number(process.env['STACK_TEST_UPDATE_MS']),
    metricExportIntervalMs: Number(process.env['STACK_TEST_METRICS_MS']),
    batchTimeoutMs: 200,
  };
}
