/** HTTP without sessions: a server for each request, of the protocol's newest version and of those before. */
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { tellAddress } from '../../stack/servers/tell-address.ts';
import { INFO, startTelemetry } from './settings.ts';
import { registerTools } from './shop.ts';
import { signIn } from './signed-in.ts';

const telemetry = startTelemetry();

const handler = toNodeHandler(
  createMcpHandler(() => {
    const server = new McpServer(INFO);
    registerTools(server);
    telemetry.instrument(server);
    return server;
  }),
);
const listener = createServer((request, response) => {
  signIn(request);
  void handler(request, response);
});
listener.listen(0, '127.0.0.1', () => tellAddress(listener, INFO.name));
