import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernHttp,
} from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport, type StdioServerParameters } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** Which client comes: the SDK's of v1, or that of v2, held to protocol 2026-07-28. */
export type Era = 'legacy' | 'modern';

/** A server that the client starts, or the address of one that listens. */
export type Target = StdioServerParameters | URL;

/** The client of an SDK. What both have in common is all that is used of them. */
export function clientOf(era: Era, info: { name: string; version: string }): Client {
  if (era === 'legacy') return new Client(info);
  const modern = new ModernClient(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  return modern as unknown as Client;
}

/** A transport of the same SDK. */
export function transportTo(target: Target, era: Era) {
  const isLegacy = era === 'legacy';
  if (target instanceof URL) return new (isLegacy ? StreamableHTTPClientTransport : ModernHttp)(target);
  return new (isLegacy ? StdioClientTransport : ModernStdio)({ ...target, stderr: 'pipe' });
}
