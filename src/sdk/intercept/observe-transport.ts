import { context } from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import type { Connection } from './connection.ts';
import type { Transport } from './shapes.ts';

/** The connection that is told what passes. */
const CONNECTION = Symbol.for('mcp-sessionscope.connection');
/** The one of a server that is connecting; a running transport may refuse it. */
const CONNECTING = Symbol.for('mcp-sessionscope.connecting');

type Observed = Transport & { [CONNECTION]?: Connection; [CONNECTING]?: Connection | undefined };

/**
 * Puts `connection` between a transport and the server that is about to connect to it. The transport is changed in
 * place and never replaced: SDKs compare its identity. Its callbacks are wrapped in `start`, where the server has set
 * them and no message has come through.
 */
export function observeTransport(transport: Transport, connection: Connection): void {
  const observed = transport as Observed;
  patchOnce(observed);
  put(observed, CONNECTING, connection);
}

/** For a transport that is already running; one that is observed gets another observer. */
export function observeRunningTransport(transport: Transport, connection: Connection): void {
  const observed = transport as Observed;
  patchOnce(observed);
  begin(observed, connection);
}

function put(
  observed: Observed,
  where: typeof CONNECTION | typeof CONNECTING,
  connection: Connection | undefined,
): void {
  Object.defineProperty(observed, where, { value: connection, configurable: true, enumerable: false });
}

function patchOnce(observed: Observed): void {
  if (CONNECTING in observed) return;
  put(observed, CONNECTING, undefined);
  patchSend(observed);
  patchStart(observed);
}

function patchStart(observed: Observed): void {
  const start = observed.start;
  observed.start = function (this: Transport, ...args: []): Promise<void> {
    const { [CONNECTION]: before, [CONNECTING]: connection } = observed;
    if (connection === undefined) return start.apply(this, args);
    guard('watching a transport', () => begin(observed, connection));
    // Another server is connected already: its connection goes on.
    const refused = (): void => {
      if (before !== undefined && observed[CONNECTION] === connection) put(observed, CONNECTION, before);
    };
    try {
      const starting = start.apply(this, args);
      if (starting instanceof Promise) starting.then(undefined, refused);
      return starting;
    } catch (error) {
      refused();
      throw error;
    }
  };
}

function begin(observed: Observed, connection: Connection): void {
  put(observed, CONNECTING, undefined);
  put(observed, CONNECTION, connection);
  wrapCallbacks(observed, connection);
  connection.started();
}

function patchSend(observed: Observed): void {
  const send = observed.send;
  observed.send = function (this: Transport, message: unknown, ...rest: unknown[]): Promise<void> {
    const connection = observed[CONNECTION];
    const outgoing = guard('noting a message to the client', () => connection?.sending(message)) ?? message;
    let sending: Promise<void> | undefined;
    try {
      sending = send.call(this, outgoing, ...(rest as [unknown]));
      return sending;
    } finally {
      guard('noting a response', () => connection?.sent(message, sending));
    }
  };
}

/** A server puts its callbacks around those that it finds: the wrappers of other connections let pass. */
function wrapCallbacks(observed: Observed, connection: Connection): void {
  const { onmessage, onclose } = observed;
  if (onmessage !== undefined) {
    observed.onmessage = function (this: unknown, message: unknown, ...rest: unknown[]): unknown {
      const scope =
        observed[CONNECTION] === connection
          ? guard('noting a message from the client', () => connection.received(message, rest[0]))
          : undefined;
      if (scope === undefined) return onmessage.call(observed, message, ...rest);
      return context.with(scope, onmessage, observed, message, ...(rest as [unknown]));
    };
  }
  observed.onclose = function (this: unknown): void {
    try {
      onclose?.call(observed);
    } finally {
      if (observed[CONNECTION] === connection) guard('noting a closed transport', () => connection.closed());
    }
  };
}
