/** Stateful Streamable HTTP: a server for each client session, one manager for all. */
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { createSessionsApp } from '../../../../tools/support/sessions-app.ts';
import { shortIntervals } from './settings.ts';
import { createShop } from './shop-tools.ts';
import { tellAddress } from './tell-address.ts';

const telemetry = new TelemetryManager({
  serverName: 'shop-http',
  serverVersion: '2.1.0',
  ...shortIntervals(),
});
installShutdownHooks(telemetry);

const app = createSessionsApp(async (transport) => {
  const server = createShop();
  telemetry.instrument(server);
  await server.connect(transport);
});
const listener = app.listen(0, '127.0.0.1', () => tellAddress(listener, 'shop-http'));
