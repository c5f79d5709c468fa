import { createHash } from 'node:crypto';
import { isRecord, stringOrUndefined } from '../protocol/json-rpc.ts';
import { isDrawnAtRandom } from '../session/random-text.ts';
import { processSalt } from '../session-ids.ts';

/** Who is authenticated, as far as requests show it. Nothing of it is recorded. */
export interface Principal {
  /** Tells principals apart within this process: a hash. */
  readonly key: string;
  /** Who it is, for a keyed hash that other processes make too. */
  readonly identity: string;
  /** Its token, where that is long and drawn at random: nobody can guess it. */
  readonly token: string | undefined;
}

/** Credentials that hold a secret of their own; `Basic` and `Digest` hold a password, which can be guessed. */
const TOKEN = /^(?:bearer|dpop|token)\s+(\S+)$/i;

/**
 * The authenticated principal: the OAuth client and its subject where the server's middleware names one, else the token, in
 * `authInfo` or in the `Authorization` header, which a middleware may have checked without a word. It is the same with a
 * new token where the subject is known.
 */
export function principalOf(authInfo: unknown, authorization: string | undefined): Principal | undefined {
  const { subject, clientId = '', token: attached } = attachedTo(authInfo);
  const credentials = authorization?.trim() || undefined;
  const token = attached || (credentials === undefined ? undefined : TOKEN.exec(credentials)?.[1]);
  const identity =
    subject !== undefined
      ? `subject\n${clientId}\n${subject}`
      : token !== undefined
        ? `token\n${token}`
        : credentials && `credentials\n${credentials}`;
  if (identity === undefined) return undefined;
  return {
    key: createHash('sha256').update(processSalt()).update(identity).digest('base64'),
    identity,
    // Looked at where a session is opened; principals are told apart in every request.
    get token() {
      return token !== undefined && isUnguessable(token) ? token : undefined;
    },
  };
}

function attachedTo(authInfo: unknown): Record<'subject' | 'clientId' | 'token', string | undefined> {
  if (!isRecord(authInfo)) return { subject: undefined, clientId: undefined, token: undefined };
  const extra = isRecord(authInfo['extra']) ? authInfo['extra'] : {};
  return {
    subject: stringOrUndefined(extra['sub']) ?? stringOrUndefined(extra['userId']),
    clientId: stringOrUndefined(authInfo['clientId']),
    token: stringOrUndefined(authInfo['token']),
  };
}

/** Of a JSON Web Token, the signature is what nobody can guess. */
function isUnguessable(token: string): boolean {
  const drawn = token.slice(token.lastIndexOf('.') + 1);
  return isDrawnAtRandom(drawn) && !isEncodedText(drawn);
}

/** Base64 of `user:password` looks drawn. */
function isEncodedText(text: string): boolean {
  return /^[\t\n\r\x20-\x7e]*$/.test(Buffer.from(text, 'base64').toString('latin1'));
}
