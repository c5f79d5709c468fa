import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { shown } from '../../sdk/config/validate.ts';
import { RequestError } from './request-error.ts';

/** Who may ask. */
export interface AccessRules {
  /** The name of `--host`, where it is not the loopback's: requests may be addressed to it too. */
  readonly host?: string | undefined;
  /** What every request must bring; without one, the loopback is what protects. */
  readonly token?: string | undefined;
}

/** What a request is about. `page`: what a browser may load because somebody clicked a link elsewhere. */
export type Target = 'page' | 'api' | 'otlp';

/** What of a request says where it came from. */
export interface Asked {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly target: Target;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const ANY_ADDRESS = new Set(['0.0.0.0', '[::]']);
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/;
const SAFE_METHODS = new Set(['GET', 'HEAD']);

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(bracketed(host));
}

/**
 * Refuses what did not come from our own page or from a program that was given our address: names that somebody
 * else's DNS points to us, pages of other origins, forms.
 *
 * @throws {@link RequestError}
 */
export function checkSource(asked: Asked, rules: AccessRules): void {
  const host = checkHost(asked.headers.host, rules);
  const isOwnOrigin = checkOrigin(asked.headers.origin, host);
  if (asked.target !== 'page' && isFromElsewhere(asked)) {
    throw new RequestError(403, 'pages of other sites may not ask here');
  }
  if (asked.target === 'api' && !isOwnOrigin) checkNoForm(asked);
}

/**
 * Refuses what brings neither the token nor the cookie that stands for it. A browser that follows a link from elsewhere
 * holds the cookie back: it gets the page, which is no secret and asks for the data itself.
 *
 * @param cookieName - name of our cookie
 * @throws {@link RequestError}
 */
export function checkToken(asked: Asked, { token }: AccessRules, cookieName: string): void {
  if (token === undefined || (asked.target === 'page' && isFromElsewhere(asked))) return;
  const { authorization, cookie } = asked.headers;
  const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined && isSame(bearer, token)) return;
  const kept = cookieOf(cookie, cookieName);
  if (kept !== undefined && isSame(kept, cookieValueOf(token))) return;
  throw wrongToken();
}

/**
 * Takes the token of the page's address for a cookie.
 *
 * @returns the cookie and the address without the token; `undefined` where there is no token in the address
 * @throws {@link RequestError} where it is wrong
 */
export function logIn(
  query: string,
  { token }: AccessRules,
  cookieName: string,
): { cookie: string; location: string } | undefined {
  const parameters = new URLSearchParams(query);
  const given = parameters.get('token');
  if (given === null || token === undefined) return undefined;
  if (!isSame(given, token)) throw wrongToken();
  parameters.delete('token');
  const rest = parameters.size === 0 ? '' : `?${parameters}`;
  return {
    cookie: `${cookieName}=${cookieValueOf(token)}; Path=/; HttpOnly; SameSite=Strict`,
    location: `/${rest}`,
  };
}

/** What the browser keeps in place of the token. */
function cookieValueOf(token: string): string {
  return createHmac('sha256', token).update('mcp-sessionscope page').digest('base64url');
}

/** Takes the same time whatever the two are. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function checkHost(header: string | undefined, { host, token }: AccessRules): string {
  const asked = header?.toLowerCase() ?? '';
  const name = HOST.exec(asked)?.[1];
  if (name === undefined) throw new RequestError(400, 'the Host header is missing, or is no host name');
  if (LOOPBACK.has(name)) return asked;
  const ours = host === undefined ? undefined : bracketed(host);
  if (ours === name) return asked;
  if (ours !== undefined && ANY_ADDRESS.has(ours)) {
    // An address is no name: nobody's DNS can point it to us.
    if (isIP(name.replace(/[[\]]/g, '')) !== 0) return asked;
    // A machine has names that it does not know of, as `host.docker.internal`. A page whose name was pointed here has
    // neither the token nor a cookie: the token protects.
    if (token !== undefined) return asked;
  }
  throw new RequestError(
    421,
    `requests to ${shown(name)} are not answered: use localhost, or start with --host ${name}`,
  );
}

/** @returns whether the header is there */
function checkOrigin(origin: string | undefined, host: string): boolean {
  if (origin === undefined) return false;
  // A proxy in front may speak TLS.
  const own = [`http://${host}`, `https://${host}`];
  if (own.includes(origin.toLowerCase())) return true;
  throw new RequestError(403, `pages of ${shown(origin)} may not ask here`);
}

/** Whether a page of another site caused it. */
function isFromElsewhere({ headers }: Asked): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** A form of any page can send text and files, never JSON. */
function checkNoForm({ method, headers }: Asked): void {
  if (SAFE_METHODS.has(method) || /^application\/json\b/i.test(headers['content-type'] ?? '')) return;
  throw new RequestError(403, 'send it with Content-Type: application/json');
}

function wrongToken(): RequestError {
  return new RequestError(
    401,
    'the token is missing or wrong: open the page with ?token=TOKEN once; programs send Authorization: Bearer TOKEN',
    { 'www-authenticate': 'Bearer realm="mcp-sessionscope"' },
  );
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}

function bracketed(host: string): string {
  const name = host.toLowerCase();
  return isIP(name) === 6 ? `[${name}]` : name;
}
