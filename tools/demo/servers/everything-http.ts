/** The reference server over stateful Streamable HTTP: a server for each session, one manager for all. */
import { createServer } from '@modelcontextprotocol/server-everything/dist/server/index.js';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { createSessionsApp } from '../../support/sessions-app.ts';
import { tellAddress } from './tell-address.ts';

const telemetry = new TelemetryManager({
  exporterType: 'file',
  serverName: 'everything-http',
  // The demo prints while this server is running.
  batchTimeoutMs: 100,
});
installShutdownHooks(telemetry);

const app = createSessionsApp(async (transport) => {
  const { server, cleanup } = createServer();
  telemetry.instrument(server);
  await server.connect(transport);
  return cleanup;
});
const listener = app.listen(0, '127.0.0.1', () => tellAddress(listener));
