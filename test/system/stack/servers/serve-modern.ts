/** Protocol 2026-07-28, which has no session on the wire: a server for each request, one manager for all. */
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { installShutdownHooks, type TelemetryConfig, TelemetryManager } from 'mcp-sessionscope';
import { shortIntervals } from './settings.ts';
import { tellAddress } from './tell-address.ts';

/** Serves what `register` gives a server, and says where. */
export function serveModern(
  info: { name: string; version: string },
  register: (server: McpServer) => void,
  config: TelemetryConfig = {},
): void {
  const telemetry = new TelemetryManager({
    serverName: info.name,
    serverVersion: info.version,
    ...shortIntervals(),
    ...config,
  });
  installShutdownHooks(telemetry);
  const create = (): McpServer => {
    const server = new McpServer(info);
    register(server);
    telemetry.instrument(server);
    return server;
  };
  const handler = toNodeHandler(createMcpHandler(create));
  const listener = createServer((request, response) => void handler(request, response));
  listener.listen(0, '127.0.0.1', () => tellAddress(listener, info.name));
}
