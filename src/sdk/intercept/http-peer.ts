import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { guard } from '../diagnostics/guard.ts';
import { processWide } from '../process-wide.ts';
import { isRecord } from '../protocol/json-rpc.ts';

/** Who is at the other end of the HTTP request that is being handled, and where it came in. */
export interface HttpPeer {
  address: string | undefined;
  port: number | undefined;
  localAddress: string | undefined;
  localPort: number | undefined;
  /** The HTTP method. */
  method: string | undefined;
  /** The version of HTTP, as Node tells it: `1.1`, `2.0`. */
  version: string | undefined;
}

const CHANNEL = 'http.server.request.start';
const NOBODY = {
  address: undefined,
  port: undefined,
  localAddress: undefined,
  localPort: undefined,
  version: undefined,
};

interface Watch {
  readonly peers: AsyncLocalStorage<HttpPeer>;
  users: number;
  readonly onRequestStart: (event: unknown) => void;
}

let shared: Watch | undefined;

/** Shared by the copies of the package, so that what one has seen of a request is known to all. */
function watch(): Watch {
  shared ??= processWide('http-peers', () => ({ peers: new AsyncLocalStorage(), users: 0, onRequestStart }));
  return shared;
}

/**
 * Remembers the peer of every HTTP request from here on; neither SDK passes it on. One subscription per process, kept
 * while any manager needs it.
 *
 * @returns a function that gives it up.
 */
export function watchHttpPeers(): () => void {
  const state = watch();
  if (state.users === 0) subscribe(CHANNEL, state.onRequestStart);
  state.users += 1;
  let needed = true;
  return () => {
    if (!needed) return;
    needed = false;
    state.users -= 1;
    if (state.users === 0) unsubscribe(CHANNEL, state.onRequestStart);
  };
}

/** The peer of the HTTP request in whose asynchronous context this runs. */
export function currentHttpPeer(): HttpPeer | undefined {
  return watch().peers.getStore();
}

/**
 * Runs what handles an HTTP request where no channel told of that: it began before the first manager was made, as in a
 * factory, or it is of HTTP/2, or the runtime has no such channel.
 */
export function withRequest<T>(request: unknown, run: () => T): T {
  const { peers } = watch();
  if (peers.getStore()?.method !== undefined) return run();
  const peer = guard('reading an HTTP request', () => peerOf(request));
  return peer === undefined ? run() : peers.run(peer, run);
}

function onRequestStart(event: unknown): void {
  const peer = peerOf((event as { request?: unknown }).request);
  // Published right before the server's 'request' event, in the same asynchronous context: the handlers inherit it.
  if (peer !== undefined) watch().peers.enterWith(peer);
}

function peerOf(request: unknown): HttpPeer | undefined {
  if (!isRecord(request)) return undefined;
  const { socket, method, httpVersion: version } = request as Partial<IncomingMessage>;
  // A request of the Fetch API has no socket. Of these only a DELETE matters: a close within it is the client's.
  if (!isRecord(socket)) return method === 'DELETE' ? { ...NOBODY, method } : undefined;
  const { remoteAddress, remotePort, localAddress, localPort } = socket as unknown as Socket;
  return { address: remoteAddress, port: remotePort, localAddress, localPort, method, version };
}
