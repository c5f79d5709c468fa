import { randomUUID } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import { type CreateMcpHandlerOptions, createMcpHandler, type McpServer } from '@modelcontextprotocol/server';
import type { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { type Host, listen } from './http-v1.ts';
import { v2Server } from './v2.ts';

export interface ModernHost extends Host {
  /** Which era each server was built for. */
  eras: string[];
  notify: ReturnType<typeof createMcpHandler>['notify'];
}

/** A server per request, as `createMcpHandler` makes them. */
export async function handlerV2(
  telemetry: TelemetryManager | undefined,
  {
    create = v2Server,
    options = {},
    auth,
  }: { create?: () => McpServer; options?: CreateMcpHandlerOptions; auth?: () => object } = {},
): Promise<ModernHost> {
  const eras: string[] = [];
  const handler = createMcpHandler(({ era }) => {
    eras.push(era);
    const server = create();
    telemetry?.instrument(server);
    return server;
  }, options);
  const listener = toNodeHandler(handler);
  const host = await listen((request, response) => {
    if (auth !== undefined) Object.assign(request, { auth: auth() });
    return listener(request as Parameters<typeof listener>[0], response);
  });
  return { ...host, eras, notify: handler.notify };
}

/** A server and a transport per session. */
export async function statefulV2(telemetry: TelemetryManager | undefined, create = v2Server): Promise<Host> {
  const transports = new Map<string, NodeStreamableHTTPServerTransport>();
  return listen(async (request, response) => {
    const id = request.headers['mcp-session-id'];
    let transport = typeof id === 'string' ? transports.get(id) : undefined;
    if (transport === undefined) {
      const created = new NodeStreamableHTTPServerTransport({
        sessionIdGenerator: () => randomUUID(),
        onsessioninitialized: (sessionId) => void transports.set(sessionId, created),
      });
      transport = created;
      const server = create();
      telemetry?.instrument(server);
      await server.connect(transport);
    }
    await transport.handleRequest(request, response);
  });
}

export function clientV2(
  mode: 'legacy' | 'auto' | { pin: string } = { pin: '2026-07-28' },
  name = 'modern-client',
): Client {
  return new Client(
    { name, version: '2.0' },
    { versionNegotiation: { mode }, capabilities: { elicitation: {}, sampling: {} } },
  );
}

export async function connectV2(
  url: URL,
  client = clientV2(),
  headers: Record<string, string> = {},
): Promise<{ client: Client; transport: StreamableHTTPClientTransport }> {
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
  await client.connect(transport);
  return { client, transport };
}
