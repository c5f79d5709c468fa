import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

export { Client, InMemoryTransport, McpServer };

/** What `registerTool` of this SDK takes as the schema of a tool with one text. */
export const inputSchema = z.object({ text: z.string() });

export const requestIdOf = (context) => context.mcpReq.id;
export const protocolVersionOf = (server) => server.server.getNegotiatedProtocolVersion();
