import { guard } from '../diagnostics/guard.ts';
import type { LowLevelServer, RequestHandler } from './shapes.ts';

/** Told when the handler of a request is done, with its outcome. */
export type Settled = (extra: unknown, outcome: { result: unknown } | { error: unknown }) => void;

const WATCHED = Symbol.for('mcp-sessionscope.handler');

/**
 * Makes sure that the handler of `method` reports when it settles. Done per request, because handlers can be replaced
 * at any time. The handler's own promise goes back to the SDK, so nothing is delayed by a microtask.
 */
export function watchHandler(server: LowLevelServer, method: string, settled: Settled): void {
  const handlers = server._requestHandlers;
  if (!(handlers instanceof Map)) return;
  const handler = handlers.get(method) as (RequestHandler & { [WATCHED]?: true }) | undefined;
  if (typeof handler !== 'function' || handler[WATCHED]) return;
  const watched = function (this: unknown, request: unknown, extra: unknown): unknown {
    let result: unknown;
    try {
      result = handler.call(this, request, extra);
    } catch (error) {
      guard('reading an error', () => settled(extra, { error }));
      throw error;
    }
    guard('watching a handler', () => watchResult(result, extra, settled));
    return result;
  };
  handlers.set(method, Object.assign(watched, { [WATCHED]: true }));
}

function watchResult(result: unknown, extra: unknown, settled: Settled): void {
  if (!(result instanceof Promise)) return;
  result.then(
    (value: unknown) => guard('reading a result', () => settled(extra, { result: value })),
    (error: unknown) => guard('reading an error', () => settled(extra, { error })),
  );
}
