import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernHttp,
} from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport, type StdioServerParameters } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** Which client comes: the SDK's of v1, or that of v2, held to protocol 2026-07-28. */
export type Era = 'legacy' | 'modern';

/** Servers of the transport before Streamable HTTP listen here. */
export const SSE_PATH = '/sse';

/** A server that the client starts, or the address of one that listens. */
export type Target = StdioServerParameters | URL;

/** What came of a client's visit. */
export interface Visited<T> {
  result: T;
  /** What came that is no message: on stdio, whatever else the server wrote to stdout. */
  noise: string[];
  /** Of a server that the client started. */
  stderr: string;
}

/** Lets a client come, do its work, and go as a well-behaved one does. */
export async function withClient<T>(
  target: Target,
  { era, info }: { era: Era; info: { name: string; version: string } },
  work: (client: Client) => Promise<T>,
  watch: (transport: ReturnType<typeof transportTo>) => void = () => {},
): Promise<Visited<T>> {
  const client = clientOf(era, info);
  const transport = transportTo(target, era);
  const noise: string[] = [];
  let stderr = '';
  if ('stderr' in transport) {
    transport.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
  }
  watch(transport);
  client.onerror = (error) => void noise.push(String(error));
  try {
    await client.connect(transport as never);
    const result = await work(client);
    // That an open stream is cut off when it goes is no noise of the server.
    client.onerror = () => {};
    if ('terminateSession' in transport && transport.sessionId !== undefined)
      await transport.terminateSession();
    await client.close();
    return { result, noise, stderr };
  } catch (error) {
    await client.close();
    throw new Error(`${String(error)}\n${noise.join('\n')}\n${stderr}`);
  }
}

/** The client of an SDK. What both have in common is all that is used of them. */
function clientOf(era: Era, info: { name: string; version: string }): Client {
  if (era === 'legacy') return new Client(info);
  const modern = new ModernClient(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  return modern as unknown as Client;
}

/** A transport of the same SDK. */
function transportTo(target: Target, era: Era) {
  const isLegacy = era === 'legacy';
  if (!(target instanceof URL))
    return new (isLegacy ? StdioClientTransport : ModernStdio)({ ...target, stderr: 'pipe' });
  if (target.pathname === SSE_PATH) return new SSEClientTransport(target);
  return new (isLegacy ? StreamableHTTPClientTransport : ModernHttp)(target);
}
