import { context } from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import type { Connection } from './connection.ts';
import type { Transport } from './shapes.ts';

const CONNECTION = Symbol.for('mcp-sessionscope.connection');

type Observed = Transport & { [CONNECTION]?: Connection };

/**
 * Puts `connection` between a transport and the server that is about to connect to it. The transport is changed in
 * place and never replaced: SDKs compare its identity. Its callbacks are wrapped in `start`, where the server has set
 * them and no message has come through.
 */
export function observeTransport(transport: Transport, connection: Connection): void {
  const observed = transport as Observed;
  const patched = observed[CONNECTION] !== undefined;
  Object.defineProperty(observed, CONNECTION, { value: connection, configurable: true, enumerable: false });
  if (patched) return;
  patchSend(observed);
  const start = observed.start;
  observed.start = function (this: Transport, ...args: []): Promise<void> {
    guard('watching a transport', () => wrapCallbacks(observed));
    return start.apply(this, args);
  };
}

/** For a transport that is already running; one that is observed gets another observer. */
export function observeRunningTransport(transport: Transport, connection: Connection): void {
  const observed = transport as Observed;
  const patched = observed[CONNECTION] !== undefined;
  Object.defineProperty(observed, CONNECTION, { value: connection, configurable: true, enumerable: false });
  if (patched) return;
  patchSend(observed);
  wrapCallbacks(observed);
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

function wrapCallbacks(observed: Observed): void {
  const { onmessage, onclose } = observed;
  if (onmessage !== undefined) {
    observed.onmessage = function (this: unknown, message: unknown, ...rest: unknown[]): unknown {
      const connection = observed[CONNECTION];
      const scope = guard('noting a message from the client', () => connection?.received(message, rest[0]));
      if (scope === undefined) return onmessage.call(observed, message, ...rest);
      return context.with(scope, onmessage, observed, message, ...(rest as [unknown]));
    };
  }
  observed.onclose = function (this: unknown): void {
    try {
      onclose?.call(observed);
    } finally {
      guard('noting a closed transport', () => observed[CONNECTION]?.closed());
    }
  };
}
