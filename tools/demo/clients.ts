import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernHttpTransport,
} from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport, type StdioServerParameters } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

/** Name and version that a client tells a server. */
export interface Who {
  name: string;
  version: string;
}

/** A client, and its transport, which can end the session. */
export interface OverHttp {
  client: Client;
  transport: StreamableHTTPClientTransport;
}

/** Connects clients and closes those that are still open when the demo stops. */
export class Clients {
  readonly #open = new Set<{ close(): Promise<void> }>();
  #closed = false;

  async overStdio(who: Who, server: StdioServerParameters): Promise<Client> {
    return this.#connect(interactive(who), new StdioClientTransport(server));
  }

  async overHttp(who: Who, url: URL): Promise<OverHttp> {
    return this.#overHttp(new Client(who), who, url);
  }

  /** A client that can be asked by the server. */
  async interactiveOverHttp(who: Who, url: URL): Promise<OverHttp> {
    return this.#overHttp(interactive(who), who, url);
  }

  /** A client that speaks 2026-07-28 and nothing else. It says yes to what it is asked. */
  async modern(who: Who, url: URL): Promise<ModernClient> {
    const client = new ModernClient(who, {
      capabilities: { elicitation: {} },
      versionNegotiation: { mode: { pin: '2026-07-28' } },
    });
    client.setRequestHandler('elicitation/create', async () => ({
      action: 'accept',
      content: { sure: true },
    }));
    this.#hold(client);
    await client.connect(new ModernHttpTransport(url, { requestInit: userAgent(who) }));
    return client;
  }

  async close(client: { close(): Promise<void> }): Promise<void> {
    this.#open.delete(client);
    await client.close();
  }

  /** Calls in flight are rejected, and so is what would connect from now on. */
  async closeAll(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([...this.#open].map((client) => this.close(client)));
  }

  async #overHttp(client: Client, who: Who, url: URL): Promise<OverHttp> {
    const transport = new StreamableHTTPClientTransport(url, { requestInit: userAgent(who) });
    return { client: await this.#connect(client, transport), transport };
  }

  async #connect(client: Client, transport: Parameters<Client['connect']>[0]): Promise<Client> {
    this.#hold(client);
    await client.connect(transport);
    return client;
  }

  #hold(client: { close(): Promise<void> }): void {
    if (this.#closed) throw new Error('the traffic has stopped');
    this.#open.add(client);
  }
}

/** A client that can be asked by the server: for roots, for the user's input, for a completion. */
function interactive(who: Who): Client {
  const client = new Client(who, { capabilities: { roots: {}, elicitation: {}, sampling: {} } });
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///workspace' }] }));
  client.setRequestHandler(ElicitRequestSchema, () => ({
    action: 'accept',
    content: { name: 'Ada', check: true },
  }));
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    model: 'a-model',
    role: 'assistant',
    content: { type: 'text', text: 'A completion.' },
  }));
  return client;
}

function userAgent({ name, version }: Who): { headers: Record<string, string> } {
  return { headers: { 'user-agent': `${name}/${version}` } };
}
