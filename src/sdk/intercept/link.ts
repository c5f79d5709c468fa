import { guard } from '../diagnostics/guard.ts';
import { ClientConnection } from './client-connection.ts';
import { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import type { ObserverSource } from './observer.ts';
import type { HighLevelServer, Introduced, LowLevelServer, Transport } from './shapes.ts';

/** Holds the mark of a server or a client. A registered symbol: two copies of the package do not instrument one twice. */
const INSTRUMENTED = Symbol.for('mcp-sessionscope.instrumented');

/** Which end of its connections is observed. */
export type End = 'server' | 'client';

/** What stands on an instrumented server, or client. */
export interface Mark {
  readonly end: End;
  readonly source: ObserverSource;
  readonly high: HighLevelServer | undefined;
  readonly hearing: Hearing;
  /** For who comes while the server connects to a transport, too late for its `connect` to be watched. */
  readonly connecting?: (low: LowLevelServer, transport: unknown) => void;
  /** The newest connection of the server. */
  link: Link | undefined;
  /** The one that begins with its first message: its transport does not let us see when it starts. */
  waiting: Link | undefined;
  /** The one whose transport is calling the server at this moment, where that shows. */
  calling: Link | undefined;
}

/** What of a server's own methods could be replaced: where it hears of messages, and of the close. */
export interface Hearing {
  readonly messages: boolean;
  readonly close: boolean;
  /** v2 hands all to its methods that comes with a message, and has one transport at a time. */
  readonly whole: boolean;
}

/** One server on one transport, from `connect` on. */
export interface Link {
  readonly connection: Exchange<unknown>;
  readonly low: LowLevelServer;
  readonly mark: Mark;
  readonly transport: Transport;
  /** Whether the messages of the transport are this one's; another server can take the transport over. */
  current: boolean;
  /** Whether its end was noted. */
  over: boolean;
  /** What came with the message that is being handled. */
  extra: unknown;
}

export function markOf(low: LowLevelServer & { [INSTRUMENTED]?: Mark }): Mark | undefined {
  return low[INSTRUMENTED];
}

/** @throws TypeError where the server is frozen. */
export function putMark(low: LowLevelServer, mark: Mark): void {
  Object.defineProperty(low, INSTRUMENTED, { value: mark, configurable: true, enumerable: false });
}

export function newLink(
  low: LowLevelServer,
  mark: Mark,
  transport: Transport,
  introduced?: Introduced,
): Link {
  const observer = mark.source.open();
  const connection =
    mark.end === 'client'
      ? new ClientConnection(observer, low, transport)
      : new Connection(observer, low, mark.high, transport, introduced);
  return linkFor(connection, low, mark, transport);
}

/** The link of a connection that no transport has begun yet. */
export function linkFor(
  connection: Exchange<unknown>,
  low: LowLevelServer,
  mark: Mark,
  transport: Transport,
): Link {
  return { connection, low, mark, transport, current: false, over: false, extra: undefined };
}

/** Several things tell of one close. */
export function noteClosed(link: Link | undefined): void {
  if (link === undefined || !link.current || link.over) return;
  link.over = true;
  guard('noting a closed transport', () => link.connection.closed());
}
