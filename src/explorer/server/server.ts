import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { shown } from '../../sdk/config/validate.ts';
import { type AccessRules, checkSource, checkToken, logIn, type Target } from './access.ts';
import { type Answer, errorAnswer, secure, send } from './answer.ts';
import { boundConnections } from './connections.ts';
import { portOf } from './listen.ts';
import { parametersOf } from './parameters.ts';
import { RequestError } from './request-error.ts';
import type { Routes } from './routes.ts';

/** The part of the OTLP receiver that a server needs. */
export interface OtlpHandler {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface ServerParts {
  readonly access: AccessRules;
  /** The page and its API; absent on the port that receives OTLP only. */
  readonly routes?: Routes | undefined;
  /** Absent where OTLP is not received. */
  readonly otlp?: OtlpHandler | undefined;
  readonly warn: (text: string) => void;
}

interface AskedFor {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: string;
  /** The server's own. */
  readonly port: number;
}

const MAX_CONNECTIONS = 512;

/** A server that waits for nobody: heads and bodies must come in time, and connections are bounded. */
export function createServer(parts: ServerParts): http.Server {
  const server = http.createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 30_000,
      maxHeaderSize: 32 * 1024,
      connectionsCheckingInterval: 5_000,
    },
    (request, response) => {
      void handle(request, response, parts, portOf(server));
    },
  );
  boundConnections(server, MAX_CONNECTIONS);
  return server;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  parts: ServerParts,
  port: number,
): Promise<void> {
  const [path, query] = splitUrl(request.url ?? '');
  response.on('error', () => response.destroy());
  secure(response);
  try {
    const answer = await answerTo({ request, response, path, query, port }, parts);
    if (answer !== undefined) await send(request, response, answer);
  } catch (error) {
    await fail(error, { request, response, path }, parts);
  }
}

async function answerTo(asked: AskedFor, { access, routes, otlp }: ServerParts): Promise<Answer | undefined> {
  const { request, response, path, query, port } = asked;
  const target: Target = routes === undefined ? 'otlp' : targetOf(path);
  const source = { method: request.method ?? '', headers: request.headers, target };
  // Servers on other ports of the same host share the browser's cookies.
  const cookieName = `mcp-sessionscope-${port}`;
  checkSource(source, access);
  const login = path === '/' && target === 'page' ? logIn(query, access, cookieName) : undefined;
  if (login !== undefined) {
    const headers = { location: login.location, 'set-cookie': login.cookie, 'cache-control': 'no-store' };
    return { status: 303, headers, body: '' };
  }
  checkToken(source, access, cookieName);
  if (target !== 'otlp') return await routed(asked, routes!);
  if (otlp === undefined) throw new RequestError(404, 'OTLP is not received here: start without --no-otlp');
  await otlp.handle(request, response);
  return undefined;
}

async function routed(
  { request, response, path, query }: AskedFor,
  routes: Routes,
): Promise<Answer | undefined> {
  const methods = routes(path);
  if (methods === undefined) throw new RequestError(404, `there is nothing at ${shown(path)}`);
  const route = methods.get(request.method === 'HEAD' ? 'GET' : (request.method ?? ''));
  if (route === undefined) {
    const allow = [...methods.keys()]
      .flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]))
      .join(', ');
    throw new RequestError(405, `${path} takes ${allow}`, { allow });
  }
  const parameters = route.takes === undefined ? new Map<string, string>() : parametersOf(query, route.takes);
  return await route.handle({ request, response, path, parameters });
}

async function fail(
  error: unknown,
  { request, response, path }: Pick<AskedFor, 'request' | 'response' | 'path'>,
  { warn }: ServerParts,
): Promise<void> {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const isRefusal = error instanceof RequestError;
  if (!isRefusal)
    warn(`${path} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const refusal = isRefusal ? error : new RequestError(500, 'that went wrong: the terminal says more');
  await send(request, response, errorAnswer(refusal, targetOf(path) === 'page')).catch(() =>
    response.destroy(),
  );
}

function targetOf(path: string): Target {
  if (path.startsWith('/v1/')) return 'otlp';
  return path.startsWith('/api/') ? 'api' : 'page';
}

function splitUrl(url: string): [path: string, query: string] {
  const at = url.indexOf('?');
  return at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}
