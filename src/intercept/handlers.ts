import { context } from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import type { Operation } from '../operation/operation.ts';
import { CURRENT_OPERATION } from '../signals/context-keys.ts';
import type { LowLevelServer, RequestHandler } from './shapes.ts';

/** Told when the handler of `operation` is done, with its outcome. */
export type Settled = (operation: Operation, extra: unknown, outcome: HandlerOutcome) => void;

export type HandlerOutcome = { result: unknown } | { error: unknown };

const WATCHED = Symbol.for('mcp-sessionscope.handler');

type Handler = RequestHandler & { [WATCHED]?: true };

/**
 * Makes sure that the handler of `method` reports when it settles. Done per request, because handlers can be replaced
 * at any time. The handler's own promise goes back to the SDK, so nothing is delayed by a microtask.
 *
 * @param settled the same for all connections of `server`, which can have several, one after the other or at once.
 * @returns whether there is a handler, as far as one can see.
 */
export function watchHandler(server: LowLevelServer, method: string, settled: Settled): boolean {
  const handlers = server._requestHandlers;
  if (!(handlers instanceof Map)) return true;
  const handler = handlers.get(method);
  if (handler !== undefined) {
    if (isUnwatched(handler)) handlers.set(method, watched(handler, settled));
    return true;
  }
  const fallback = server.fallbackRequestHandler;
  if (isUnwatched(fallback)) server.fallbackRequestHandler = watched(fallback, settled);
  return fallback !== undefined;
}

function isUnwatched(handler: Handler | undefined): handler is Handler {
  return typeof handler === 'function' && handler[WATCHED] !== true;
}

function watched(handler: Handler, settled: Settled): Handler {
  const wrapper = function (this: unknown, request: unknown, extra: unknown): unknown {
    const operation = context.active().getValue(CURRENT_OPERATION) as Operation | undefined;
    if (operation === undefined) return handler.call(this, request, extra);
    let result: unknown;
    try {
      result = handler.call(this, request, extra);
    } catch (error) {
      guard('reading an error', () => settled(operation, extra, { error }));
      throw error;
    }
    guard('watching a handler', () => watchResult(result, (outcome) => settled(operation, extra, outcome)));
    return result;
  };
  return Object.assign(wrapper, { [WATCHED]: true } as const);
}

function watchResult(result: unknown, settled: (outcome: HandlerOutcome) => void): void {
  // Of other thenables the SDK alone may call `then`: some of them start their work there.
  if (!(result instanceof Promise)) return;
  result.then(
    (value: unknown) => guard('reading a result', () => settled({ result: value })),
    (error: unknown) => guard('reading an error', () => settled({ error })),
  );
}
