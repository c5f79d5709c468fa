import { context } from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import type { Operation } from '../operation/operation.ts';
import { CURRENT_OPERATION } from '../signals/context-keys.ts';
import type { LowLevelServer, RequestHandler } from './shapes.ts';

const WATCHED = Symbol.for('mcp-sessionscope.handler');

/** One of ours holds the handler that it stands for. */
type Handler = RequestHandler & { [WATCHED]?: RequestHandler };

/**
 * Makes sure that the handler of `method` tells the connection of its request when it settles. Done per request, because handlers can be replaced
 * at any time. The handler's own promise goes back to the SDK, so nothing is delayed by a microtask.
 *
 * @returns whether there is a handler, as far as one can see.
 */
export function watchHandler(server: LowLevelServer, method: string): boolean {
  const handlers = server._requestHandlers;
  if (!(handlers instanceof Map)) return true;
  const handler = handlers.get(method);
  if (handler !== undefined) {
    if (isUnwatched(handler)) handlers.set(method, watched(handler));
    return true;
  }
  const fallback = server.fallbackRequestHandler;
  if (isUnwatched(fallback)) server.fallbackRequestHandler = watched(fallback);
  return fallback !== undefined;
}

/** The same for the handler of a notification; says whether there is one that can be seen. */
export function watchNotificationHandler(server: LowLevelServer, method: string): boolean {
  const handlers = server._notificationHandlers;
  if (!(handlers instanceof Map)) return false;
  const handler = handlers.get(method) as Handler | undefined;
  if (handler !== undefined && isUnwatched(handler)) handlers.set(method, watched(handler));
  return handler !== undefined;
}

/** Puts the handlers of notifications back: an idle server holds as little as it can. */
export function unwatchNotificationHandlers(server: LowLevelServer): void {
  const handlers = server._notificationHandlers;
  if (!(handlers instanceof Map)) return;
  for (const [method, handler] of handlers as Map<string, Handler>) {
    const { [WATCHED]: original } = handler;
    if (original !== undefined) handlers.set(method, original);
  }
}

function isUnwatched(handler: Handler | undefined): handler is Handler {
  return typeof handler === 'function' && handler[WATCHED] === undefined;
}

function watched(handler: Handler): Handler {
  const wrapper = function (this: unknown, request: unknown, extra: unknown): unknown {
    const operation = context.active().getValue(CURRENT_OPERATION) as Operation | undefined;
    if (operation === undefined) return handler.call(this, request, extra);
    operation.handled = true;
    let result: unknown;
    try {
      result = handler.call(this, request, extra);
    } catch (error) {
      guard('reading an error', () => operation.connection.settled(operation, extra, { error }));
      throw error;
    }
    guard('watching a handler', () => watchResult(operation, extra, result));
    return result;
  };
  return Object.assign(wrapper, { [WATCHED]: handler });
}

/**
 * Listens to a handler's promise where no response tells that it settled. To listen costs as much as a tenth of the
 * recording: the promise of an ordinary request is kept, for when it is cancelled or fails.
 */
function watchResult(operation: Operation, extra: unknown, returned: unknown): void {
  const { connection, id, taskRelated, cancelRequested, hangUp } = operation;
  // Of other thenables the SDK alone may call `then`: some of them start their work there.
  if (!(returned instanceof Promise)) {
    if (id === undefined) connection.settled(operation, extra, { result: returned });
    return;
  }
  operation.returned = returned;
  operation.extra = extra;
  if (id === undefined || taskRelated || cancelRequested || hangUp !== undefined) awaitHandler(operation);
}

/** Has the connection told when the handler of `operation` settles, where its promise is known. */
export function awaitHandler(operation: Operation): void {
  const { connection, returned, extra } = operation;
  operation.returned = undefined;
  returned?.then(
    (result: unknown) => guard('reading a result', () => connection.settled(operation, extra, { result })),
    (error: unknown) => guard('reading an error', () => connection.settled(operation, extra, { error })),
  );
}
