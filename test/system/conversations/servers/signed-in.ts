import type { IncomingMessage } from 'node:http';

/**
 * The application's check of who calls. A token that names a subject is passed on as the SDK's middleware does; of
 * another one the MCP server never hears, as where a gateway or a middleware of the application's own checks it.
 */
export function signIn(request: IncomingMessage): void {
  const [, token] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
  const [, sub] = /^subject\.(\w+)\./.exec(token ?? '') ?? [];
  if (sub === undefined) return;
  Object.assign(request, { auth: { token, clientId: 'shop-app', scopes: [], extra: { sub } } });
}
