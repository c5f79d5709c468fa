import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

/** Milliseconds for one request of an earlier process. */
const RESEND_TIMEOUT_MS = 5_000;

/** The requests of one OTLP exporter. */
export interface Outbox {
  /** Serialised requests that nobody has answered yet, oldest first. The exporter holds them anyway. */
  unanswered(): Uint8Array[];
  /** Every header of a request, those of the environment too. */
  headers(): Record<string, string>;
  /** Sends a request of an earlier process. @returns whether it was taken */
  resend(request: Uint8Array): Promise<boolean>;
}

/**
 * Looks at what an OTLP exporter sends. `undefined` where the exporter's inner parts do not look as they do in the
 * pinned version.
 *
 * @param given - the headers that the code names
 */
export function outboxOf(exporter: object, given: Record<string, string>): Outbox | undefined {
  const transport = (exporter as { _delegate?: { _transport?: Transport } })._delegate?._transport;
  const inner = transport?._transport;
  if (typeof transport?.send !== 'function' || typeof inner?.send !== 'function') return undefined;
  const open = new Set<Uint8Array>();
  let headers = given;
  // The exporter has them by a function that may be asynchronous; at the exit it would be too late to ask.
  Promise.resolve(inner._parameters?.headers?.()).then(
    (all) => {
      headers = { ...given, ...all };
    },
    () => {},
  );
  const send = transport.send.bind(transport);
  transport.send = (data, timeoutMillis) => {
    open.add(data);
    return send(data, timeoutMillis).finally(() => open.delete(data));
  };
  return {
    unanswered: () => [...open],
    headers: () => headers,
    resend: async (request) => {
      const sent = await context.with(suppressTracing(ROOT_CONTEXT), () =>
        inner.send(request, RESEND_TIMEOUT_MS),
      );
      return sent.status === 'success';
    },
  };
}

interface Transport {
  send(data: Uint8Array, timeoutMillis: number): Promise<{ status: string }>;
  readonly _transport?: {
    send(data: Uint8Array, timeoutMillis: number): Promise<{ status: string }>;
    readonly _parameters?: { headers?(): Record<string, string> | Promise<Record<string, string>> };
  };
}
