import type { InFlight } from '../operation/in-flight.ts';
import { isIntroduction } from '../protocol/methods.ts';
import type { ClientSession } from '../session/client-session.ts';
import type { SessionEndReason } from '../types.ts';
import { currentHttpPeer } from './http-peer.ts';
import type { Observer } from './observer.ts';
import type { Received } from './received.ts';
import { SessionLookup, toolOf } from './session-lookup.ts';
import { type Introduced, stdinOf, type Transport, type TransportKind, wireOf } from './shapes.ts';
import { onStdinEnd } from './stdin-end.ts';

/** Requests that a client sends to find out what it talks to; a server that saw no other may yet be replaced. */
const PROBES: ReadonlySet<string> = new Set(['server/discover']);

/** Sessions that one connection remembers, to end them with it; those of further ones end by the idle timeout. */
const MAX_OTHERS = 1_000;

/** The client sessions of the messages of one connection, and how they end with it. */
export class SessionBinding {
  readonly #observer: Observer;
  readonly #transport: Transport;
  readonly #kind: TransportKind;
  readonly #lookup: SessionLookup;
  /** Undefined where there is no stdin, and once it has ended. */
  #stopWatchingStdin: (() => void) | undefined;
  readonly #inbound: InFlight;
  #session: ClientSession | undefined;
  /** Sessions beside the newest: a host can hold several conversations over one connection. */
  #others: Set<ClientSession> | undefined;
  #onlyProbed = true;
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
    inbound: InFlight,
    introduced: Introduced | undefined,
  ) {
    this.#lookup = new SessionLookup(observer, transport, kind, introduced);
    this.#observer = observer;
    this.#transport = transport;
    this.#kind = kind;
    this.#inbound = inbound;
    const stdin = stdinOf(transport);
    if (stdin !== undefined) this.#stopWatchingStdin = onStdinEnd(stdin, () => this.#stdinEnded());
  }

  /** The session of the newest message. */
  get current(): ClientSession | undefined {
    return this.#session;
  }

  /** The protocol's session id, as it is shown. */
  get protocolId(): string | undefined {
    return this.#lookup.protocolId;
  }

  /** The session of a request, which counts in it; opens one where there is none yet. */
  forRequest(received: Received): ClientSession | undefined {
    if (!PROBES.has(received.method)) this.#onlyProbed = false;
    const before = this.#session;
    const { registry, clock } = this.#observer;
    const session = this.#lookup.find(received, true, before);
    this.#turnTo(session);
    if (session === undefined) return undefined;
    const now = clock.now();
    if (!isIntroduction(received.method)) {
      session.isHandshake = false;
      registry.leave(session, now);
    }
    if (!this.#lookup.opened) session.noteRequest(now, toolOf(received));
    // The client fell silent for long, and its connection outlived the session.
    if (session.endReason !== undefined) registry.resume(session, now);
    if (session !== before || received.client !== undefined || received.protocolVersion !== undefined) {
      session.learn(this.#lookup.factsOf(received, session));
    }
    return session;
  }

  /** The session of a notification; it does not open one. */
  forNotification(received: Received): ClientSession | undefined {
    this.#turnTo(this.#lookup.find(received, false, this.#session) ?? this.#session);
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

  /** Whether the session lives and dies with this transport. A conversation goes on over any other. */
  #isBound({ source }: ClientSession): boolean {
    return this.#kind === 'http' ? source === 'protocol' : source !== 'conversation';
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
