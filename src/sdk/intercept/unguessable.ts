import { isRecord, stringOrUndefined } from '../protocol/json-rpc.ts';
import { isDrawnAtRandom } from '../session/random-text.ts';

/** What vendors put before a token: `ghp_`, `sk_live_`. Of other words, one may be the secret. */
const PREFIX =
  /^(?:(?:access|admin|ant|api(?:\d\d)?|at|bearer|dop|gh[oprsu]|github|glpat|hf|key|lin|live|mcp|npm|oat(?:\d\d)?|pat|pk|prod|proj|r8|rt|secret|shp(?:at|ca|pa|ss)|sk|svcacct|test|token|v\d)[_-]){1,4}/;
const MIN_LENGTH = 32;
/** Of 32 digits of hex, 14 are distinct. */
const MIN_DISTINCT = 10;
/** Bytes of a SHA-256, the shortest signature in use, as base64url. */
const MIN_SIGNATURE = 43;
const HEX = /^(?:[\da-f]+|[\dA-F]+)$/;
const BASE64 = /^[\w+/-]+={0,2}$/;
/** What is drawn in base64 has capitals, and small letters, for two of five characters. */
const MIN_SHARE_OF_CASE = 1 / 8;

const JWT = /^([\w-]+)\.[\w-]+\.([\w-]+)$/;

/**
 * Whether nobody can guess `token`, nor try out what it may be: then it keys a hash that is emitted. It is one long run
 * that was drawn at random, or a signed JSON Web Token. What has further parts may be a secret that is short beside an id that
 * others know; in doubt it is guessable.
 */
export function isUnguessable(token: string): boolean {
  const [, header, signature] = JWT.exec(token) ?? [];
  if (header === undefined || signature === undefined)
    return isDrawnRun(token.replace(PREFIX, ''), MIN_LENGTH);
  return isSigned(header) && isDrawnRun(signature, MIN_SIGNATURE);
}

function isSigned(header: string): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(header, 'base64url').toString());
    const algorithm = isRecord(value) ? stringOrUndefined(value['alg']) : undefined;
    return algorithm !== undefined && algorithm.toLowerCase() !== 'none';
  } catch {
    return false;
  }
}

function isDrawnRun(run: string, least: number): boolean {
  if (run.length < least || new Set(run).size < MIN_DISTINCT || !isDrawnAtRandom(run)) return false;
  if (HEX.test(run)) return !isWritten(Buffer.from(run, 'hex'));
  if (
    !BASE64.test(run) ||
    shareOf(run, /[a-z]/g) < MIN_SHARE_OF_CASE ||
    shareOf(run, /[A-Z]/g) < MIN_SHARE_OF_CASE
  )
    return false;
  // What stood before it can have moved the bytes.
  return [0, 1, 2, 3].every((skipped) => !isWritten(Buffer.from(run.slice(skipped), 'base64')));
}

function shareOf(text: string, kind: RegExp): number {
  return (text.match(kind)?.length ?? 0) / text.length;
}

/** Bytes of a text, as UTF-8, UTF-16 or one byte a letter; or compressed. */
function isWritten(bytes: Buffer): boolean {
  const letters = bytes.filter((byte) => byte === 0 || (byte >= 0x20 && byte < 0x7f)).length;
  const controls = bytes.filter((byte) => byte < 0x20 || (byte >= 0x7f && byte < 0xa0)).length;
  return letters >= bytes.length * 0.75 || controls === 0 || isUtf8(bytes) || isCompressed(bytes);
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** As gzip or zlib writes it. */
function isCompressed([first = 0, second = 0]: Buffer): boolean {
  return (first === 0x1f && second === 0x8b) || (first === 0x78 && ((first << 8) | second) % 31 === 0);
}
