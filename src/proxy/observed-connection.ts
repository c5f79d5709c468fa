import { type Context, context } from '@opentelemetry/api';
import type { Transport } from '../sdk/intercept/shapes.ts';
import type { TelemetryManager } from '../sdk/telemetry-manager.ts';
import type { Introduction } from './introduction.ts';

/** What lies between a client and a server that is not ours. */
export interface Wire {
  /** What the server is known by until it has introduced itself, and to the ids of conversations. */
  readonly introduction: Introduction;
  /** What the transport shows of itself beside its messages: `_stdin`, `handleRequest`, `sessionId`. */
  readonly transport: object;
}

/**
 * One client on one server, told of the messages of both once they are on their way. It stands where an SDK's server
 * would, so that what passes is recorded by the code that records our own: the same spans, sessions and metrics.
 */
export interface ObservedConnection {
  /**
   * A message of the client.
   *
   * @param extra what an HTTP transport of the SDK would hand on with it: `{ requestInfo: { headers } }`.
   * @returns the context of its span.
   */
  fromClient(message: unknown, extra?: unknown): Context;
  /** A message of the server. */
  fromServer(message: unknown): void;
  /** Nothing passes any more. */
  close(): void;
}

/** Never throws, once it is made; what cannot be recorded is said on stderr by the manager. */
export function observeConnection(manager: TelemetryManager, wire: Wire): ObservedConnection {
  const transport: Transport = Object.assign(wire.transport, {
    start: async () => {},
    send: async () => {},
    close: async () => {},
  });
  const stand = standOf(wire.introduction);
  manager.instrument(stand);
  void stand.connect(transport);
  return {
    fromClient(message, extra) {
      stand.heard = undefined;
      transport.onmessage?.(message, extra);
      return stand.heard ?? context.active();
    },
    fromServer(message) {
      wire.introduction.read(message);
      void transport.send(message);
    },
    close: () => transport.onclose?.(),
  };
}

/** Has the shape of an SDK's server, and handles nothing. */
function standOf(introduction: Introduction) {
  const stand = {
    _serverInfo: { name: introduction.provisionalName },
    introducing: introduction.told,
    transport: undefined as Transport | undefined,
    /** The context in which the newest message was handed on. */
    heard: undefined as Context | undefined,
    async connect(transport: Transport): Promise<void> {
      stand.transport = transport;
      transport.onmessage = () => {
        stand.heard = context.active();
      };
      transport.onclose = () => {
        stand.transport = undefined;
      };
      await transport.start();
    },
    setRequestHandler() {},
    setNotificationHandler() {},
    close() {},
  };
  return stand;
}
