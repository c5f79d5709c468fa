import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkSource } from '../../../src/explorer/server/access.ts';
import { sendAnswer, sendFailure, sendText } from './answers.ts';
import type { Engine } from './engine.ts';
import type { Answer } from './execute.ts';
import { Failure, failure } from './failure.ts';
import { createIncoming } from './incoming.ts';
import { createQueries, LIMITS, type Limits, type Queries } from './queries.ts';

export interface ServerParts {
  engine: Engine;
  /** A folder of the server's own, for data that arrives. What is in it is removed. */
  incomingFolder: string;
  limits?: Partial<Limits>;
  log(line: string): void;
}

export interface ClickHouseServer {
  /** Resolves with the port. Rejects where another program has it. */
  listen(port: number): Promise<number>;
  /** Takes no more queries; resolves when those under way are answered. */
  close(): Promise<void>;
  /** Ends the connections that are left, also those whose request has not arrived yet. */
  cut(): void;
}

/** ClickHouse's HTTP protocol in front of an engine, on 127.0.0.1. */
export async function createClickHouseServer(parts: ServerParts): Promise<ClickHouseServer> {
  const incoming = await createIncoming(parts.incomingFolder);
  const limits = { ...LIMITS, ...parts.limits };
  const house: House = {
    queries: createQueries({ engine: parts.engine, incoming, limits }),
    isClosing: false,
    log: parts.log,
  };
  const server = createServer((request, response) => void serve(house, request, response));
  // A driver that sends on a connection which this end is just closing loses the request; drivers close theirs earlier.
  server.keepAliveTimeout = 65 * 60_000;
  return {
    listen: (port) => listen(server, port),
    close: () => {
      house.isClosing = true;
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
    cut: () => server.closeAllConnections(),
  };
}

interface House {
  readonly queries: Queries;
  readonly log: (line: string) => void;
  isClosing: boolean;
}

async function serve(house: House, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const answer = await answerTo(house, request, response);
    endConnection(house, response);
    if (typeof answer === 'string') sendText(response, 200, answer);
    else sendAnswer(response, answer);
  } catch (error) {
    const failed = error instanceof Failure ? error : failure('STD_EXCEPTION', String(error));
    house.log(`${request.method} answered ${failed.status}: ${failed.message.split('\n')[0]?.slice(0, 300)}`);
    endConnection(house, response);
    // Where the client has gone, nobody hears it.
    sendFailure(response, failed);
    request.resume();
  }
}

/** Resolves with a line of text, or with what a query came to. */
async function answerTo(
  house: House,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<string | Answer> {
  refuseForeign(request);
  const url = urlOf(request.url ?? '/');
  const isGet = request.method === 'GET' || request.method === 'HEAD';
  if (isGet && (url.pathname === '/ping' || (url.pathname === '/' && !url.searchParams.has('query'))))
    return 'Ok.';
  if (url.pathname !== '/') throw failure('FILE_DOESNT_EXIST', 'queries go to /, and /ping says Ok.');
  if (!isGet && request.method !== 'POST') throw failure('NOT_IMPLEMENTED', 'queries come by GET or POST');
  if (house.isClosing) throw failure('ABORTED', 'the server is stopping');
  const gone = new AbortController();
  response.once('close', () => gone.abort(failure('ABORTED', 'the client has gone')));
  return house.queries(request, url, gone.signal);
}

/** Whoever can ask here can read and write files, so no page of the web may: a browser would ask for it. */
function refuseForeign({ method = 'GET', headers }: IncomingMessage): void {
  try {
    checkSource({ method, headers, target: 'otlp' }, {});
  } catch {
    throw failure('ACCESS_DENIED', 'only programs of this machine are answered, at 127.0.0.1 or localhost');
  }
}

/** Only paths: a target with a host, or what could be read as one, is none. */
function urlOf(target: string): URL {
  if (!/^\/(?![/\\])/.test(target))
    throw failure('BAD_ARGUMENTS', 'the target of a request begins with one /');
  return new URL(`http://127.0.0.1${target}`);
}

/** Once the server is closing, connections end with their answers. */
function endConnection({ isClosing }: House, response: ServerResponse): void {
  if (isClosing) response.setHeader('connection', 'close');
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
