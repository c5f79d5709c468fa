import { guard } from '../diagnostics/guard.ts';
import { logOnce } from '../diagnostics/log.ts';
import { clientLevels, isClient } from './client-shapes.ts';
import { type End, type Link, type Mark, markOf, newLink, putMark } from './link.ts';
import { observeMessages } from './observe-messages.ts';
import { beginLink, observeTransport } from './observe-transport.ts';
import type { ObserverSource } from './observer.ts';
import { showProbes } from './probe-process.ts';
import { type Method, replaceMethod, sharing } from './replace.ts';
import {
  introducedTo,
  isInitialized,
  type LowLevelServer,
  type ServerLevels,
  serverLevels,
  type Transport,
} from './shapes.ts';
import { watchToolErrors } from './tool-errors.ts';

const LATE =
  'a server was instrumented after its client had connected: the requests before are not recorded; call ' +
  'instrumentServer before connect()';

/**
 * Watches every connection of a server or a client, from its next `connect` on; from now on, where it is connected already.
 * One that is watched already stays with its first observer, as long as that is active.
 */
export function observe({ low, high }: ServerLevels, end: End, source: ObserverSource): void {
  const before = markOf(low);
  if (before?.source.active) {
    if (before.source !== source)
      logOnce(`a ${end} is instrumented already: it stays with its first manager`);
    return;
  }
  guard(`instrumenting a ${end}`, () => {
    const hearing = before?.hearing ?? observeMessages(low);
    const mark: Mark = {
      end,
      source,
      high: high ?? before?.high,
      hearing,
      connecting: observeConnection,
      link: undefined,
      waiting: undefined,
      calling: undefined,
    };
    putMark(low, mark);
    if (before === undefined) replaceMethod(low, 'connect', connecting);
    if (low.transport !== undefined) observeRunning(low, low.transport, mark, before === undefined);
  });
  // On its own: a frozen wrapper has a server that can be watched.
  if (high !== undefined) guard('watching the steps of tools', () => watchToolErrors(high));
}

/** What was missed is said where it can be seen; that nobody has asked anything yet is no reason for a line. */
function observeRunning(low: LowLevelServer, transport: Transport, mark: Mark, isLate: boolean): void {
  const introduced = guard('looking for earlier requests', () => {
    if (mark.end === 'client') return undefined;
    if (isLate && isInitialized(low)) logOnce(LATE);
    return introducedTo(low, transport);
  });
  beginLink(newLink(low, mark, transport, introduced));
}

const LEVELS = {
  server: (value: unknown) => {
    const levels = serverLevels(value);
    return levels !== undefined && isClient(levels.low) ? undefined : levels;
  },
  client: clientLevels,
} as const;
const TAKES = {
  server:
    'server must be an McpServer or Server of @modelcontextprotocol/sdk >= 1.15 or @modelcontextprotocol/server 2.x',
  client: 'client must be a Client of @modelcontextprotocol/sdk >= 1.15 or @modelcontextprotocol/client 2.x',
} as const;

/** What the user passed, split into its levels; `undefined` where it is no such end. */
export function findLevels(value: unknown, end: End): ServerLevels | undefined {
  return LEVELS[end](value);
}

/** @throws TypeError if `value` has not the shape of an MCP server, or client. */
export function levelsOf(value: unknown, end: End): ServerLevels {
  const levels = findLevels(value, end);
  if (levels !== undefined) return levels;
  throw new TypeError(`mcp-sessionscope: ${TAKES[end]}, got ${value === null ? 'null' : typeof value}`);
}

const connecting = sharing((connect): Method => {
  return function (this: unknown, transport: unknown, ...rest: unknown[]): unknown {
    const link = observeConnection(this as LowLevelServer, transport);
    const hide = link && guard('watching for a probe', () => showProbes(link));
    if (hide === undefined) return connect.call(this, transport, ...rest);
    try {
      return connect.call(this, transport, ...rest);
    } finally {
      guard('watching for a probe', hide);
    }
  };
});

/** The observer is asked for with each connection: the first one starts the SDK, and a shut down one may be followed. */
function observeConnection(low: LowLevelServer, transport: unknown): Link | undefined {
  return guard('watching a connection', () => {
    const mark = markOf(low);
    // Connected to it already: the SDK refuses, and the connection goes on.
    if (mark === undefined || low.transport === transport) return undefined;
    const link = newLink(low, mark, transport as Transport);
    observeTransport(link);
    return link;
  });
}
