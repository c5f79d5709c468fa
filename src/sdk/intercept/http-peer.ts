import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { guard } from '../diagnostics/guard.ts';
import { isRecord } from '../protocol/json-rpc.ts';
import type { Transport } from './shapes.ts';

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

type Method = (this: unknown, ...args: unknown[]) => unknown;

const CHANNEL = 'http.server.request.start';
/** What the Node transports of both SDKs are handed an HTTP request with, as their first argument. */
const ENTRIES = ['handleRequest', 'handlePostMessage'] as const;
/** Methods of ours: a transport can be started again. */
const watching = new WeakSet<Method>();
const peers = new AsyncLocalStorage<HttpPeer>();
let users = 0;

/**
 * Remembers the peer of every HTTP request from here on; neither SDK passes it on. One subscription per process, kept
 * while any manager needs it.
 *
 * @returns a function that gives it up.
 */
export function watchHttpPeers(): () => void {
  if (users === 0) subscribe(CHANNEL, onRequestStart);
  users += 1;
  let needed = true;
  return () => {
    if (!needed) return;
    needed = false;
    users -= 1;
    if (users === 0) unsubscribe(CHANNEL, onRequestStart);
  };
}

/** The peer of the HTTP request in whose asynchronous context this runs. */
export function currentHttpPeer(): HttpPeer | undefined {
  return peers.getStore();
}

/**
 * Remembers the peers of what `transport` is handed where no channel told them: of a request that began before the first
 * manager was made, as in a factory, and of HTTP/2.
 */
export function watchPeersOf(transport: Transport): void {
  // The channel tells of this request, and so of the others.
  if (currentHttpPeer() !== undefined) return;
  for (const entry of ENTRIES) {
    const original: unknown = Reflect.get(transport, entry);
    if (typeof original !== 'function' || watching.has(original as Method)) continue;
    const watched = withPeer(original as Method);
    watching.add(watched);
    Reflect.set(transport, entry, watched);
  }
}

function withPeer(original: Method): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const peer =
      currentHttpPeer() === undefined ? guard('reading an HTTP request', () => peerOf(args[0])) : undefined;
    return peer === undefined
      ? original.apply(this, args)
      : peers.run(peer, () => original.apply(this, args));
  };
}

function onRequestStart(event: unknown): void {
  const peer = peerOf((event as { request?: unknown }).request);
  // Published right before the server's 'request' event, in the same asynchronous context: the handlers inherit it.
  if (peer !== undefined) peers.enterWith(peer);
}

/** A request of the Fetch API has no socket. */
function peerOf(request: unknown): HttpPeer | undefined {
  if (!isRecord(request) || !isRecord(request['socket'])) return undefined;
  const { socket, method, httpVersion } = request as unknown as IncomingMessage;
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  return {
    address: remoteAddress,
    port: remotePort,
    localAddress,
    localPort,
    method,
    version: httpVersion,
  };
}
