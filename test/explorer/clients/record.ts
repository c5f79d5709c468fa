import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';
import { removeFolderSync } from '../../../tools/support/remove-folder.ts';
import { closeHosts, statefulV1, statelessV1 } from '../../support/http-v1.ts';
import { v1Server } from '../../support/v1.ts';

/** What each side wrote, as one text of lines. */
export interface Sides {
  readonly client: string;
  readonly server: string;
}

type Connect = (
  client: Client,
  server: TelemetryManager,
  create: () => McpServer,
) => Promise<() => Promise<void>>;

/** How a client reaches a server that is observed. */
export const TRANSPORTS = {
  'in memory': async (client, telemetry, create) => {
    const server = create();
    telemetry.instrument(server);
    const [near, far] = InMemoryTransport.createLinkedPair();
    await server.connect(far);
    await client.connect(near);
    return () => client.close();
  },
  'HTTP with sessions': async (client, telemetry, create) =>
    over(client, await statefulV1(telemetry, { create })),
  'HTTP without sessions': async (client, telemetry, create) =>
    over(client, await statelessV1(telemetry, { create })),
} satisfies Record<string, Connect>;

export interface RecordOptions {
  readonly ofClient?: TelemetryConfig;
  readonly ofServer?: TelemetryConfig;
  readonly client?: Client;
  readonly create?: () => McpServer;
}

/** Records one visit with a manager for each side, which write into folders of their own. */
export async function recordSides(
  transport: keyof typeof TRANSPORTS,
  visit: (client: Client) => Promise<unknown>,
  {
    ofClient = {},
    ofServer = {},
    client = new Client({ name: 'agent', version: '7' }),
    create = v1Server,
  }: RecordOptions = {},
): Promise<Sides> {
  const dirs = ['client', 'server'].map((side) => mkdtempSync(join(tmpdir(), `sides-${side}-`)));
  const config = { exporterType: 'file', enableMetrics: false } as const;
  const server = new TelemetryManager({
    ...config,
    serverName: 'weather',
    exporterEndpoint: dirs[1],
    ...ofServer,
  });
  const ours = new TelemetryManager({
    ...config,
    serverName: 'travel-agent',
    exporterEndpoint: dirs[0],
    ...ofClient,
  });
  ours.instrumentClient(client);
  try {
    const leave = await TRANSPORTS[transport](client, server, create);
    await visit(client);
    await leave();
  } finally {
    await closeHosts();
    await ours.shutdown();
    await server.shutdown();
  }
  const [clientText, serverText] = dirs.map(textOf);
  for (const dir of dirs) removeFolderSync(dir);
  return { client: clientText!, server: serverText! };
}

async function over(client: Client, { url }: { url: URL }): Promise<() => Promise<void>> {
  const transport = new StreamableHTTPClientTransport(url);
  await client.connect(transport as Parameters<Client['connect']>[0]);
  return async () => {
    // A test may have ended the server.
    await transport.terminateSession().catch(() => undefined);
    await client.close();
  };
}

function textOf(dir: string): string {
  return readdirSync(dir)
    .filter((name) => name.includes('traces'))
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('');
}
