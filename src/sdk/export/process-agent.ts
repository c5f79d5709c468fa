import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Certificates } from './certificates.ts';

/** How connections of ours differ from those of the process. */
export interface AgentSettings {
  /** Connections at once. */
  maxSockets?: number;
  /** Whether connections are kept for the next request. */
  keepAlive: boolean;
  /** Whether a connection keeps the process alive: a collector that hangs must not keep a server from exiting. */
  keepsAlive: boolean;
  /** What an https peer is checked against, and shown. */
  tls?: Certificates | undefined;
}

/**
 * An agent that connects as the process's own requests do: through its proxy, with the authorities that it trusts. Its
 * connections are apart from the application's, which never waits for one of ours. An agent of the application's own
 * making cannot be copied and is used itself.
 */
export function processAgent(protocol: string, settings: AgentSettings): http.Agent {
  const kind = protocol === 'https:' ? https : http;
  const shared: http.Agent = kind.globalAgent;
  const isPlain = (shared.constructor as unknown) === kind.Agent;
  if (!isPlain || OVERRIDDEN.some((name) => Object.hasOwn(shared, name))) {
    return borrowed(shared, settings);
  }
  const { keepAlive, maxSockets, keepsAlive, tls } = settings;
  const agent = new kind.Agent({
    ...(shared as https.Agent).options,
    // A limit for idle connections of the process; ours wait for the next batch.
    timeout: 0,
    keepAlive,
    maxSockets: maxSockets ?? Number.POSITIVE_INFINITY,
    ...(kind === https && tls),
  } as http.AgentOptions);
  if (!keepsAlive) letGo(agent);
  return agent;
}

/** The proxy that a request to `url` goes through, for people; `undefined` where it goes straight, as far as one can see. */
export function proxyOf(url: URL): string | undefined {
  const { globalAgent } = url.protocol === 'https:' ? https : http;
  if (globalAgent.constructor !== http.Agent && globalAgent.constructor !== https.Agent) {
    return `a global agent of this process (${globalAgent.constructor.name})`;
  }
  // Private to Node, which has no question for it.
  const key = Object.getOwnPropertySymbols(globalAgent).find(
    ({ description }) => description === 'kProxyConfig',
  );
  const proxy = key === undefined ? undefined : (Reflect.get(globalAgent, key) as ProxyConfig | null);
  if (typeof proxy?.shouldUseProxy !== 'function' || !proxy.shouldUseProxy(url.hostname, url.port))
    return undefined;
  return `the proxy of ${url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'}`;
}

interface ProxyConfig {
  shouldUseProxy?(hostname: string, port: string): boolean;
}

/** What makes an agent another one than its class. */
const OVERRIDDEN = ['addRequest', 'createConnection', 'createSocket'];

/** The agent of the application, for requests of ours. */
function borrowed(shared: http.Agent, { keepsAlive, tls }: AgentSettings): http.Agent {
  const { addRequest } = shared as unknown as AgentInternals;
  return Object.create(shared, {
    addRequest: {
      value(request: http.ClientRequest, options: object, ...rest: unknown[]): void {
        if (!keepsAlive) request.once('socket', (socket) => socket.unref());
        addRequest.call(shared, request, { ...options, ...tls }, ...rest);
      },
    },
  }) as http.Agent;
}

function letGo(agent: http.Agent): void {
  const patched = agent as unknown as AgentInternals;
  const { createConnection, reuseSocket } = patched;
  patched.createConnection = function (this: unknown, ...args: unknown[]): Socket {
    return (createConnection.apply(this, args) as Socket).unref();
  };
  patched.reuseSocket = function (this: unknown, socket: Socket, request: unknown): void {
    reuseSocket.call(this, socket, request);
    socket.unref();
  };
}

/** Methods of `http.Agent` that its types leave out or type without a usable result. */
interface AgentInternals {
  addRequest(request: http.ClientRequest, options: object, ...rest: unknown[]): void;
  createConnection(...args: unknown[]): unknown;
  reuseSocket(socket: Socket, request: unknown): void;
}
