import { newUuid } from '../new-uuid.ts';
import { shortName } from '../protocol/meta.ts';
import type { ClientSession, SessionFacts } from '../session/client-session.ts';
import { isKnown } from '../session/inferred-sessions.ts';
import { isDrawnAtRandom } from '../session/random-text.ts';
import type { Claimant } from '../session-ids.ts';
import type { SessionSource } from '../types.ts';
import { callerOf, claimantOf, senderOf } from './caller.ts';
import type { Observer } from './observer.ts';
import type { Received } from './received.ts';
import {
  type Introduced,
  protocolIdOf,
  shortId,
  type Transport,
  type TransportKind,
  wireOf,
} from './shapes.ts';
import { wireFor } from './wires.ts';

/** The session of each wire that has no session id: servers that follow one another on a wire share it. */
const sessionsOfWires = new WeakMap<object, Map<Observer, ClientSession>>();

/** Finds the session that a message belongs to: by application, conversation, protocol, wire or caller, in this order. */
export class SessionLookup {
  readonly #observer: Observer;
  readonly #transport: Transport;
  readonly #kind: TransportKind;
  readonly #introduced: Introduced | undefined;
  /** The one that the protocol's id names on this transport, and that id. */
  #ofProtocolId: { readonly id: string; readonly session: ClientSession } | undefined;
  /** The protocol's id, as it is and as it is shown. */
  #protocolId: { readonly id: string; readonly shown: string } | undefined;
  /** The session of a connection without ids of its own. */
  #ofConnection: ClientSession | undefined;
  /** The first session of the connection: its client has introduced itself there. */
  #first: ClientSession | undefined;
  /** Whether the newest search has opened the session that it found. */
  opened = false;

  /** @param introduced what the client had told before the server was instrumented. */
  constructor(
    observer: Observer,
    transport: Transport,
    kind: TransportKind,
    introduced: Introduced | undefined,
  ) {
    this.#observer = observer;
    this.#transport = transport;
    this.#kind = kind;
    this.#introduced = introduced;
  }

  /** The protocol's session id, as it is shown: one that a server made of a user's address is redacted. */
  get protocolId(): string | undefined {
    const id = protocolIdOf(this.#transport);
    if (id === undefined) return undefined;
    if (this.#protocolId?.id !== id) {
      const shown = isDrawnAtRandom(id) ? id : this.#observer.capture.label(id);
      this.#protocolId = { id, shown };
    }
    return this.#protocolId.shown;
  }

  /** @param newest the session of the message before. */
  find(received: Received, mayOpen: boolean, newest: ClientSession | undefined): ClientSession | undefined {
    this.opened = false;
    const key = this.#observer.sessionKey(received);
    const found =
      key !== undefined
        ? this.#ofApplication(shortId(key), received, mayOpen, newest)
        : received.conversation !== undefined
          ? this.#ofConversation(received.conversation.id, received, mayOpen)
          : this.#unnamed(received, mayOpen);
    this.#first ??= found;
    return found;
  }

  /** What `received` tells of the client of `session`. */
  factsOf(received: Received, session: Pick<ClientSession, 'id' | 'source'>): SessionFacts {
    const http = this.#kind === 'http';
    const { client, protocolVersion } = received;
    const { protocolId } = this;
    // What `initialize` told holds for every session of a connection that has one client.
    const oneClient = !http || protocolId !== undefined;
    const first = oneClient ? this.#first?.facts : undefined;
    const before = oneClient ? this.#introduced : undefined;
    const name = client ?? (first?.clientName === undefined ? before?.client : undefined);
    const { networkTransport, networkProtocolName } = wireFor(this.#kind, undefined);
    const facts: SessionFacts = {
      clientName: name?.name ?? first?.clientName,
      clientVersion: name === undefined ? first?.clientVersion : name.version,
      protocolVersion: protocolVersion ?? first?.protocolVersion ?? before?.protocolVersion,
      networkTransport,
      networkProtocolName,
      clientAddress: http ? received.address : undefined,
      userAgent: http ? received.userAgent : undefined,
    };
    // Most sessions have neither, and idle ones hold as little as they can.
    if (session.source === 'conversation') facts.conversationId = received.conversationId;
    if (protocolId !== undefined && protocolId !== session.id) facts.protocolSessionId = protocolId;
    return facts;
  }

  #ofApplication(
    id: string,
    received: Received,
    mayOpen: boolean,
    newest: ClientSession | undefined,
  ): ClientSession | undefined {
    // Many may have ended since.
    const known = this.#observer.registry.get(id) ?? (newest?.id === id ? newest : undefined);
    return known ?? (mayOpen ? this.#open(id, 'application', received) : undefined);
  }

  #ofConversation(name: string, received: Received, mayOpen: boolean): ClientSession | undefined {
    const { registry, conversations, clock } = this.#observer;
    const claimant = claimantOf(received, this.#kind);
    // The token may be a new one of a principal who is known.
    const claim = `${received.principal()?.key ?? claimant.identity ?? ''}\n${name}`;
    const known = conversations.get(claim);
    if (!mayOpen) return known;
    const handshake = this.#unnamed(received, false);
    const certain = handshake !== undefined && isOneClient(handshake) ? handshake : undefined;
    const session = known ?? this.#conversationAnew(name, claimant, received, certain);
    if (known === undefined) conversations.set(claim, session);
    if (handshake !== undefined && isHandshakeOf(handshake, session)) {
      if (session.facts.clientName === undefined) session.learn(clientOf(handshake));
      registry.join(handshake, session, clock.now());
    }
    return session;
  }

  #conversationAnew(
    name: string,
    claimant: Claimant,
    received: Received,
    from: ClientSession | undefined,
  ): ClientSession {
    const { registry, ids } = this.#observer;
    const id = ids.ofConversation(name, claimant);
    return registry.get(id) ?? this.#open(id, 'conversation', received, { from });
  }

  /** The session of a request that names no conversation. */
  #unnamed(received: Received, mayOpen: boolean): ClientSession | undefined {
    const id = protocolIdOf(this.#transport);
    if (id !== undefined) return this.#ofProtocol(id, received, mayOpen);
    return this.#kind === 'http' ? this.#inferred(received, mayOpen) : this.#ofWire(received, mayOpen);
  }

  #ofProtocol(id: string, received: Received, mayOpen: boolean): ClientSession | undefined {
    const { registry } = this.#observer;
    const before = this.#ofProtocolId;
    const known = before?.id === id ? before.session : undefined;
    const session =
      known === undefined
        ? (registry.get(id) ?? this.#byProtocolId(id, received, mayOpen))
        : // Another transport may have opened it anew.
          (registry.get(known.id) ?? known);
    if (session !== undefined && session !== known) this.#ofProtocolId = { id, session };
    return session;
  }

  /** An id that others have too names the newest session that an `initialize` has opened under it. */
  #byProtocolId(id: string, received: Received, mayOpen: boolean): ClientSession | undefined {
    if (isDrawnAtRandom(id)) return mayOpen ? this.#open(id, 'protocol', received) : undefined;
    const { protocolSessions, ids } = this.#observer;
    const known = received.method === 'initialize' ? undefined : protocolSessions.get(id);
    if (known !== undefined && known.endReason === undefined) return known;
    if (!mayOpen) return undefined;
    const key = ids.keyOfProtocolId(id, this.protocolId === id);
    const session = this.#open(newUuid(), 'protocol', received, { key });
    protocolSessions.set(id, session);
    return session;
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
    const { inferred, inferSessions, ids } = this.#observer;
    if (!inferSessions) return undefined;
    const sender = senderOf(received);
    if (!isKnown(sender)) return undefined;
    const known = inferred.find(sender);
    if (!mayOpen || known !== undefined) {
      if (mayOpen && known !== undefined) inferred.remember(sender, known);
      return known;
    }
    const key = inferred.claim(ids.keyOfCaller(callerOf(received)));
    const session = this.#open(newUuid(), 'inferred', received, { key });
    inferred.remember(sender, session);
    return session;
  }

  #open(
    id: string,
    source: SessionSource,
    received: Received,
    { key, from }: { key?: string | undefined; from?: ClientSession | undefined } = {},
  ): ClientSession {
    const { registry, clock } = this.#observer;
    this.opened = true;
    const facts = this.factsOf(received, { id, source });
    if (facts.clientName === undefined && from !== undefined) Object.assign(facts, clientOf(from));
    return registry.open(id, source, clock.now(), facts, {
      tool: toolOf(received),
      method: shortName(received.method),
      // What is part of a conversation has its id for a key.
      key: source === 'conversation' ? id : key,
      principal: this.#kind === 'http' ? received.principal()?.key : undefined,
    });
  }
}

/** The tool that a request calls. */
export function toolOf({ method, subject }: Received): string | undefined {
  return method === 'tools/call' && subject !== undefined ? shortName(subject.value) : undefined;
}

/** Whose `session` is that is inferred without a principal is a guess: all users of a hosted chat have one address. */
function isOneClient({ source, principal }: ClientSession): boolean {
  return source !== 'inferred' || principal !== undefined;
}

/** Whether the conversation's client has opened `session` to find out what it talks to, and done nothing else there. */
function isHandshakeOf(session: ClientSession, conversation: ClientSession): boolean {
  return (
    session.isHandshake &&
    isOneClient(session) &&
    session !== conversation &&
    session.partOf === undefined &&
    session.endReason === undefined &&
    session.principal === conversation.principal
  );
}

function clientOf({ facts: { clientName, clientVersion } }: ClientSession): SessionFacts {
  return { clientName, clientVersion };
}
