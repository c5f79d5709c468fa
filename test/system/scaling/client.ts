import { randomBytes } from 'node:crypto';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** A real client of a Streamable HTTP server, and how many requests and errors it had. */
export class CountingClient {
  readonly #client: Client;
  readonly #transport: StreamableHTTPClientTransport;
  /** `initialize` included. */
  requests = 1;
  errors = 0;

  private constructor(client: Client, transport: StreamableHTTPClientTransport) {
    this.#client = client;
    this.#transport = transport;
  }

  static async connect(url: URL, name: string): Promise<CountingClient> {
    const client = new Client({ name, version: '1.0.0' });
    const transport = new StreamableHTTPClientTransport(url);
    // The types of the SDK's transports do not agree with its own under `exactOptionalPropertyTypes`.
    await client.connect(transport as unknown as Parameters<Client['connect']>[0]);
    return new CountingClient(client, transport);
  }

  /** What the server calls the session. */
  get sessionId(): string {
    const { sessionId } = this.#transport;
    if (sessionId === undefined) throw new Error('the server gave the session no id');
    return sessionId;
  }

  async listTools(): Promise<void> {
    this.requests += 1;
    await this.#client.listTools();
  }

  /** @param traceparent - of the span that the caller is in */
  async call(name: string, args: Record<string, unknown>, traceparent?: string): Promise<void> {
    this.requests += 1;
    const meta = traceparent === undefined ? {} : { _meta: { traceparent } };
    const { isError } = await this.#client.callTool({ name, arguments: args, ...meta });
    if (isError === true) this.errors += 1;
  }

  /** Asks for a prompt that does not exist: a JSON-RPC error. */
  async askInVain(): Promise<void> {
    this.requests += 1;
    this.errors += 1;
    const failed = await this.#client.getPrompt({ name: 'no-such-prompt' }).then(
      () => false,
      () => true,
    );
    if (!failed) throw new Error('a prompt that does not exist was answered');
  }

  async end(): Promise<void> {
    await this.#transport.terminateSession();
    await this.#client.close();
  }
}

/** The trace context of a caller that samples, a new trace each time. */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
