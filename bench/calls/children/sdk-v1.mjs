import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { LATEST_PROTOCOL_VERSION } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

export { Client, InMemoryTransport, McpServer };

/** What `registerTool` of this SDK takes as the schema of a tool with one text. */
export const inputSchema = { text: z.string() };

export const requestIdOf = (extra) => extra.requestId;
export const protocolVersionOf = () => LATEST_PROTOCOL_VERSION;
