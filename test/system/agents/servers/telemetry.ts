import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { INFO } from './tools.js';

/** None where the check wants a bare server. */
export function startTelemetry(): TelemetryManager | undefined {
  if (process.env['SERVER_IS_BARE'] !== undefined) return undefined;
  const telemetry = new TelemetryManager({
    serverName: INFO.name,
    serverVersion: INFO.version,
    batchTimeoutMs: 100,
  });
  installShutdownHooks(telemetry);
  return telemetry;
}
