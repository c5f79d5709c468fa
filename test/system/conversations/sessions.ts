import type { Sent } from './play/ledger.ts';
import { POOLS } from './pools.ts';

/** Requests that are one row. */
export interface Session {
  readonly source: 'conversation' | 'protocol' | 'inferred';
  readonly sent: Sent[];
  /** Whether it is known what the client calls itself. */
  knowsClient: boolean;
}

/** What one replica sees of requests that name no conversation. */
interface Part {
  /** By which these requests are found together: the protocol's id, or who calls. */
  readonly key: string;
  readonly source: 'protocol' | 'inferred';
  readonly replica: number;
  readonly sent: Sent[];
  /** The conversation that its requests led to. */
  partOf?: string | undefined;
}

/** What a client asks to find out what it talks to. */
const INTRODUCTIONS = new Set(['initialize', 'server/discover', 'tools/list']);

/**
 * The rule. A request that names a conversation belongs to it; two principals who name the same have one each. A request
 * that names none belongs to the protocol's session, else to the caller, whom replicas without a secret cannot
 * tell each other. What was asked of a replica under the same session or by the same caller before a conversation was named
 * there is the conversation's, if these are introductions only, and a session of the protocol or a principal makes sure who asked.
 *
 * @param sent - in the order in which it was sent
 */
export function sessionsOf(sent: readonly Sent[]): Session[] {
  const conversations = new Map<string, Session>();
  const parts: Part[] = [];
  for (const each of sent) {
    const known = parts.findLast((part) => isFoundBy(part, each));
    if (each.conversation !== undefined) {
      const key = JSON.stringify([each.caller.pool, each.conversation, each.caller.principal]);
      const session = conversations.get(key) ?? newSession('conversation');
      conversations.set(key, session);
      const isFirst = session.sent.every(({ replica }) => replica !== each.replica);
      add(session, each);
      if (known === undefined) continue;
      // Its name is taken from what is known to be of its client.
      if (isFirst && isOneClient(known))
        session.knowsClient ||= known.sent.some(({ knowsClient }) => knowsClient);
      if (isHandshake(known)) known.partOf ??= key;
    } else if (known !== undefined) {
      known.sent.push(each);
      if (!INTRODUCTIONS.has(each.method)) known.partOf = undefined;
    } else parts.push({ ...unnamed(each), replica: each.replica, sent: [each] });
  }
  const others = new Map<string, Session>();
  for (const part of parts) {
    const session = part.partOf === undefined ? undefined : conversations.get(part.partOf);
    const whole = session ?? others.get(placeOf(part)) ?? newSession(part.source);
    for (const each of part.sent) add(whole, each);
    if (session === undefined) others.set(placeOf(part), whole);
  }
  return [...conversations.values(), ...others.values()];
}

function newSession(source: Session['source']): Session {
  return { source, sent: [], knowsClient: false };
}

function add(session: Session, sent: Sent): void {
  session.sent.push(sent);
  session.knowsClient ||= sent.knowsClient;
}

/** Whether the replica counts a request that names no conversation to this part. */
function isFoundBy(part: Part, sent: Sent): boolean {
  const isOver = part.source === 'inferred' && part.partOf !== undefined;
  return !isOver && part.replica === sent.replica && part.key === unnamed(sent).key;
}

function unnamed({ caller, protocolId }: Sent): Pick<Part, 'key' | 'source'> {
  if (protocolId !== undefined) return { key: protocolId, source: 'protocol' };
  return { key: JSON.stringify([caller.pool, caller.principal ?? caller.address]), source: 'inferred' };
}

/** Parts at one place are one row. */
function placeOf({ key, source, replica, sent }: Part): string {
  const { pool } = (sent[0] as Sent).caller;
  return source === 'protocol' || POOLS[pool].hasSecret ? key : `${key} ${replica}`;
}

function isOneClient({ source, sent }: Part): boolean {
  return source === 'protocol' || sent.every(({ caller }) => caller.principal !== undefined);
}

function isHandshake(part: Part): boolean {
  return isOneClient(part) && part.sent.every(({ method }) => INTRODUCTIONS.has(method));
}
