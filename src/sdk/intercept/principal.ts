import { createHash, randomBytes } from 'node:crypto';
import { isRecord, stringOrUndefined } from '../protocol/json-rpc.ts';

/** New in every process, so that the hashes cannot be matched with anything outside of it; drawn when first needed. */
let salt: Buffer | undefined;

/**
 * A hash that is the same for requests of one authenticated principal: the OAuth client and its subject where the
 * server's middleware names one, else the token. It is a map key and is never recorded.
 */
export function principalOf(authInfo: unknown): string | undefined {
  if (!isRecord(authInfo)) return undefined;
  const extra = isRecord(authInfo['extra']) ? authInfo['extra'] : {};
  const subject = stringOrUndefined(extra['sub']) ?? stringOrUndefined(extra['userId']);
  const token = stringOrUndefined(authInfo['token']);
  const clientId = stringOrUndefined(authInfo['clientId']) ?? '';
  const principal = subject !== undefined ? `subject\n${clientId}\n${subject}` : token && `token\n${token}`;
  if (principal === undefined || principal === '') return undefined;
  salt ??= randomBytes(16);
  return createHash('sha256').update(salt).update(principal).digest('base64');
}
