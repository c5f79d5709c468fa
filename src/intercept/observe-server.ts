import { guard } from '../diagnostics/guard.ts';
import { logOnce } from '../diagnostics/log.ts';
import { Connection } from './connection.ts';
import { observeRunningTransport, observeTransport } from './observe-transport.ts';
import type { Observer } from './observer.ts';
import {
  type HighLevelServer,
  type LowLevelServer,
  type ServerLevels,
  serverLevels,
  type Transport,
} from './shapes.ts';
import { watchToolErrors } from './tool-errors.ts';

/** Holds the first observer. A registered symbol: two copies of the package do not instrument one server twice. */
const INSTRUMENTED = Symbol.for('mcp-sessionscope.instrumented');

/**
 * Watches every connection of a server, from its next `connect` on; from now on, where it is connected already. A
 * server that is watched already stays with its first observer.
 *
 * @returns whether the server was not instrumented before.
 * @throws TypeError if `server` has not the shape of an MCP server.
 */
export function observeServer(server: unknown, observer: Observer): boolean {
  const { low, high } = levelsOf(server);
  const first: unknown = Reflect.get(low, INSTRUMENTED);
  if (first !== undefined) {
    if (first !== observer) logOnce('a server is instrumented already: it stays with its first manager');
    return false;
  }
  Object.defineProperty(low, INSTRUMENTED, { value: observer, enumerable: false });
  guard('instrumenting a server', () => {
    if (high !== undefined) watchToolErrors(high);
    watchConnect(low, high, observer);
    if (low.transport !== undefined) {
      observeRunningTransport(low.transport, new Connection(observer, low, high, low.transport));
    }
  });
  return true;
}

/** @throws TypeError if `server` has not the shape of an MCP server. */
export function levelsOf(server: unknown): ServerLevels {
  const levels = serverLevels(server);
  if (levels !== undefined) return levels;
  throw new TypeError(
    'mcp-sessionscope: server must be an McpServer or Server of @modelcontextprotocol/sdk >= 1.15 or ' +
      `@modelcontextprotocol/server 2.x, got ${server === null ? 'null' : typeof server}`,
  );
}

function watchConnect(low: LowLevelServer, high: HighLevelServer | undefined, observer: Observer): void {
  const connect = low.connect;
  low.connect = function (this: LowLevelServer, transport: Transport, ...rest: unknown[]): Promise<void> {
    guard('watching a connection', () => {
      // Connected to it already: the SDK refuses, and the connection goes on.
      if (low.transport !== transport)
        observeTransport(transport, new Connection(observer, low, high, transport));
    });
    return connect.call(this, transport, ...rest);
  };
}
