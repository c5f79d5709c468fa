import {
  Client as NewClient,
  StreamableHTTPClientTransport as NewTransport,
} from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { FROM, REPLICA } from '../balancer.ts';
import type { Caller, Ledger, Sent } from './ledger.ts';

/** Version 1 of the SDK; version 2, which speaks both; and the protocol without sessions. */
export const SDKS = ['v1', 'v2', 'modern'] as const;
export type Sdk = (typeof SDKS)[number];

export interface ClientOptions {
  readonly url: URL;
  readonly ledger: Ledger;
  readonly caller: Caller;
  readonly sdk: Sdk;
  readonly token?: string | undefined;
  /** Of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The conversation that the headers name. */
  readonly conversation?: string | undefined;
}

/** What one call says of its conversation. */
export interface Call {
  readonly label: string;
  readonly conversation?: string | undefined;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

type Meta = { _meta?: Record<string, unknown> };

/** A real client whose requests are written down as they are sent. */
export class RecordedClient {
  readonly #options: ClientOptions;
  readonly #client: Client | NewClient;
  readonly #transport: StreamableHTTPClientTransport | NewTransport;
  /** What the next request names by its `_meta`. */
  #conversation: string | undefined;

  private constructor(options: ClientOptions) {
    const { url, caller, sdk, headers, token } = options;
    this.#options = options;
    const transport = {
      fetch: (input: string | URL, init?: RequestInit) => this.#send(input, init),
      requestInit: {
        headers: {
          ...headers,
          [FROM]: caller.address,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
      },
    };
    if (sdk === 'v1') {
      this.#client = new Client(caller.client);
      this.#transport = new StreamableHTTPClientTransport(url, transport);
    } else {
      const mode = sdk === 'modern' ? { pin: '2026-07-28' } : 'legacy';
      this.#client = new NewClient(caller.client, { versionNegotiation: { mode } });
      this.#transport = new NewTransport(url, transport);
    }
  }

  static async open(options: ClientOptions): Promise<RecordedClient> {
    const client = new RecordedClient(options);
    // The types of the SDK's transports do not agree with its own under `exactOptionalPropertyTypes`.
    await (client.#client as NewClient).connect(client.#transport as NewTransport);
    return client;
  }

  /** @param call - where the list names a conversation, too */
  async listTools({ conversation, meta }: Partial<Call> = {}): Promise<void> {
    this.#conversation = conversation;
    await this.#client.listTools(withMeta({}, meta));
  }

  /** Whatever comes of it is written down. */
  async call(tool: string, { label, conversation, meta }: Call): Promise<void> {
    this.#conversation = conversation;
    const asked = withMeta({ name: tool, arguments: { label } }, meta);
    const failed = await this.#client.callTool(asked).then(
      ({ isError }) => isError === true,
      (error) => {
        // An answer all the same; whatever else went wrong is a fault of the check.
        if (typeof error?.code === 'number') return true;
        throw error;
      },
    );
    const sent = this.#options.ledger.sent.findLast((each) => each.label === label);
    if (sent === undefined) throw new Error(`the call of ${tool} was not sent`);
    sent.failed = failed;
  }

  /** With a word of goodbye where the protocol has one. */
  async end(): Promise<void> {
    if (this.#transport.sessionId !== undefined) await this.#transport.terminateSession();
    await this.#client.close();
  }

  /** Without one. */
  close(): Promise<void> {
    return this.#client.close();
  }

  async #send(input: string | URL, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(input, init);
    const message = typeof init.body === 'string' ? JSON.parse(init.body) : {};
    if (message.id !== undefined && message.method !== undefined) this.#note(message, init, response);
    return response;
  }

  #note({ method, params }: any, init: RequestInit, response: Response): void {
    const { ledger, caller, sdk, conversation = this.#conversation } = this.#options;
    const isCall = method === 'tools/call';
    const name = 'mcp-session-id';
    const protocolId = new Headers(init.headers).get(name) ?? response.headers.get(name);
    const sent: Sent = {
      caller,
      method,
      ...(isCall && { tool: params.name, label: params.arguments.label }),
      ...(conversation !== undefined && { conversation }),
      replica: Number(response.headers.get(REPLICA)),
      ...(protocolId !== null && { protocolId }),
      knowsClient: sdk === 'modern' || method === 'initialize',
      failed: false,
    };
    ledger.add(sent);
  }
}

function withMeta<T extends object>(asked: T, meta: Call['meta']): T & Meta {
  return meta === undefined ? asked : { ...asked, _meta: { ...meta } };
}
