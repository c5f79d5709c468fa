import { instrumentServer } from '@shinzolabs/instrumentation-mcp';

/** As its README has it: `instrumentServer`, then `server.tool(...)`, the one method that it wraps. */
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
    register: (server, { name, config, handler }) =>
      server.tool(name, config.description, config.inputSchema, handler),
    // It has no flush.
    flush: untilDelivered,
  };
}
