import { instrumentServer } from '@sedata-ai/mcp';

/**
 * As its README has it, less `safetyCheck`, which asks a service of the vendor's about every call. Its lines on stdout,
 * three for each call, go to the null device.
 */
export async function start({ endpoint, metricExportIntervalMs, serverInfo, untilDelivered }) {
  return {
    prepare(server) {
      instrumentServer(server, {
        serverName: serverInfo.name,
        serverVersion: serverInfo.version,
        exporterEndpoint: `${endpoint}/v1`,
        metricExportIntervalMs,
      });
    },
    register: (server, { name, config, handler }) => server.registerTool(name, config, handler),
    // It has no flush.
    flush: untilDelivered,
  };
}
