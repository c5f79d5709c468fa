import { createHash } from 'node:crypto';
import { isRecord } from '../protocol/json-rpc.ts';
import { processSalt } from '../session-ids.ts';
import { isUnguessable } from './unguessable.ts';

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

/** Where a middleware says who it is. All that are there count: one may be of the gateway, and another of its user. */
const SUBJECT = ['sub', 'userId', 'user_id', 'email', 'username'];
/** Subjects of two issuers can have the same name. */
const ISSUER = 'iss';

/**
 * The authenticated principal: issuer, OAuth client and subject where the server's middleware names one. The subject may be
 * missing, and then the token counts, for a client can have many users. It is in `authInfo` or in the `Authorization` header,
 * which a middleware may have checked without a word. A principal is the same with a new token where the subject is known.
 */
export function principalOf(authInfo: unknown, authorization: string | undefined): Principal | undefined {
  const { subject, clientId, issuer, token: attached } = attachedTo(authInfo);
  const credentials = authorization?.trim() || undefined;
  const token = attached ?? (credentials === undefined ? undefined : TOKEN.exec(credentials)?.[1]);
  const proof =
    token !== undefined
      ? ['token', token]
      : credentials !== undefined
        ? ['credentials', credentials]
        : undefined;
  if (subject === undefined && clientId === undefined && proof === undefined) return undefined;
  // As JSON it is unambiguous, whatever the parts hold.
  const identity = JSON.stringify({ issuer, clientId, ...(subject === undefined ? { proof } : { subject }) });
  return {
    key: createHash('sha256').update(processSalt()).update(identity).digest('base64'),
    identity,
    // Looked at where a session is opened; principals are told apart in every request.
    get token() {
      return token !== undefined && isUnguessable(token) ? token : undefined;
    },
  };
}

interface Attached {
  readonly subject: Record<string, string | number> | undefined;
  readonly clientId: string | number | undefined;
  readonly issuer: string | number | undefined;
  readonly token: string | undefined;
}

function attachedTo(authInfo: unknown): Attached {
  if (!isRecord(authInfo))
    return { subject: undefined, clientId: undefined, issuer: undefined, token: undefined };
  const extra = isRecord(authInfo['extra']) ? authInfo['extra'] : {};
  const subject: Record<string, string | number> = {};
  for (const name of SUBJECT) {
    const told = toldIn(extra, name);
    if (told !== undefined) subject[name] = told;
  }
  const token = toldIn(authInfo, 'token');
  return {
    subject: Object.keys(subject).length === 0 ? undefined : subject,
    clientId: toldIn(authInfo, 'clientId'),
    issuer: toldIn(extra, ISSUER),
    token: typeof token === 'string' ? token : undefined,
  };
}

/** Ids of databases are numbers. */
function toldIn(record: Readonly<Record<string, unknown>>, name: string): string | number | undefined {
  const value = record[name];
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? value : undefined;
}
