import { randomUUID } from 'node:crypto';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Express, Request, Response } from 'express';

/**
 * Stateful Streamable HTTP at `/mcp`: a transport for each client session.
 *
 * @param connect - connects a server of its own to the transport of a new session; what it gives is told the session's id
 * when the client has ended it
 */
export function createSessionsApp(
  connect: (transport: StreamableHTTPServerTransport) => Promise<(id: string) => void> | Promise<void>,
): Express {
  const transports = new Map<string, StreamableHTTPServerTransport>();

  async function openSession(): Promise<StreamableHTTPServerTransport> {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void transports.set(id, transport),
      onsessionclosed: (id) => {
        transports.delete(id);
        if (typeof closed === 'function') closed(id);
      },
    });
    const closed = await connect(transport);
    return transport;
  }

  async function handle(request: Request, response: Response): Promise<void> {
    const id = request.header('mcp-session-id');
    const isNew = id === undefined && request.method === 'POST' && isInitializeRequest(request.body);
    const transport = isNew ? await openSession() : transports.get(id ?? '');
    if (transport === undefined) response.status(404).json({ error: 'unknown session' });
    else await transport.handleRequest(request, response, request.body);
  }

  const app = createMcpExpressApp();
  app.all('/mcp', handle);
  return app;
}
