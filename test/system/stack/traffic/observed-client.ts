import { Client as ModernClient } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport, type StdioServerParameters } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { TelemetryManager } from '../../../../src/index.ts';
import type { ProcessTruth, RequestTruth, SessionTruth } from './truth.ts';

/** How a request is expected to go. */
export interface Expected {
  tool?: string;
  prompt?: string;
  /** The handler takes at least so long. */
  atLeastMs?: number;
  errorType?: string;
  /** The code of a JSON-RPC error. */
  statusCode?: string;
  /** The answer is the error that asks the user to open a URL. */
  asksUser?: true;
}

interface Result {
  isError?: boolean;
  content?: { text?: string }[];
}

/** Longer than the test: no client gives an open call up. */
const OPEN_CALL_MS = 3_600_000;

type AnyTransport = StdioClientTransport | StreamableHTTPClientTransport;

/** A real client, and the account of what it did. */
export class ObservedClient {
  truth: SessionTruth;
  readonly #client: Client | ModernClient;
  #transport: AnyTransport | undefined;
  #ended: (truth: SessionTruth) => void = () => {};

  private constructor(client: Client | ModernClient, truth: SessionTruth) {
    this.#client = client;
    this.truth = truth;
  }

  /**
   * Starts the server and says `initialize`.
   *
   * @param telemetry - of a client that is instrumented: its signals are no sessions and no requests more
   */
  static async overStdio(
    who: SessionTruth['client'],
    service: string,
    server: StdioServerParameters,
    telemetry?: TelemetryManager,
  ): Promise<ObservedClient> {
    const transport = new StdioClientTransport({ stderr: 'ignore', ...server });
    return ObservedClient.#legacy(who, service, transport, telemetry);
  }

  static async overHttp(
    who: SessionTruth['client'],
    service: string,
    url: URL,
    telemetry?: TelemetryManager,
  ): Promise<ObservedClient> {
    return ObservedClient.#legacy(who, service, new StreamableHTTPClientTransport(url), telemetry);
  }

  /**
   * A client of protocol 2026-07-28, which begins with `server/discover`.
   *
   * @param id - of the session, where the server's application gives it one
   */
  static async modern(
    who: SessionTruth['client'],
    service: string,
    connect: (client: ModernClient) => Promise<void>,
    id?: string,
  ): Promise<ObservedClient> {
    const client = new ModernClient(who, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    const source = id === undefined ? 'inferred' : 'application';
    const truth = { ...newTruth(who, service, 'tcp', source), ...(id !== undefined && { id }) };
    const observed = new ObservedClient(client, truth);
    await observed.#request('server/discover', {}, () => connect(client));
    return observed;
  }

  static async #legacy(
    who: SessionTruth['client'],
    service: string,
    transport: AnyTransport,
    telemetry?: TelemetryManager,
  ) {
    const client = new Client(who, { capabilities: { elicitation: {} } });
    telemetry?.instrumentClient(client);
    const isPipe = transport instanceof StdioClientTransport;
    const truth: SessionTruth = {
      ...newTruth(who, service, isPipe ? 'pipe' : 'tcp', isPipe ? 'connection' : 'protocol'),
      ...(telemetry !== undefined && { observed: true }),
    };
    client.setRequestHandler(ElicitRequestSchema, () => {
      truth.served.push('elicitation/create');
      return { action: 'accept', content: { store: 'Oslo' } };
    });
    const observed = new ObservedClient(client, truth);
    observed.#transport = transport;
    // The types of the SDK's transports do not agree with its own under `exactOptionalPropertyTypes`.
    await observed.#request('initialize', {}, () =>
      client.connect(transport as Parameters<Client['connect']>[0]),
    );
    if (!isPipe && (transport as StreamableHTTPClientTransport).sessionId !== undefined) {
      truth.id = (transport as StreamableHTTPClientTransport).sessionId as string;
    }
    return observed;
  }

  /** Another process serves the session from now on: what the client asks is written down there. */
  movesTo({ sessions }: ProcessTruth): void {
    const { client, service, transport, source, id } = this.truth;
    const known = sessions.find((session) => session.id === id);
    this.truth = known ?? {
      ...newTruth(client, service, transport, source),
      ...(id !== undefined && { id }),
    };
    if (known === undefined) sessions.push(this.truth);
  }

  listTools(expected: Expected = {}): Promise<void> {
    return this.#request('tools/list', expected, async () => {
      const { tools } = await this.#client.listTools();
      Object.assign(this.truth.requests.at(-1) as RequestTruth, { tools: tools.map(({ name }) => name) });
    });
  }

  call(tool: string, args: Record<string, unknown> = {}, expected: Expected = {}): Promise<void> {
    return this.#request('tools/call', { tool, ...expected }, () =>
      this.#client.callTool({ name: tool, arguments: args }),
    );
  }

  /** A call that is not waited for; it is open until the session ends. */
  leaveOpen(tool: string, args: Record<string, unknown>): void {
    this.truth.requests.push(begin('tools/call', { tool }));
    if (!(this.#client instanceof Client)) throw new Error('only a client with a session leaves a call open');
    const options = { timeout: OPEN_CALL_MS };
    this.#client.callTool({ name: tool, arguments: args }, undefined, options).catch(() => {});
  }

  prompt(name: string, expected: Expected = {}): Promise<void> {
    const known = expected.statusCode === undefined && { prompt: name };
    return this.#request('prompts/get', { ...expected, ...known }, () => this.#client.getPrompt({ name }));
  }

  /** Ends the session: `DELETE` over HTTP, the end of stdin over stdio. */
  async end(endReason: string): Promise<void> {
    const from = Date.now();
    if (this.#transport instanceof StreamableHTTPClientTransport) await this.#transport.terminateSession();
    await this.#client.close();
    Object.assign(this.truth, { status: 'ended', endReason, ended: { from, to: Date.now() } });
    this.#ended(this.truth);
  }

  /** Kills the server of a stdio client: nothing of it says that the session is over. */
  async crash(): Promise<void> {
    if (!(this.#transport instanceof StdioClientTransport) || this.#transport.pid === null) {
      throw new Error('only the server of a stdio client can be killed by its client');
    }
    process.kill(this.#transport.pid, 'SIGKILL');
    this.truth.status = 'lost';
    this.#ended(this.truth);
    await this.#client.close();
  }

  /** Calls `listener` when the client has ended the session, or killed its server. */
  onEnd(listener: (truth: SessionTruth) => void): void {
    this.#ended = listener;
  }

  /** Lets go of the connection without a word of goodbye. */
  async disconnect(): Promise<void> {
    await this.#client.close();
  }

  async #request(method: string, expected: Expected, send: () => Promise<unknown>): Promise<void> {
    const request = begin(method, expected);
    const isFirst = this.truth.requests.push(request) === 1;
    const from = performance.now();
    let failed: boolean;
    try {
      const result = (await send()) as Result | undefined;
      failed = result?.isError === true;
      if (failed) request.said = result?.content?.[0]?.text ?? '';
    } catch (error) {
      const { code, message } = error as { code?: unknown; message: string };
      if (typeof code !== 'number') throw error;
      failed = true;
      // The SDK puts the code before what the server said.
      request.said = message.replace(/^MCP error -?\d+: /, '');
    }
    request.tookMs = performance.now() - from;
    request.answeredAt = Date.now();
    request.failed = failed && expected.asksUser !== true;
    if (isFirst) this.truth.started = { from: request.sentAt, to: request.answeredAt };
    const shouldFail = (expected.errorType ?? expected.statusCode ?? expected.asksUser) !== undefined;
    if (failed === shouldFail) return;
    throw new Error(
      `${this.truth.client.name}: ${method} ${expected.tool ?? ''} ${failed ? 'failed' : 'did not fail'}`,
    );
  }
}

function begin(method: string, expected: Expected): RequestTruth {
  const { tool, prompt, atLeastMs, errorType, statusCode, asksUser } = expected;
  return {
    method,
    ...(tool !== undefined && { tool }),
    ...(prompt !== undefined && { prompt }),
    sentAt: Date.now(),
    atLeastMs: atLeastMs ?? 0,
    failed: false,
    ...(errorType !== undefined && { errorType }),
    ...(statusCode !== undefined && { statusCode }),
    ...(asksUser !== undefined && { asksUser }),
  };
}

function newTruth(
  client: SessionTruth['client'],
  service: string,
  transport: SessionTruth['transport'],
  source: SessionTruth['source'],
): SessionTruth {
  const now = Date.now();
  return {
    client,
    service,
    transport,
    source,
    status: 'active',
    started: { from: now, to: now },
    requests: [],
    notifications: ['protocol', 'connection'].includes(source) ? ['notifications/initialized'] : [],
    served: [],
  };
}
