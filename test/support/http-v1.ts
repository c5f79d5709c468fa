import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  StreamableHTTPServerTransport,
  type StreamableHTTPServerTransportOptions,
} from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { v1Server } from './v1.ts';

/** The SDK's own transports are not assignable to its `Transport` under `exactOptionalPropertyTypes`. */
type AnyTransport = Parameters<McpServer['connect']>[0];

/** An HTTP server on loopback. */
export interface Host {
  url: URL;
  /** What answers its requests. */
  listener: http.RequestListener;
  close(): Promise<void>;
}

const hosts: Host[] = [];

/** Call in `afterEach`: closes what `listen` opened. */
export async function closeHosts(): Promise<void> {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
}

export async function listen(listener: http.RequestListener): Promise<Host> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host: Host = {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`),
    listener,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  hosts.push(host);
  return host;
}

export interface StatefulHost extends Host {
  transports: Map<string, StreamableHTTPServerTransport>;
  servers: McpServer[];
}

export interface HostOptions {
  create?: () => McpServer;
  options?: Partial<StreamableHTTPServerTransportOptions>;
  /** Before `connect`. */
  prepare?: (transport: StreamableHTTPServerTransport) => void;
  auth?: (request: http.IncomingMessage) => AuthInfo | undefined;
}

/** The stateful server of the SDK's own examples: a server and a transport per session. */
export async function statefulV1(
  telemetry: TelemetryManager | undefined,
  { create = v1Server, options = {}, prepare, auth }: HostOptions = {},
): Promise<StatefulHost> {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const servers: McpServer[] = [];
  const open = async (): Promise<StreamableHTTPServerTransport> => {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id: string) => void transports.set(id, transport),
      ...options,
    } as StreamableHTTPServerTransportOptions);
    prepare?.(transport);
    const server = create();
    servers.push(server);
    telemetry?.instrument(server);
    await server.connect(transport as AnyTransport);
    return transport;
  };
  const host = await listen(async (request, response) => {
    const id = request.headers['mcp-session-id'];
    const transport = (typeof id === 'string' ? transports.get(id) : undefined) ?? (await open());
    await transport.handleRequest(withAuth(request, auth), response);
  });
  return { ...host, transports, servers };
}

/** The stateless server of the SDK's own examples: a server and a transport per request. */
export async function statelessV1(
  telemetry: TelemetryManager | undefined,
  { create = v1Server, options = {}, auth }: HostOptions = {},
): Promise<Host> {
  return listen(async (request, response) => {
    const server = create();
    telemetry?.instrument(server);
    const transport = new StreamableHTTPServerTransport(options as StreamableHTTPServerTransportOptions);
    response.on('close', () => {
      void transport.close();
      void server.close();
    });
    await server.connect(transport as AnyTransport);
    await transport.handleRequest(withAuth(request, auth), response);
  });
}

export async function connectHttp(
  url: URL,
  {
    client = new Client({ name: 'test-client', version: '4.5.6' }),
    headers = {},
  }: { client?: Client; headers?: Record<string, string> } = {},
): Promise<{ client: Client; transport: StreamableHTTPClientTransport }> {
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
  await client.connect(transport as AnyTransport);
  return { client, transport };
}

/** What authentication middleware does. */
function withAuth(
  request: http.IncomingMessage & { auth?: AuthInfo },
  auth: HostOptions['auth'],
): http.IncomingMessage {
  const info = auth?.(request);
  if (info !== undefined) request.auth = info;
  return request;
}
