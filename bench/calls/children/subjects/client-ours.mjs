import { start as startBare } from './bare.mjs';

/** This package around a client of a bare server, installed from its tarball, as docs/client.md sets it up. */
export async function start({ endpoint, metricExportIntervalMs, ours }) {
  const { instrumentClient } = await import(ours);
  let telemetry;
  return {
    ...(await startBare()),
    prepareClient(client) {
      telemetry = instrumentClient(client, {
        serverName: 'bench-client',
        serverVersion: '1.0.0',
        exporterEndpoint: endpoint,
        metricExportIntervalMs,
        // Flushing gives up after this time; the floor's has no limit.
        shutdownTimeoutMs: 60_000,
      });
    },
    flush: () => telemetry.forceFlush(),
  };
}
