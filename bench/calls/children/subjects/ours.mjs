/** This package, installed from its tarball, as the README sets it up. */
export async function start({ endpoint, metricExportIntervalMs, ours, serverInfo }) {
  const { instrumentServer } = await import(ours);
  let telemetry;
  return {
    prepare(server) {
      telemetry = instrumentServer(server, {
        serverName: serverInfo.name,
        serverVersion: serverInfo.version,
        exporterEndpoint: endpoint,
        metricExportIntervalMs,
        // Flushing gives up after this time; the floor's has no limit.
        shutdownTimeoutMs: 60_000,
      });
    },
    register: (server, { name, config, handler }) => server.registerTool(name, config, handler),
    flush: () => telemetry.forceFlush(),
  };
}
