import type { Sent } from './play/ledger.ts';
import { POOLS } from './pools.ts';

/** Requests that are one row. */
export interface Session {
  readonly source: 'conversation' | 'protocol' | 'inferred';
  readonly sent: Sent[];
}

/** What one replica sees of requests that name no conversation. */
interface Part {
  /** By which these requests are found together: the protocol's id, or who calls. */
  readonly key: string;
  readonly source: 'protocol' | 'inferred';
  readonly replica: number;
  readonly sent: Sent[];
  /** The conversation that its requests led to. */
  partOf?: string;
}

/** What a client asks to find out what it talks to. */
const INTRODUCTIONS = new Set(['initialize', 'server/discover', 'tools/list']);

/**
 * The rule. A request that names a conversation belongs to it; two principals who name the same have one each. A request
 * that names none belongs to the protocol's session, else to the caller, whom replicas without a secret cannot
 * tell each other. What a client has asked of a replica before it named a conversation there is the conversation's, if
 * these are introductions only.
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
      const session = conversations.get(key) ?? { source: 'conversation', sent: [] };
      conversations.set(key, session);
      session.sent.push(each);
      if (known !== undefined && known.sent.every(isIntroduction)) known.partOf ??= key;
    } else if (known !== undefined) known.sent.push(each);
    else parts.push({ ...unnamed(each), replica: each.replica, sent: [each] });
  }
  const others = new Map<string, Session>();
  for (const part of parts) {
    const session = part.partOf === undefined ? undefined : conversations.get(part.partOf);
    const whole = session ?? others.get(placeOf(part)) ?? { source: part.source, sent: [] };
    whole.sent.push(...part.sent);
    if (session === undefined) others.set(placeOf(part), whole);
  }
  return [...conversations.values(), ...others.values()];
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

function isIntroduction({ method }: Sent): boolean {
  return INTRODUCTIONS.has(method);
}
