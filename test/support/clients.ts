import { Client as ClientV2, InMemoryTransport as InMemoryV2 } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { TelemetryConfig } from '../../src/sdk/types.ts';
import { type Recording, record } from './recording.ts';
import { v1Server } from './v1.ts';
import { v2Server } from './v2.ts';

export type Sdk = 'v1' | 'v2';

const CAPABILITIES = { capabilities: { sampling: {}, elicitation: {}, roots: { listChanged: true } } };

/** A client of either SDK. Their methods that tests call are the same, and so are their types, nearly. */
export function newClient(sdk: Sdk, options: object = {}): Client {
  const info = { name: 'agent', version: '7' };
  const all = { ...CAPABILITIES, ...options };
  return sdk === 'v1' ? new Client(info, all) : (new ClientV2(info, all) as unknown as Client);
}

/** A server of either SDK. */
export function newServer(sdk: Sdk): ReturnType<typeof v1Server> {
  return sdk === 'v1' ? v1Server() : (v2Server() as unknown as ReturnType<typeof v1Server>);
}

export interface Observed extends Recording {
  client: Client;
  server: ReturnType<typeof v1Server>;
  transport: InMemoryTransport;
}

/** An observed client that is connected to a server in the same process, which is observed by `observeServer` alone. */
export async function observedClient(
  sdk: Sdk,
  {
    config = {},
    observeServer = () => {},
    options = {},
  }: { config?: TelemetryConfig; observeServer?: (server: object) => void; options?: object } = {},
): Promise<Observed> {
  const recording = record(config);
  const client = newClient(sdk, options);
  const server = newServer(sdk);
  recording.telemetry.instrumentClient(client);
  observeServer(server);
  const [near, far] = linkedPair(sdk);
  await server.connect(far);
  await client.connect(near);
  return { ...recording, client, server, transport: near };
}

export function linkedPair(sdk: Sdk): [InMemoryTransport, InMemoryTransport] {
  return sdk === 'v1'
    ? InMemoryTransport.createLinkedPair()
    : (InMemoryV2.createLinkedPair() as unknown as [InMemoryTransport, InMemoryTransport]);
}

/** Calls a tool with options, which the SDKs take in different places. */
export function callTool(
  sdk: Sdk,
  client: Client,
  params: { name: string },
  options: object,
): Promise<unknown> {
  if (sdk === 'v1') return client.callTool(params, undefined, options);
  return (client.callTool as (params: object, options: object) => Promise<unknown>)(params, options);
}
