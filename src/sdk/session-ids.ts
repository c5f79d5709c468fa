import { createHash, createHmac, randomBytes } from 'node:crypto';
import { logOnce } from './diagnostics/log.ts';
import { uuidOf } from './new-uuid.ts';
import { processWide } from './process-wide.ts';

/** Whose sessions they are: ids and keys of two services have nothing in common. */
export interface Service {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** Who names a conversation. */
export interface Claimant {
  /** What tells them from others who name the same; `undefined` where nobody is told apart. */
  readonly identity: string | undefined;
  /** A secret of theirs that nobody can guess. */
  readonly token: string | undefined;
}

type Part = string | boolean | undefined;

const APART =
  'conversations of authenticated callers are told apart by a key of this process: with several processes, each shows a ' +
  'row of its own. Give all of them one sessionSecret, or MCP_SESSIONSCOPE_SESSION_SECRET';

/** New in every process, so that hashes cannot be matched with anything outside of it; drawn when first needed. */
export function processSalt(): Buffer {
  return processWide('salt', () => randomBytes(32));
}

/**
 * Ids of sessions and keys of their parts that several processes make alike. What can be guessed (a subject, an address)
 * enters only together with a key that cannot, so that nothing of it can be won back from what is emitted.
 */
export class SessionIds {
  readonly #service: Service;
  readonly #secret: string | undefined;

  constructor(service: Service, secret: string | undefined) {
    this.#service = service;
    this.#secret = secret;
  }

  /** The id of a conversation's session. */
  ofConversation(conversation: string, { identity, token }: Claimant): string {
    if (identity === undefined) return uuidOf(hashed(this.#text('conversation', conversation)));
    if (this.#secret !== undefined)
      return keyed(this.#secret, this.#text('conversation', conversation, identity));
    if (token === undefined) logOnce(APART);
    // A gateway has one token for all of its users.
    return keyed(token ?? processSalt(), this.#text('conversation', conversation, identity));
  }

  /** What the sessions of one caller have in common that several processes infer; `undefined` without a secret. */
  keyOfCaller(caller: readonly Part[]): string | undefined {
    return this.#secret === undefined ? undefined : keyed(this.#secret, this.#text('caller', ...caller));
  }

  /**
   * What the sessions with one id of the protocol have in common, where that id is not unique.
   *
   * @param isShown whether spans show the id as it is: else it could be found out by trying.
   */
  keyOfProtocolId(id: string, isShown: boolean): string {
    const text = this.#text('protocol', id);
    return isShown ? uuidOf(hashed(text)) : keyed(this.#secret ?? processSalt(), text);
  }

  /** Unambiguous, whatever the parts hold. */
  #text(...parts: Part[]): string {
    const { namespace, name } = this.#service;
    return JSON.stringify([namespace, name, ...parts].map((part) => part ?? null));
  }
}

function hashed(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function keyed(key: string | Buffer, text: string): string {
  return uuidOf(createHmac('sha256', key).update(text).digest());
}
