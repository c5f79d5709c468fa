import { newUuid } from '../new-uuid.ts';
import type { InFlight } from '../operation/in-flight.ts';
import type { Wire } from '../operation/operation.ts';
import { shortName } from '../protocol/meta.ts';
import type { ClientSession, SessionFacts } from '../session/client-session.ts';
import { isKnown, type Sender } from '../session/inferred-sessions.ts';
import type { SessionEndReason, SessionSource } from '../types.ts';
import { currentHttpPeer } from './http-peer.ts';
import type { Observer } from './observer.ts';
import type { Received } from './received.ts';
import { type Introduced, stdinOf, type Transport, type TransportKind, wireOf } from './shapes.ts';
import { onStdinEnd } from './stdin-end.ts';

/** The session of each wire that has no session id: servers that follow one another on a wire share it. */
const sessionsOfWires = new WeakMap<object, Map<Observer, ClientSession>>();

/** Requests that a client sends to find out what it talks to; a server that saw no other may yet be replaced. */
const PROBES: ReadonlySet<string> = new Set(['server/discover']);

/** Session ids may be JWTs, which begin alike and are long. */
const MAX_ID_LENGTH = 1024;

/** Sessions that one connection remembers, to end them with it; those of further ones end by the idle timeout. */
const MAX_OTHERS = 1_000;

/** Finds the client session of the messages of one connection. */
export class SessionBinding {
  readonly #observer: Observer;
  readonly #transport: Transport;
  readonly #kind: TransportKind;
  readonly #wire: Wire;
  /** Undefined where there is no stdin, and once it has ended. */
  #stopWatchingStdin: (() => void) | undefined;
  readonly #inbound: InFlight;
  readonly #introduced: Introduced | undefined;
  #session: ClientSession | undefined;
  #first: ClientSession | undefined;
  /** The session of a connection without ids of its own. */
  #ofConnection: ClientSession | undefined;
  /** Sessions beside the newest: a host can hold several conversations over one connection. */
  #others: Set<ClientSession> | undefined;
  #onlyProbed = true;
  #opened = false;
  /** The client has gone, and waits for no answer; some of its requests are still open. */
  #clientGone = false;

  /**
   * @param inbound the requests of this connection that are open.
   * @param introduced what the client had told before the server was instrumented.
   */
  constructor(
    observer: Observer,
    transport: Transport,
    kind: TransportKind,
    wire: Wire,
    inbound: InFlight,
    introduced: Introduced | undefined,
  ) {
    this.#introduced = introduced;
    this.#observer = observer;
    this.#transport = transport;
    this.#kind = kind;
    this.#wire = wire;
    this.#inbound = inbound;
    const stdin = stdinOf(transport);
    if (stdin !== undefined) this.#stopWatchingStdin = onStdinEnd(stdin, () => this.#stdinEnded());
  }

  /** The session of the newest message. */
  get current(): ClientSession | undefined {
    return this.#session;
  }

  /** The session of a request, which counts in it; opens one where there is none yet. */
  forRequest(received: Received): ClientSession | undefined {
    if (!PROBES.has(received.method)) this.#onlyProbed = false;
    const before = this.#session;
    const { registry, clock } = this.#observer;
    this.#opened = false;
    const session = this.#find(received, true);
    this.#turnTo(session);
    if (session === undefined) return undefined;
    if (!this.#opened) session.noteRequest(clock.now(), toolOf(received));
    // The client fell silent for long, and its connection outlived the session.
    if (session.endReason !== undefined) registry.resume(session, clock.now());
    if (session !== before || received.client !== undefined || received.protocolVersion !== undefined) {
      session.learn(this.#factsOf(received));
    }
    return session;
  }

  /** The session of a notification; it does not open one. */
  forNotification(received: Received): ClientSession | undefined {
    this.#turnTo(this.#find(received, false) ?? this.#session);
    return this.#session;
  }

  /** The transport closed. Where every request has a transport of its own, that says nothing of the session. */
  closed(): void {
    // v2's transport closes at the end of stdin, before our own listener for it is called.
    if (this.#stopWatchingStdin !== undefined && this.#closeReason() === 'stdin_eof') {
      this.#stdinEnded();
      return;
    }
    this.#stopWatchingStdin?.();
    // A probe's server is thrown away, and the wire goes on.
    if (this.#onlyProbed && wireOf(this.#transport) !== this.#transport) return;
    this.#end(this.#closeReason());
  }

  /** A request was answered, after its client had gone. */
  answered(): void {
    if (!this.#clientGone || this.#inbound.size > 0) return;
    this.#clientGone = false;
    this.#end('stdin_eof');
    this.#observer.stdinEnded();
  }

  #find(received: Received, mayOpen: boolean): ClientSession | undefined {
    const key = this.#observer.sessionKey(received.forHook);
    if (key !== undefined) return this.#byId(key.slice(0, MAX_ID_LENGTH), 'application', received, mayOpen);
    const { sessionId } = this.#transport;
    if (typeof sessionId === 'string' && sessionId !== '') {
      if (this.#session?.id === sessionId) return this.#session;
      return this.#byId(sessionId.slice(0, MAX_ID_LENGTH), 'protocol', received, mayOpen);
    }
    return this.#kind === 'http' ? this.#inferred(received, mayOpen) : this.#ofWire(received, mayOpen);
  }

  #byId(id: string, source: SessionSource, received: Received, mayOpen: boolean): ClientSession | undefined {
    const { registry } = this.#observer;
    if (this.#session?.id === id) return this.#session;
    return registry.get(id) ?? (mayOpen ? this.#open(id, source, received) : undefined);
  }

  #ofWire(received: Received, mayOpen: boolean): ClientSession | undefined {
    if (this.#ofConnection !== undefined) return this.#ofConnection;
    const wire = wireOf(this.#transport);
    const onWire = sessionsOfWires.get(wire) ?? new Map<Observer, ClientSession>();
    const known = onWire.get(this.#observer);
    if (known === undefined && !mayOpen) return undefined;
    const session = known ?? this.#open(newUuid(), 'connection', received);
    if (wire !== this.#transport) sessionsOfWires.set(wire, onWire.set(this.#observer, session));
    this.#ofConnection = session;
    return session;
  }

  #inferred(received: Received, mayOpen: boolean): ClientSession | undefined {
    const { inferred, inferSessions } = this.#observer;
    if (!inferSessions) return undefined;
    const { address, userAgent, client, modern } = received;
    const sender: Sender = { principal: received.principal(), address, userAgent, client, modern };
    if (!isKnown(sender)) return undefined;
    const session =
      inferred.find(sender) ?? (mayOpen ? this.#open(newUuid(), 'inferred', received) : undefined);
    if (session !== undefined && mayOpen) inferred.remember(sender, session);
    return session;
  }

  #open(id: string, source: SessionSource, received: Received): ClientSession {
    const { registry, clock } = this.#observer;
    this.#opened = true;
    return registry.open(id, source, clock.now(), this.#factsOf(received), toolOf(received));
  }

  #factsOf(received: Received): SessionFacts {
    const http = this.#kind === 'http';
    const { client, protocolVersion } = received;
    // What `initialize` told holds for every session of a connection that has one client.
    const oneClient = !http || this.#transport.sessionId !== undefined;
    const first = oneClient ? this.#first?.facts : undefined;
    const before = oneClient ? this.#introduced : undefined;
    const name = client ?? (first?.clientName === undefined ? before?.client : undefined);
    return {
      clientName: name?.name ?? first?.clientName,
      clientVersion: name === undefined ? first?.clientVersion : name.version,
      protocolVersion: protocolVersion ?? first?.protocolVersion ?? before?.protocolVersion,
      networkTransport: this.#wire.networkTransport,
      networkProtocolName: this.#wire.networkProtocolName,
      clientAddress: http ? received.address : undefined,
      userAgent: http ? received.userAgent : undefined,
    };
  }

  /** Whether the session lives and dies with this transport. */
  #isBound(session: ClientSession): boolean {
    return this.#kind === 'http' ? session.source === 'protocol' : true;
  }

  #closeReason(): SessionEndReason {
    if (this.#kind === 'http' && currentHttpPeer()?.method === 'DELETE') return 'client_delete';
    const stdin = stdinOf(this.#transport) as { readableEnded?: boolean } | undefined;
    return stdin?.readableEnded === true ? 'stdin_eof' : 'transport_close';
  }

  #stdinEnded(): void {
    this.#stopWatchingStdin?.();
    this.#stopWatchingStdin = undefined;
    // v1 goes on answering what it has read; how that ends is the session's too.
    if (this.#inbound.size > 0) this.#clientGone = true;
    else this.#end('stdin_eof');
    this.#observer.stdinEnded();
  }

  #turnTo(session: ClientSession | undefined): void {
    const before = this.#session;
    this.#session = session;
    this.#first ??= session;
    if (before === undefined || before === session || !this.#isBound(before)) return;
    this.#others ??= new Set();
    this.#others.delete(before);
    this.#others.add(before);
    if (this.#others.size <= MAX_OTHERS) return;
    for (const oldest of this.#others) return void this.#others.delete(oldest);
  }

  /** Ends the sessions that live and die with this connection. */
  #end(reason: SessionEndReason): void {
    const { registry, clock } = this.#observer;
    for (const session of new Set([this.#session, ...(this.#others ?? [])])) {
      if (session !== undefined && this.#isBound(session)) registry.end(session, reason, clock.now());
    }
  }
}

/** The tool that a request calls. */
function toolOf({ method, subject }: Received): string | undefined {
  return method === 'tools/call' && subject !== undefined ? shortName(subject.value) : undefined;
}
