import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { createProxyServer, type ProxyServer } from 'httpxy';
import type { TelemetryManager } from '../../sdk/telemetry-manager.ts';
import type { Introduction } from '../introduction.ts';
import { Exchange } from './exchange.ts';
import { headersToClient, headersToUpstream } from './headers.ts';
import { Passage } from './passage.ts';
import {
  NO_PATH,
  NO_TUNNEL,
  type Refusal,
  refusalOfFailure,
  refusalOfHost,
  refuse,
  refuseOn,
} from './refusals.ts';
import { ServedSessions } from './served-sessions.ts';
import { upstreamPath } from './upstream-path.ts';

export interface HttpProxyOptions {
  /** The server's address; requests go to its origin only. */
  readonly target: URL;
  readonly manager: TelemetryManager;
  readonly introduction: Introduction;
  /** Whether the server gets `Host` and `Origin` as the client sent them. */
  readonly keepsHost: boolean;
  /** Whether only this machine can ask: then by its own names. */
  readonly isLocal: boolean;
  /** Told why the server cannot be reached. */
  readonly say: (text: string) => void;
}

/** What is there of a request that is passed on. */
interface Open {
  readonly passage: Passage;
  /** Whether the client wants its connection to end with the answer. */
  readonly closes: boolean;
  /** The answer, where that is a stream of events. */
  stream: IncomingMessage | undefined;
}

/** Servers drop connections that were idle for five seconds, and some do not say so. */
const IDLE_CONNECTION_MS = 4_000;
/** Clients think between two calls. */
const IDLE_CLIENT_MS = 65_000;

const EVENTS = /^\s*text\/event-stream\b/i;

/** Passes requests on to one server, and reads what has passed. */
export class HttpProxy {
  /** Listens where it is told to. */
  readonly server: http.Server;
  readonly #options: HttpProxyOptions;
  readonly #agent: http.Agent;
  readonly #forwarder: ProxyServer;
  readonly #sessions: ServedSessions;
  readonly #open = new Map<ServerResponse, Open>();
  #failure: string | undefined;

  constructor(options: HttpProxyOptions) {
    const { target, manager, introduction } = options;
    this.#options = options;
    this.#sessions = new ServedSessions(manager, introduction);
    const { Agent } = target.protocol === 'https:' ? https : http;
    this.#agent = new Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
    this.#forwarder = createProxyServer({
      target: new URL(target.origin),
      agent: this.#agent,
      prependPath: false,
    });
    this.#listenToForwarder();
    this.server = http.createServer({ keepAliveTimeout: IDLE_CLIENT_MS }, (request, response) =>
      this.#pass(request, response),
    );
    this.server.on('connect', (_request, socket) => refuseOn(socket, NO_TUNNEL));
  }

  /** Ends the streams of events, whose clients take it for the end of a stream, and what else is open. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const [response, { stream }] of this.#open) {
      if (stream === undefined) continue;
      stream.unpipe(response);
      response.end();
    }
    // They go out first.
    await new Promise((resolve) => setImmediate(resolve));
    this.server.closeAllConnections();
    this.#agent.destroy();
    await closed;
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const { target, keepsHost } = this.#options;
    const path = upstreamPath(target, request.url);
    const refusal = path === undefined ? NO_PATH : this.#refusalOf(request);
    if (path === undefined || refusal !== undefined) {
      refuse(response, refusal ?? NO_PATH);
      return;
    }
    const { headers, method = '' } = request;
    const exchange = maySpeakMcp(request)
      ? new Exchange(this.#sessions, target, { method, path, headers })
      : undefined;
    const closes = /\bclose\b/i.test(headers.connection ?? '');
    const passage = new Passage(exchange, response);
    this.#open.set(response, { passage, closes, stream: undefined });
    response.once('close', () => {
      this.#open.delete(response);
      passage.closed();
    });
    request.url = path;
    request.headers = headersToUpstream(request, target, keepsHost);
    this.#forwarder.web(request, response).catch(() => {});
  }

  #refusalOf(request: IncomingMessage): Refusal | undefined {
    const { isLocal, keepsHost } = this.#options;
    return isLocal && !keepsHost ? refusalOfHost(request) : undefined;
  }

  #listenToForwarder(): void {
    const { target, say } = this.#options;
    this.#forwarder.on('proxyReq', (sent, request, response) => {
      sent.once('pipe', () => this.#open.get(response)?.passage.readAsked(request));
    });
    this.#forwarder.on('proxyRes', (answer, _request, response) => {
      this.#failure = undefined;
      this.#answered(answer, response);
    });
    this.#forwarder.on('error', (error, request, response) => {
      if (request === undefined || !(response instanceof http.ServerResponse)) return;
      this.#open.get(response)?.passage.lost();
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      const refusal = refusalOfFailure(error, target);
      if (this.#failure !== refusal.text) say(refusal.text);
      this.#failure = refusal.text;
      refuse(response, refusal);
    });
  }

  #answered(answer: IncomingMessage, response: ServerResponse): void {
    const open = this.#open.get(response);
    if (open === undefined) return;
    const { headers } = answer;
    answer.headers = headersToClient(headers, open.closes);
    response.once('pipe', () => {
      open.passage.readAnswer(answer, headers);
      if (EVENTS.test(headers['content-type'] ?? '')) open.stream = answer;
    });
  }
}

/** Other requests are of a login, or of a browser. */
function maySpeakMcp({ method, headers }: IncomingMessage): boolean {
  switch (method) {
    case 'POST':
      return /^\s*application\/json\b/i.test(headers['content-type'] ?? '');
    case 'GET':
      return /\btext\/event-stream\b/i.test(headers.accept ?? '');
    case 'DELETE':
      return headers['mcp-session-id'] !== undefined;
    default:
      return false;
  }
}
