import { guard } from '../diagnostics/guard.ts';
import type { Operation } from '../operation/operation.ts';
import { withPropertiesOf } from './replace.ts';
import type { LowLevelServer, RequestHandler } from './shapes.ts';

/** What takes a message from the client, with what came with it. */
export type Take = (this: unknown, message: unknown, extra?: unknown) => unknown;

/** Where a server keeps the handlers of one kind of message. */
interface Place {
  readonly map: '_requestHandlers' | '_notificationHandlers';
  readonly fallback: 'fallbackRequestHandler' | 'fallbackNotificationHandler';
}

const REQUESTS: Place = { map: '_requestHandlers', fallback: 'fallbackRequestHandler' };
const NOTIFICATIONS: Place = { map: '_notificationHandlers', fallback: 'fallbackNotificationHandler' };

/** One of ours holds the handler that it stands for. */
const STANDS_FOR = Symbol('the handler of the application');
type Handler = RequestHandler & { [STANDS_FOR]?: RequestHandler };

/** Past whatever a framework has put over them. */
const { get, has, set } = Map.prototype;

/** Whether the server handles requests of `method`, as far as one can see. */
export function handlesRequest(server: LowLevelServer, method: string): boolean {
  return handles(server, REQUESTS, method) ?? true;
}

/** The same for notifications; says whether the handler can be seen. */
export function handlesNotification(server: LowLevelServer, method: string): boolean {
  return handles(server, NOTIFICATIONS, method) ?? false;
}

/**
 * Calls `take`, in which the server looks up the handler of a message and finds ours around it, which tells the
 * connection when it settles. Before and after, what the application has registered stands there: a framework that
 * puts its middleware around whatever it finds, or looks for its own function, must not find us. A map that answers
 * for itself is left alone.
 */
export function callWatched(
  server: LowLevelServer,
  operation: Operation,
  take: Take,
  self: unknown,
  message: unknown,
  extra: unknown,
): unknown {
  const place = operation.id === undefined ? NOTIFICATIONS : REQUESTS;
  const handlers = handlersOf(server, place);
  const found = handlers === undefined ? undefined : get.call(handlers, operation.method);
  const registered = handlers === undefined ? undefined : (found ?? writableFallback(server, place));
  if (typeof registered !== 'function') return take.call(self, message, extra);
  const ours = watched(registered as Handler, operation);
  const map = found === undefined ? undefined : handlers;
  exchange(server, place, map, operation.method, registered as Handler, ours);
  try {
    return take.call(self, message, extra);
  } finally {
    exchange(server, place, map, operation.method, ours, registered as Handler);
  }
}

function exchange(
  server: LowLevelServer,
  { fallback }: Place,
  map: Map<string, unknown> | undefined,
  method: string,
  from: Handler,
  to: Handler,
): void {
  if (map === undefined) {
    if (server[fallback] === from) server[fallback] = to;
  } else if (get.call(map, method) === from) set.call(map, method, to);
}

function handles(server: LowLevelServer, place: Place, method: string): boolean | undefined {
  const handlers = handlersOf(server, place);
  if (handlers === undefined) return undefined;
  return has.call(handlers, method) || server[place.fallback] !== undefined;
}

function handlersOf(server: LowLevelServer, { map }: Place): Map<string, unknown> | undefined {
  const handlers: unknown = server[map];
  // That of a Proxy around a map is another function too.
  return handlers instanceof Map && handlers.get === get ? handlers : undefined;
}

/** An accessor, or a property that cannot be written, is the application's own affair. */
function writableFallback(server: LowLevelServer, { fallback }: Place): RequestHandler | undefined {
  if (server[fallback] === undefined) return undefined;
  const own = Reflect.getOwnPropertyDescriptor(server, fallback);
  return own?.writable === true ? own.value : undefined;
}

function watched(registered: Handler, operation: Operation): Handler {
  // A client that answers at once can send the next request while this one is looked up.
  const handler = registered[STANDS_FOR] ?? registered;
  const ours: Handler = function (this: unknown, request: unknown, extra: unknown): unknown {
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
  ours[STANDS_FOR] = handler;
  return withPropertiesOf(handler, ours);
}

/**
 * Listens to a handler's promise where no response tells that it settled. To listen costs as much as a tenth of the
 * recording: the promise of an ordinary request is kept, for when it is cancelled or fails.
 */
function watchResult(operation: Operation, extra: unknown, returned: unknown): void {
  const { connection, id, taskRelated, cancelRequested, hangUp } = operation;
  // Of other thenables the SDK alone may call `then`: some of them start their work there.
  if (!(returned instanceof Promise)) {
    if (id === undefined || taskRelated) connection.settled(operation, extra, { result: returned });
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
