import { metrics } from '@opentelemetry/api';
import { instrumentServer } from 'mcp-opentelemetry';
import { startProviders } from './providers.mjs';

/** As its README has it: the application's own, registered providers, and `instrumentServer`. */
export async function start({ endpoint, metricExportIntervalMs }) {
  const { meterProvider, flush } = startProviders({ endpoint, metricExportIntervalMs });
  metrics.setGlobalMeterProvider(meterProvider);
  return {
    prepare: (server) => instrumentServer(server),
    register: (server, { name, config, handler }) => server.registerTool(name, config, handler),
    flush,
  };
}
