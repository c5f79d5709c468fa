import { processSession } from '../process-session.ts';
import type { Sender } from '../session/inferred-sessions.ts';
import type { Claimant } from '../session-ids.ts';
import type { Received } from './received.ts';
import type { TransportKind } from './shapes.ts';

/** Who sends a request over HTTP, as far as it shows. */
export function senderOf(received: Received): Sender {
  const { address, userAgent, client, modern } = received;
  return { principal: received.principal()?.key, address, userAgent, client, modern };
}

/**
 * What every request of a caller says of it, whichever process gets it: the principal, else address, user agent and era.
 * Clients of the protocol without `initialize` name themselves in every request, others in the first one only.
 */
export function callerOf(received: Received): (string | boolean | undefined)[] {
  const principal = received.principal();
  if (principal !== undefined) return ['principal', principal.identity];
  const { address, userAgent, client, modern } = received;
  const named = modern ? [client?.name, client?.version] : [];
  return ['place', address, userAgent, modern, ...named];
}

/**
 * Who names a conversation. Nobody is told apart without a principal, unless two installations count alike, or the id is
 * not shown as it is: then the caller makes the difference, over HTTP, and else the process.
 */
export function claimantOf(received: Received, kind: TransportKind): Claimant {
  const principal = received.principal();
  if (principal !== undefined) return principal;
  const { conversation, conversationId } = received;
  const isAnybodys = conversation?.isCounted !== true && conversation?.id === conversationId;
  if (isAnybodys) return { identity: undefined, token: undefined };
  const caller = kind === 'http' ? callerOf(received) : ['process', processSession().id];
  return { identity: JSON.stringify(caller), token: undefined };
}
