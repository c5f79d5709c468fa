import type { ClientInfo } from '../protocol/meta.ts';
import type { ClientSession } from './client-session.ts';

/** Who seems to send a request over a protocol that has no session. */
export interface Sender {
  /** A hash of the authenticated principal, where there is one. */
  principal: string | undefined;
  address: string | undefined;
  userAgent: string | undefined;
  client: ClientInfo | undefined;
  /** Whether the request is of the protocol without `initialize`, whose clients name themselves in every request. */
  modern: boolean;
}

/**
 * Finds the session of a sessionless request: by principal, else by address, user agent and client.
 *
 * Legacy stateless clients name themselves in `initialize` only. So a request without a client name joins the newest
 * session of its address, user agent and protocol era; one with a name joins the session of that name, or a nameless
 * one.
 *
 * The address of a first request can be unknown, where the observation began within it. Its session is that of the next
 * sender who is the same otherwise.
 */
export class InferredSessions {
  readonly #byKey = new Map<string, ClientSession>();
  /** By the key that parts of other processes have, too. */
  readonly #byJoinKey = new Map<string, ClientSession>();

  find(sender: Sender): ClientSession | undefined {
    if (sender.principal !== undefined) return this.#openAt(principalKey(sender.principal));
    const found = this.#findAt(sender);
    if (found !== undefined || sender.address === undefined) return found;
    const unplaced = this.#findAt({ ...sender, address: undefined });
    return unplaced?.facts.clientAddress === undefined ? unplaced : undefined;
  }

  /**
   * The key for a new session, unless this process tells it apart from another one with the same key: then none of them
   * has it, so that no view takes one for the other.
   */
  claim(key: string | undefined): string | undefined {
    const other = key === undefined ? undefined : this.#byJoinKey.get(key);
    if (other === undefined || !isFindable(other)) return key;
    other.dropKey();
    return undefined;
  }

  remember(sender: Sender, session: ClientSession): void {
    if (session.key !== undefined) this.#byJoinKey.set(session.key, session);
    if (sender.principal !== undefined) {
      this.#byKey.set(principalKey(sender.principal), session);
      return;
    }
    this.#byKey.set(newestKey(sender), session);
    if (sender.client !== undefined) this.#byKey.set(clientKey(sender, sender.client), session);
  }

  /** Drops the ended ones; called with the registry's tick. */
  sweep(): void {
    for (const sessions of [this.#byKey, this.#byJoinKey]) {
      for (const [key, session] of sessions) if (!isFindable(session)) sessions.delete(key);
    }
  }

  #findAt(sender: Sender): ClientSession | undefined {
    const newest = this.#openAt(newestKey(sender));
    if (sender.client === undefined) return newest;
    const named = this.#openAt(clientKey(sender, sender.client));
    return named ?? (newest?.facts.clientName === undefined ? newest : undefined);
  }

  #openAt(key: string): ClientSession | undefined {
    const session = this.#byKey.get(key);
    return session !== undefined && isFindable(session) ? session : undefined;
  }
}

/** Whether anything is known by which two senders could be told apart. */
export function isKnown(sender: Omit<Sender, 'modern'>): boolean {
  const { principal, address, userAgent, client } = sender;
  return principal !== undefined || address !== undefined || userAgent !== undefined || client !== undefined;
}

/** The handshake of a conversation is over: who comes next is somebody else, as far as anybody knows. */
function isFindable({ endReason, partOf }: ClientSession): boolean {
  return endReason === undefined && partOf === undefined;
}

// Joined, not added: an added string keeps its pieces beside the whole, for as long as the session is remembered.
const keyOf = (...parts: (string | undefined)[]): string => parts.join('\n');
const principalKey = (principal: string): string => keyOf('principal', principal);
const newestKey = ({ modern, address, userAgent }: Sender): string =>
  keyOf('newest', modern ? 'modern' : 'legacy', address, userAgent);
const clientKey = ({ address, userAgent }: Sender, { name, version }: ClientInfo): string =>
  keyOf('client', address, userAgent, name, version);
