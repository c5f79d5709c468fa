import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** Who is at the other end of the HTTP request that is being handled. */
export interface HttpPeer {
  address: string | undefined;
  port: number | undefined;
  /** The HTTP method. */
  method: string | undefined;
}

const CHANNEL = 'http.server.request.start';
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
  let watching = true;
  return () => {
    if (!watching) return;
    watching = false;
    users -= 1;
    if (users === 0) unsubscribe(CHANNEL, onRequestStart);
  };
}

/** The peer of the HTTP request in whose asynchronous context this runs. */
export function currentHttpPeer(): HttpPeer | undefined {
  return peers.getStore();
}

/** Runs what handles an HTTP request, where the runtime does not publish that one has begun. */
export function withHttpMethod<T>(method: string, run: () => T): T {
  if (peers.getStore()?.method !== undefined) return run();
  return peers.run({ address: undefined, port: undefined, method }, run);
}

function onRequestStart(event: unknown): void {
  const request = (event as { request?: IncomingMessage }).request;
  const socket = request?.socket;
  // Published right before the server's 'request' event, in the same asynchronous context: the handlers inherit it.
  peers.enterWith({ address: socket?.remoteAddress, port: socket?.remotePort, method: request?.method });
}
