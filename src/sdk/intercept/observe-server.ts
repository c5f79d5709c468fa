import { guard } from '../diagnostics/guard.ts';
import { logOnce } from '../diagnostics/log.ts';
import { Connection } from './connection.ts';
import { observeRunningTransport, observeTransport } from './observe-transport.ts';
import type { ObserverSource } from './observer.ts';
import {
  type HighLevelServer,
  isInitialized,
  type LowLevelServer,
  type ServerLevels,
  serverLevels,
  type Transport,
} from './shapes.ts';
import { watchToolErrors } from './tool-errors.ts';

/** Holds the mark of a server. A registered symbol: two copies of the package do not instrument one server twice. */
const INSTRUMENTED = Symbol.for('mcp-sessionscope.instrumented');

interface Mark {
  source: ObserverSource;
  high: HighLevelServer | undefined;
}

/**
 * Watches every connection of a server, from its next `connect` on; from now on, where it is connected already. A
 * server that is watched already stays with its first observer, as long as that is active.
 *
 * @throws TypeError if `server` has not the shape of an MCP server.
 */
export function observeServer(server: unknown, source: ObserverSource): void {
  const { low, high } = levelsOf(server);
  const before = markOf(low);
  if (before?.source.active) {
    if (before.source !== source)
      logOnce('a server is instrumented already: it stays with its first manager');
    return;
  }
  guard('instrumenting a server', () => {
    const mark: Mark = { source, high: high ?? before?.high };
    Object.defineProperty(low, INSTRUMENTED, { value: mark, configurable: true, enumerable: false });
    if (before === undefined) watchConnect(low);
    if (low.transport !== undefined) {
      if (before === undefined) guard('looking for earlier requests', () => sayIfLate(low));
      observeRunningTransport(low.transport, new Connection(source.open(), low, mark.high, low.transport));
    }
  });
  // On its own: a frozen wrapper has a server that can be watched.
  if (high !== undefined) guard('watching the steps of tools', () => watchToolErrors(high));
}

/** What was missed is said where it can be seen; that nobody has asked anything yet is no reason for a line. */
function sayIfLate(low: LowLevelServer): void {
  if (!isInitialized(low)) return;
  logOnce(
    'a server was instrumented after its client had connected: the requests before are not recorded, and the ' +
      'client has no name unless it sends it again; call instrumentServer before connect()',
  );
}

function markOf(low: LowLevelServer): Mark | undefined {
  return Reflect.get(low, INSTRUMENTED) as Mark | undefined;
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

/** The observer is asked for with each connection: the first one starts the SDK, and a shut down one may be followed. */
function watchConnect(low: LowLevelServer): void {
  const connect = low.connect;
  low.connect = function (this: LowLevelServer, transport: Transport, ...rest: unknown[]): Promise<void> {
    guard('watching a connection', () => {
      const mark = markOf(low);
      // Connected to it already: the SDK refuses, and the connection goes on.
      if (mark === undefined || low.transport === transport) return;
      observeTransport(transport, new Connection(mark.source.open(), low, mark.high, transport));
    });
    return connect.call(this, transport, ...rest);
  };
}
