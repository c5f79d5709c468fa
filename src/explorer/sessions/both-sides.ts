import type { Placed } from './order.ts';
import { NOTIFICATION } from './outcome.ts';
import type { EventKind, SessionEvent } from './session-event.ts';

/** What of an event tells which one of the other side is the same. */
export interface Sided extends Pick<Placed, 'span'> {
  /** An instrumented client recorded it. */
  readonly isOfClient: boolean;
  readonly kind: EventKind;
  readonly method: string | undefined;
  /** `jsonrpc.request.id`. */
  readonly rpcId: string | undefined;
  /** Of a client's. */
  readonly wait: Wait;
}

/**
 * How long who asked has waited, as its span tells: for the answer, or for as long as it cared to. `unknown`: the span is of
 * more than the request.
 */
export type Wait = 'answered' | 'given_up' | 'unknown';

export interface Joined<T> {
  /** The server's, and those requests that only the client recorded. */
  readonly kept: readonly T[];
  /** What the client recorded of it, by what the server did. */
  readonly peers: ReadonlyMap<T, T>;
  /** Whether anything is of a server. */
  readonly isServed: boolean;
}

/** What an event tells of the other side. */
export type OfBothSides = Pick<SessionEvent, 'networkMs' | 'clientError' | 'side'>;

/** How an event ended; what is not known may be left out. */
type Ended = { readonly [K in 'latencyMs' | 'status' | 'error']?: SessionEvent[K] };

/** What the client recorded of an event. */
export type SeenByClient = Ended & Pick<Sided, 'wait'>;

/** Clocks of two machines. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * The messages of a session, each once: a request that both sides recorded is the server's. One side's span hangs directly
 * below the other's; without trace context, method and id on the wire tell, of those that are nearest in time. Notifications
 * have no counterpart that could be told, and are the server's alone.
 */
export function joinSides<T extends Sided>(all: readonly T[]): Joined<T> {
  const ofClient = all.filter((each) => each.isOfClient);
  const isServed = ofClient.length < all.length;
  if (ofClient.length === 0 || !isServed) return { kept: all, peers: new Map(), isServed };
  const peers = new Map<T, T>();
  const taken = new Set<T>();
  const ofServer = all.filter((each) => !each.isOfClient);
  const take = (server: T, client: T | undefined): void => {
    if (client === undefined || peers.has(server) || taken.has(client) || !areAlike(server, client)) return;
    peers.set(server, client);
    taken.add(client);
  };
  const clients = byId(ofClient);
  for (const each of ofServer) if (each.kind === 'request') take(each, clients.get(parentOf(each)));
  const servers = byId(ofServer);
  for (const each of ofClient) {
    const server = each.kind === 'sent' ? servers.get(parentOf(each)) : undefined;
    if (server !== undefined) take(server, each);
  }
  const open = byWire(ofServer.filter((each) => !peers.has(each)));
  for (const each of ofClient) {
    const server = taken.has(each) ? undefined : nearest(open.get(wireOf(each)) ?? [], each, peers);
    if (server !== undefined) take(server, each);
  }
  const kept = all.filter((each) => !each.isOfClient || (!taken.has(each) && isRequest(each)));
  return { kept, peers, isServed };
}

/** What was recorded of an event, with what its client recorded of it. */
export function withSides(
  { kind, latencyMs, status }: Ended & Pick<SessionEvent, 'kind'>,
  client: SeenByClient,
): OfBothSides {
  const isAsked = kind === 'request';
  const [asked, answered] = isAsked ? [client.latencyMs, latencyMs] : [latencyMs, client.latencyMs];
  const apartMs = (asked ?? 0) - (answered ?? 0);
  const hasGivenUp = isAsked ? client.wait === 'given_up' : status === 'cancelled';
  // The end of an answer is noted later than where it has come in at once.
  const isLess = apartMs < 0 && client.status !== status;
  return {
    networkMs: hasGivenUp || isLess || client.wait === 'unknown' ? undefined : Math.max(0, apartMs),
    clientError:
      isAsked && client.status === 'error' && status !== 'error' ? (client.error ?? 'error') : undefined,
    side: undefined,
  };
}

function areAlike(one: Sided, other: Sided): boolean {
  return one.kind === other.kind && one.method === other.method && isRequest(one);
}

function isRequest({ kind, method }: Sided): boolean {
  return kind === 'request' || (kind === 'sent' && method?.startsWith(NOTIFICATION) === false);
}

function byId<T extends Sided>(all: readonly T[]): Map<string, T> {
  return new Map(all.map((each) => [`${each.span.traceId} ${each.span.spanId}`, each]));
}

function parentOf({ span: { traceId, parentSpanId } }: Sided): string {
  return `${traceId} ${parentSpanId ?? ''}`;
}

/** By their ids on the wire, which are of one connection. */
function byWire<T extends Sided>(all: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const each of all) {
    if (each.rpcId === undefined) continue;
    const same = found.get(wireOf(each));
    if (same === undefined) found.set(wireOf(each), [each]);
    else same.push(each);
  }
  return found;
}

function wireOf({ kind, method, rpcId }: Sided): string {
  return rpcId === undefined ? '' : JSON.stringify([kind, method, rpcId]);
}

function nearest<T extends Sided>(
  candidates: readonly T[],
  to: Sided,
  peers: ReadonlyMap<T, T>,
): T | undefined {
  let found: T | undefined;
  let least = CLOCKS_DIFFER_MS;
  for (const each of candidates) {
    const apart = Math.abs(each.span.startMs - to.span.startMs);
    if (apart >= least || peers.has(each)) continue;
    found = each;
    least = apart;
  }
  return found;
}
