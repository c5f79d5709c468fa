import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';

/** One manager for the process, named and set by the environment that the check gives its replicas. */
export function startTelemetry(): TelemetryManager {
  const { REPLICA_SERVICE: serverName = '', REPLICA_UPDATE_MS: updateMs = '' } = process.env;
  const telemetry = new TelemetryManager({
    serverName,
    serverVersion: '1.0.0',
    trustProxy: 1,
    enableArgumentCollection: true,
    sessionUpdateIntervalMs: Number(updateMs),
    batchTimeoutMs: 200,
  });
  installShutdownHooks(telemetry);
  return telemetry;
}

/** What the servers call themselves. */
export const INFO = { name: 'shop', version: '1.0.0' } as const;
